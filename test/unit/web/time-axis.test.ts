import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Strip, timeTicks, type WallClock } from '../../../web/state/ticks.ts'
import type { Candle } from '../../../wire/market.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Bars that stand at these times. */
const barsAt = (times: readonly number[]): Candle[] =>
  times.map((t, i) => ({ t, open: 1, high: 1, low: 1, close: 1, volume: 1, count: 1, first: [t, i], last: [t, i] }))
const every = (step: number, from: number, count: number): Candle[] =>
  barsAt(Array.from({ length: count }, (_, i) => from + i * step))

/** The clock on the wall of a zone, by the tables of the machine: no zone of the process is asked. */
const inZone = (timeZone: string): WallClock => {
  const text = (locale: string, options: Intl.DateTimeFormatOptions) => {
    const made = new Intl.DateTimeFormat(locale, { ...options, timeZone })
    return (t: number) => made.format(t)
  }
  const whole = text('sv-SE', { dateStyle: 'short', timeStyle: 'medium' })
  const clock = text('en-GB', { hour: '2-digit', minute: '2-digit' })
  const calendar = text('en-US', { month: 'short', day: 'numeric' })
  return {
    local: (t) => Date.parse(`${whole(t).replace(' ', 'T')}Z`),
    label: (t, newDay) => (newDay ? calendar : clock)(t),
  }
}
/** Letters of 6 pixels. */
const widthOf = (label: string): number => 6 * label.length
const strip = (count: number, width: number): Strip => ({ left: -0.5, right: count - 0.5, width, widthOf })
const labels = (candles: readonly Candle[], zone: string, width = 1_200): string[] =>
  timeTicks(candles, strip(candles.length, width), inZone(zone)).map(({ label }) => label)
const at = (text: string): number => Date.parse(text)

