import fc from 'fast-check'
import { expect, test } from 'vitest'
import { daysLater, startOfDay } from '../../../../web/state/past/month.ts'
import { momentAt, runsOf, SCRUB_SPANS, shareAt, stretchAt, ticksOf } from '../../../../web/state/past/scrub.ts'
import { SLICE_MS } from '../../../../wire/past.ts'

const moments = fc.integer({ min: 0, max: 4_000_000_000_000 })
const spans = fc.constantFrom(...SCRUB_SPANS)

test('a moment is in its stretch, and so is what the bar says of each of its places', () => {
  fc.assert(
    fc.property(moments, spans, fc.double({ min: -1, max: 2, noNaN: true }), (at, span, share) => {
      const stretch = stretchAt(at, span)
      expect(stretch.from <= at && at < stretch.to).toBe(true)
      expect(startOfDay(stretch.from)).toBe(startOfDay(at))
      expect(stretch.to).toBeLessThanOrEqual(startOfDay(daysLater(startOfDay(at), 1)))
      const there = momentAt(share, stretch)
      expect(stretchAt(there, span)).toEqual(stretch)
      expect(Math.abs(momentAt(shareAt(there, stretch), stretch) - there)).toBeLessThanOrEqual(1_000)
    }),
  )
})

test('slices become runs, cut at the ends of the stretch', () => {
  const stretch = { from: SLICE_MS / 2, to: 5.5 * SLICE_MS }
  expect(runsOf([0, SLICE_MS, 3 * SLICE_MS, 5 * SLICE_MS, 9 * SLICE_MS], stretch)).toEqual([
    { from: SLICE_MS / 2, to: 2 * SLICE_MS },
    { from: 3 * SLICE_MS, to: 4 * SLICE_MS },
    { from: 5 * SLICE_MS, to: 5.5 * SLICE_MS },
  ])
  expect(runsOf([], stretch)).toEqual([])
})

test('the times at the bar lie within it', () => {
  const at = new Date(2026, 10, 30, 8, 15).getTime()
  const labels = SCRUB_SPANS.map((span) => ticksOf(stretchAt(at, span), span).map(({ label }) => label))
  expect(labels).toEqual([
    ['03:00', '06:00', '09:00', '12:00', '15:00', '18:00', '21:00'],
    ['07:00', '08:00', '09:00', '10:00', '11:00'],
    ['08:10', '08:20', '08:30', '08:40', '08:50'],
  ])
})
