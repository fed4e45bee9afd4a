import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FixRow } from '../../../../archive/archive.ts'
import { joinTrack } from '../../../../server/archive/join-track.ts'
import { PAGE, pagesBack } from '../../../../server/archive/track-pages.ts'
import { type Fix, isNewer } from '../../../../wire/fleet.ts'
import { archiveOf, work } from './stand-in.ts'

const byTime = <T extends { fix: Fix }>(rows: readonly T[]): T[] =>
  rows.toSorted((a, b) => (isNewer(a.fix, b.fix) ? 1 : -1))
const rowOf = (n: number, t: number, more: Partial<Fix> = {}): FixRow => ({
  fix: { id: 'BUS', n, t, lat: 30 + (t % 977) / 1000, lon: -97 + (t % 613) / 1000, ...more },
  at: t + 1000,
})

/** Fixes of a device, some of the same millisecond, in any order. */
const history = fc
  .array(fc.tuple(fc.nat(500), fc.boolean()), { minLength: 1, maxLength: 60 })
  .map((all) => all.map(([t, doubtful], n) => rowOf(n + 1, t * 10, doubtful && n % 5 === 0 ? { doubtful: true } : {})))

const asked = fc.record({
  limit: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(2000)),
  since: fc.option(fc.nat(5000), { nil: undefined }),
  until: fc.option(fc.nat(5000), { nil: undefined }),
})

test('a track is the same wherever it is split between Redis and archive', async () => {
  await fc.assert(
    fc.asyncProperty(history, asked, fc.nat(5000), fc.nat(60), async (rows, query, kept, taken) => {
      const inRange = byTime(rows).filter(
        ({ fix }) => fix.t >= (query.since ?? 0) && fix.t <= (query.until ?? Number.POSITIVE_INFINITY),
      )
      // The archive has what came first, and all that Redis has dropped.
      const { past } = archiveOf({ fixes: rows.filter(({ fix }, i) => i < taken || fix.t < kept) })
      const held = inRange.filter(({ fix }) => fix.t >= kept).slice(-query.limit)
      const { fixes } = await joinTrack(
        held.map(({ fix }) => ({ fix, text: JSON.stringify(fix) })),
        past,
        { id: 'BUS', ...query },
        work,
      )
      expect(fixes.map(({ fix }) => fix)).toEqual(inRange.slice(-query.limit).map(({ fix }) => fix))
    }),
    { numRuns: 1000 },
  )
})

test('a simplified track is the same wherever it is split', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 0, max: 19 }), fc.nat(5000), async (rows, zoom, kept) => {
      const query = { id: 'BUS', limit: 1, zoom, points: 30 }
      const whole = await joinTrack(byTime(rows), null, query, work)
      const { past } = archiveOf({ fixes: rows.filter(({ fix }) => fix.t < kept + 300) })
      const held = byTime(rows).filter(({ fix }) => fix.t >= kept)
      const joined = await joinTrack(held, past, query, work)
      expect(joined.fixes.map(({ fix }) => fix)).toEqual(whole.fixes.map(({ fix }) => fix))
      expect(joined.zoom).toBe(whole.zoom)
      expect(joined.fixes.length).toBeLessThanOrEqual(30)
      expect(joined.fixes.some(({ fix }) => fix.doubtful)).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('pages have each fix once, also where more are of one millisecond than a page holds', async () => {
  const rows = Array.from({ length: 700 }, (_, i) => rowOf(i + 1, i < 300 ? 5 : i))
  const { past, asked: questions } = archiveOf({ fixes: rows })
  const read: FixRow[] = []
  for await (const page of pagesBack(past, { device: 'BUS', from: 0, to: 10_000 }, 100)) read.unshift(...page)
  const isCut = ({ fix }: FixRow): boolean => fix.t === 5 && fix.n <= 200
  expect(read).toEqual(rows.filter((row) => !isCut(row)))
  expect(questions.length).toBeLessThan(12)
  expect(PAGE).toBeGreaterThan(100)
})