describe('on the day that clocks change', () => {
  test('an axis marks the day at its own midnight: New York, a trade every 15 minutes for 24 hours', () => {
    const candles = every(15 * MINUTE, at('2026-03-07T18:00Z'), 97)
    const ticks = timeTicks(candles, strip(97, 900), inZone('America/New_York'))
    expect(ticks.filter(({ newDay }) => newDay).map(({ t, label }) => [new Date(t).toISOString(), label])).toEqual([
      ['2026-03-08T05:00:00.000Z', 'Mar 8'],
    ])
    expect(ticks.map(({ label }) => label)).toEqual([
      '15:00',
      '18:00',
      '21:00',
      'Mar 8',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
    ])
  })

  test('what never is has no mark, what comes twice has two', () => {
    const night = (zone: string, from: string) => labels(every(15 * MINUTE, at(from), 24), zone, 800)
    expect(night('America/New_York', '2026-03-08T04:30Z')).toEqual([
      'Mar 8',
      '01:00',
      '03:00',
      '04:00',
      '05:00',
      '06:00',
    ])
    expect(night('America/New_York', '2026-11-01T03:30Z')).toEqual([
      'Nov 1',
      '01:00',
      '01:00',
      '02:00',
      '03:00',
      '04:00',
    ])
    expect(night('Australia/Lord_Howe', '2026-10-03T12:45Z')).toEqual(['Oct 4', '01:00', '03:00', '04:00', '05:00'])
    expect(night('Australia/Lord_Howe', '2026-04-04T12:30Z')).toEqual(['Apr 5', '01:00', '02:00', '03:00', '04:00'])
    expect(night('Asia/Kathmandu', '2026-03-07T17:45Z')).toEqual(['Mar 8', '01:00', '02:00', '03:00', '04:00', '05:00'])
  })

  test('a day without a midnight begins at its first hour, one that begins twice is marked once', () => {
    const begin = (zone: string, from: string, width = 400) => {
      const candles = every(15 * MINUTE, at(from), 48)
      const ticks = timeTicks(candles, strip(48, width), inZone(zone)).filter(({ newDay }) => newDay)
      return ticks.map(({ t, label }) => `${label} ${inZone(zone).label(t, false)}`)
    }
    expect(begin('Africa/Cairo', '2026-04-23T18:00Z')).toEqual(['Apr 24 01:00'])
    expect(begin('Asia/Beirut', '2026-03-28T18:00Z')).toEqual(['Mar 29 01:00'])
    expect(begin('America/Santiago', '2026-09-06T00:00Z')).toEqual(['Sep 6 01:00'])
    expect(begin('America/Havana', '2026-11-01T00:00Z')).toEqual(['Nov 1 00:00'])
    expect(begin('America/St_Johns', '2006-10-28T22:00Z', 1_200)).toEqual(['Oct 29 00:00'])
    expect(begin('Pacific/Apia', '2011-12-30T06:00Z')).toEqual(['Dec 31 00:00'])
  })

  const ZONES = [
    ...['America/New_York', 'Europe/Berlin', 'Africa/Cairo', 'Asia/Beirut', 'America/Santiago', 'America/Havana'],
    ...[
      'Australia/Lord_Howe',
      'Australia/Adelaide',
      'Pacific/Chatham',
      'Asia/Kolkata',
      'Asia/Kathmandu',
      'Asia/Tehran',
    ],
    ...['Africa/Casablanca', 'Atlantic/Azores', 'Pacific/Auckland', 'America/St_Johns', 'Asia/Gaza', 'UTC'],
  ]
  test('in any zone, on any day: days begin where they do, hours are round, and no labels touch', () => {
    const clocks = new Map(ZONES.map((zone) => [zone, inZone(zone)]))
    const whole = fc.record({
      zone: fc.constantFrom(...ZONES),
      from: fc.integer({ min: at('2015-01-01') / HOUR, max: at('2027-01-01') / HOUR }),
      step: fc.constantFrom(1, 5, 15),
      count: fc.integer({ min: 2, max: 200 }),
      width: fc.integer({ min: 200, max: 1_600 }),
    })
    fc.assert(
      fc.property(whole, ({ zone, from, step, count, width }) => {
        const times = clocks.get(zone) ?? inZone(zone)
        const candles = every(step * MINUTE, from * HOUR, count)
        const seen = strip(count, width)
        const ticks = timeTicks(candles, seen, times)
        const day = (i: number) => Math.floor(times.local(candles[i]?.t ?? 0) / DAY)
        for (const { index, newDay } of ticks) if (newDay) expect(day(index)).toBeGreaterThan(day(index - 1))
        const begins = candles.flatMap((_, i) => (i > 0 && day(i) > Math.max(day(0), day(i - 1)) ? [i] : []))
        const inside = begins.filter((i) => ((i + 0.5) / count) * width > 40 && ((count - i) / count) * width > 40)
        if (width > 500) for (const i of inside) expect(ticks.find(({ index }) => index === i)?.newDay).toBe(true)
        const hours = ticks.filter(({ newDay }) => !newDay).map(({ t }) => times.local(t))
        const round = [12 * 60, 6 * 60, 180, 120, 60, 30, 15, 10, 5, 2, 1].find((minutes) =>
          hours.every((local) => local % (minutes * MINUTE) === 0),
        )
        if (hours.length > 0) expect(((round ?? 0) * width) / (count * step)).toBeGreaterThan(35)
        const placed = ticks.map(({ index, label }) => ({
          x: ((index + 0.5) / count) * width,
          half: widthOf(label) / 2,
        }))
        for (const [i, { x, half }] of placed.entries()) {
          expect(x - half).toBeGreaterThanOrEqual(0)
          expect(x + half).toBeLessThanOrEqual(width)
          const before = placed[i - 1]
          if (before) expect(x - half - before.x - before.half).toBeGreaterThan(8)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('marks', () => {
  test('are few enough, also where bars fill a part of the width only', () => {
    const candles = every(HOUR, 12 * HOUR, 30)
    const ticks = timeTicks(candles, strip(30, 540), inZone('UTC'))
    expect(ticks.length).toBeGreaterThan(2)
    expect(ticks.length).toBeLessThanOrEqual(6)
    expect(ticks.filter(({ newDay }) => newDay).map(({ t }) => t)).toEqual([24 * HOUR])
    const wide = { left: -90.5, right: 29.5, width: 540, widthOf }
    expect(timeTicks(candles, wide, inZone('UTC'))).toHaveLength(1)
    expect(timeTicks([], { ...wide, right: 0 }, inZone('UTC'))).toEqual([])
    expect(timeTicks(candles.slice(0, 1), wide, inZone('UTC'))).toHaveLength(1)
  })

  test('do not touch where a floor stood still for two hours, at any width; the day goes before the hour', () => {
    const from = at('2026-03-04T03:40Z')
    const candles = [...every(MINUTE, from, 27), ...every(MINUTE, from + 153 * MINUTE, 30)]
    for (const width of [240, 330, 500, 900, 1_500]) {
      const ticks = timeTicks(candles, strip(57, width), inZone('UTC'))
      expect(ticks.length).toBeGreaterThan(0)
      for (const [i, { index }] of ticks.entries())
        if (i > 0) expect(((index - (ticks[i - 1]?.index ?? 0)) / 57) * width).toBeGreaterThan(5 * 6 + 8)
    }
    const overNight = [...every(MINUTE, at('2026-03-04T22:31Z'), 30), ...every(MINUTE, at('2026-03-05T00:29Z'), 30)]
    const both = labels(overNight, 'UTC', 300)
    expect([both.includes('Mar 5'), both.includes('23:00')]).toEqual([true, false])
  })

  test('are there also where bars lie years apart', () => {
    expect(labels(every(400 * DAY, 0, 40), 'UTC', 800).length).toBeGreaterThan(3)
  })
})
