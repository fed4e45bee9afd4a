import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FLOOR_MB, MOST_GROWTH, MOST_LATER } from '../../fuzz/report.ts'
import { STANDS_STILL_MS } from '../../fuzz/surfaces/library.ts'
import { SURFACES } from '../../fuzz/surfaces.ts'
import { ROOT } from '../../support/environment.ts'

const page = readFileSync(`${ROOT}/docs/fuzz.md`, 'utf8')
const flowing = page.replace(/\s+/g, ' ')

test('docs/fuzz.md lists the surfaces that there are', () => {
  const [, table = ''] = /## What it sends\n\n([\s\S]*?)\n\n/.exec(page) ?? []
  const listed = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  expect(listed).toEqual(SURFACES.map(({ name }) => name))
})

test.each([
  `more than ${STANDS_STILL_MS} ms of its processor's time`,
  `is within ${Math.round((MOST_GROWTH - 1) * 100)}% (and ${FLOOR_MB} MB) of what it was before`,
  `no more than ${MOST_LATER} times as late`,
])('docs/fuzz.md says "%s"', (sentence) => {
  expect(flowing).toContain(sentence)
})

test.each(SURFACES)('the same seed gives the same cases: $name', ({ make }) => {
  const some = (seed: number): string => JSON.stringify(Array.from({ length: 30 }, (_, number) => make(seed, number)))
  expect(some(7)).toBe(some(7))
  expect(some(7)).not.toBe(some(8))
})

test.each(SURFACES)('a case can be written down and read again: $name', ({ make, corpus }) => {
  for (const value of [...Array.from({ length: 30 }, (_, number) => make(3, number)), ...Object.values(corpus)])
    expect(JSON.parse(JSON.stringify(value))).toEqual(value)
})
