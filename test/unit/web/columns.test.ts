import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FIGURES, type Figure, fitColumns, SPARK } from '../../../web/state/columns.ts'

const names = Object.keys(FIGURES) as Figure[]

test('columns have room for all that they show, and no more are left out than must be', () => {
  const widths = fc.record(
    Object.fromEntries(names.map((name) => [name, fc.integer({ min: FIGURES[name], max: 220 })])) as Record<
      Figure,
      fc.Arbitrary<number>
    >,
  )
  fc.assert(
    fc.property(
      widths,
      fc.integer({ min: 200, max: 1_600 }),
      fc.integer({ min: 110, max: 300 }),
      (widths, room, wanted) => {
        const beside = { wanted, least: 110, cross: 28 }
        const { without, least } = fitColumns(room, widths, beside)
        const shown = names.filter((name) => !without.includes(name))
        const spark = without.includes('spark') ? 0 : SPARK
        const figures = shown.reduce((sum, name) => sum + widths[name], 28 + spark)
        expect(least).toBeGreaterThanOrEqual(figures + 110)
        expect(least).toBeLessThanOrEqual(figures + wanted)
        expect(least >= Math.min(room, figures + wanted)).toBe(true)
        expect(shown).toEqual(expect.arrayContaining(['last', 'share']))
        expect(least <= room || without.length === 5).toBe(true)
        const wider = fitColumns(room + 1_000, widths, beside)
        expect(without).toEqual(expect.arrayContaining([...wider.without]))
      },
    ),
  )
})

test('on a wide screen nothing is left out, on a phone what fits beside the price', () => {
  const [wide, phone] = [
    { wanted: 110, least: 110, cross: 28 },
    { wanted: 84, least: 84, cross: 38 },
  ]
  expect(fitColumns(800, FIGURES, wide).without).toEqual([])
  expect(fitColumns(640, FIGURES, wide).without).toEqual(['bid', 'ask'])
  expect(fitColumns(390, FIGURES, phone)).toEqual({ without: ['bid', 'ask', 'volume', 'change'], least: 376 })
  expect(fitColumns(390, { ...FIGURES, last: 180 }, phone).without).toContain('spark')
})

test('a symbol is cut only where all that may be left out is', () => {
  const beside = { wanted: 200, least: 84, cross: 38 }
  expect(fitColumns(740, FIGURES, beside).without).toEqual(['bid', 'ask'])
  const phone = fitColumns(390, FIGURES, beside)
  expect(phone).toEqual({ without: ['bid', 'ask', 'volume', 'change', 'spark'], least: 390 })
  expect(fitColumns(280, FIGURES, beside).least).toBe(84 + 38 + FIGURES.last + FIGURES.share)
})
