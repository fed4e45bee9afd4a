import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ArchiveAway } from '../../../../archive/archive.ts'
import { allRows, firstRows } from '../../../../server/past/rows.ts'

const self = (t: number): number => t
const of =
  (all: readonly number[]) =>
  async (from: number, to: number, limit: number): Promise<number[]> =>
    all.filter((t) => t >= from && t < to).slice(0, limit)
const times = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 }).map((all) => all.sort((a, b) => a - b))

it('reads all of a stretch in pages, and parts no rows of one millisecond', () =>
  fc.assert(
    fc.asyncProperty(times, fc.integer({ min: 1, max: 20 }), async (all, most) => {
      const read: number[] = []
      for (let at = 0; at < 31; ) {
        const page = await firstRows(of(all), self, at, 31, most)
        expect(page.to).toBeGreaterThan(at)
        expect(page.rows).toEqual(all.filter((t) => t >= at && t < page.to))
        read.push(...page.rows)
        at = page.to
      }
      expect(read).toEqual(all)
    }),
  ))

it('reads no state of more rows than there may be', async () => {
  const many = async (from: number, to: number, limit: number): Promise<number[]> =>
    Array.from({ length: Math.min(limit, (to - from) * 10) }, (_, i) => from + Math.floor(i / 10))
  expect(await allRows(many, self, 0, 9000)).toHaveLength(90_000)
  await expect(allRows(many, self, 0, 20_000)).rejects.toThrow(ArchiveAway)
  const atOnce = async (_from: number, _to: number, limit: number): Promise<number[]> => Array(limit).fill(0)
  await expect(firstRows(atOnce, self, 0, 10, 100)).rejects.toThrow(ArchiveAway)
})
