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
    fc.property(widths, fc.integer({ min: 200, max: 1_600 }), (widths, room) => {
      const { without, least } = fitColumns(room, widths, 138)
      const shown = names.filter((name) => !without.includes(name))
      const spark = without.includes('spark') ? 0 : SPARK
      expect(least).toBe(shown.reduce((sum, name) => sum + widths[name], 138 + spark))
      expect(shown).toEqual(expect.arrayContaining(['last', 'share']))
      expect(least <= room || without.length === 5).toBe(true)
      const wider = fitColumns(room + 1_000, widths, 138)
      expect(without).toEqual(expect.arrayContaining([...wider.without]))
    }),
  )
})

test('on a wide screen nothing is left out, on a phone what fits beside the price', () => {
  expect(fitColumns(800, FIGURES, 138).without).toEqual([])
  expect(fitColumns(640, FIGURES, 138).without).toEqual(['bid', 'ask'])
  expect(fitColumns(390, FIGURES, 122)).toEqual({ without: ['bid', 'ask', 'volume', 'change'], least: 376 })
  expect(fitColumns(390, { ...FIGURES, last: 180 }, 122).without).toContain('spark')
})
