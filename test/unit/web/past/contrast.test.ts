import { expect, test } from 'vitest'
import { text } from '../../../support/figures.ts'

const [dark = '', light = ''] = text('web/styles/tokens.css').split(':root[data-shade="light"]')
const token = (shade: string, name: string): string =>
  new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(shade)?.[1] ?? `no --${name}`

/** By WCAG's formula. */
const luminance = (hex: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
const contrast = (a: string, b: string): number => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

const PAIRS = [
  ...['text', 'text-soft', 'text-faint', 'past', 'bad'].map((ink) => [ink, 'past-ground'] as const),
  ...['ground', 'panel', 'raised'].map((ground) => ['past', ground] as const),
  ['on-past', 'past'],
] as const

test.each(PAIRS)('--%s can be read on --%s in both themes', (ink, ground) => {
  for (const shade of [dark, light])
    expect(contrast(token(shade, ink), token(shade, ground))).toBeGreaterThanOrEqual(4.5)
})
