import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  clocksInWords,
  clocksOfRow,
  clocksOfSelected,
  formatEvery,
  newestOf,
  onOurClock,
  statusOfSelected,
} from '../../../web/state/clocks.ts'
import { everyOfTrack, NO_GAPS, usualGap, withGap } from '../../../web/state/every.ts'
import { firstFixOf } from '../../../web/state/first-fix.ts'
import type { Selected } from '../../../web/state/selection.ts'
import type { Fix } from '../../../wire/fleet.ts'

const fix = (t: number, more: Partial<Fix> = {}): Fix => ({ id: 'BUS', n: t, t, lat: 30, lon: -97, ...more })
const selected = (more: Partial<Selected> = {}): Selected => ({
  ...{ id: 'BUS', phase: 'ready', error: null, last: null, cameAt: null, cell: null, heardAt: null, life: null },
  ...{ description: {}, track: [], doubtful: [], late: new Set(), commands: [] },
  ...more,
})

describe('an interval is learnt', () => {
  const gapsOf = (...seconds: number[]) => {
    let [gaps, t] = [NO_GAPS, 0]
    for (const one of seconds) {
      gaps = withGap(gaps, { t }, { t: t + one * 1000 })
      t += one * 1000
    }
    return gaps
  }

  test('from two gaps on: one alone may be an outage', () => {
    expect([usualGap(NO_GAPS), usualGap(gapsOf(10)), usualGap(gapsOf(10, 10))]).toEqual([null, null, 10])
  })

  test('whatever outages lie between, and anew within a few fixes', () => {
    expect(usualGap(gapsOf(10, 10, 1800, 10))).toBe(10)
    expect(usualGap(gapsOf(1800, 10))).toBe(10)
    expect(usualGap(gapsOf(10, 10, 10, 10, 10, 60, 60, 60))).toBe(60)
  })

  test('and is never longer than the longest gap, nor shorter than the shortest', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 2, maxLength: 12 }), (seconds) => {
        const every = usualGap(gapsOf(...seconds)) ?? -1
        const last = seconds.slice(-5)
        expect(last).toContain(every)
      }),
    )
  })

  test('from the end of a track', () => {
    const track = [0, 300, 600, 610, 620, 630, 640].map((s) => fix(s * 1000))
    expect([everyOfTrack(track), everyOfTrack(track.slice(0, 2)), everyOfTrack([])]).toEqual([10, null, null])
  })
})

test('a time of another clock is never to come on ours', () => {
  const times = { now: 50_000, serverNow: 20_000 }
  expect([onOurClock(19_000, times), onOurClock(20_000, times), onOurClock(99_000, times)]).toEqual([
    49_000, 50_000, 50_000,
  ])
})

describe('the selected device', () => {
  test('has its fix and its signs of life on our clock, whichever is later', () => {
    const device = selected({ last: fix(1000), heardAt: 31_000, life: { heard: 9000, every: 5 } })
    expect(clocksOfSelected(device, 30_000)).toEqual({ fixed: 31_000, heard: 39_000, every: 5, parked: false })
  })

  test('has a fix no newer than when it came, also once other signs of life have come', () => {
    const ahead = selected({ last: fix(300_000), cameAt: 10_000, heardAt: 10_000, life: { heard: 250_000 } })
    expect(clocksOfSelected(ahead, 0)).toMatchObject({ fixed: 10_000, heard: 250_000 })
    expect(statusOfSelected(ahead, 0, 250_000)).toBe('stale')
  })

  test('parks where a fix or a sign of life says so', () => {
    const parked = (device: Partial<Selected>) => clocksOfSelected(selected(device), 0).parked
    expect([
      parked({}),
      parked({ last: fix(1, { parked: true }) }),
      parked({ life: { heard: 1, parked: true } }),
    ]).toEqual([false, true, true])
  })

  test('that was never heard of is offline', () => {
    expect([statusOfSelected(selected(), 0, 5), statusOfSelected(null, 0, 5)]).toEqual(['offline', 'offline'])
  })
})

test('of two places the newer one counts: one that moved on parks no more', () => {
  const near = { fixed: 90_000, heard: 90_000, every: null, parked: false }
  const far = clocksOfRow(
    { id: 'BUS', last: fix(50_000), cell: null, heard: 95_000, life: { heard: 95_000, every: 20, parked: true } },
    { now: 100_000, serverNow: 100_000 },
  )
  expect(far).toEqual({ fixed: 50_000, heard: 95_000, every: 20, parked: true })
  expect(newestOf(near, far)).toEqual({ fixed: 90_000, heard: 95_000, every: 20, parked: false })
  // The same fix, by another reckoning of the clocks.
  expect(newestOf({ ...near, fixed: 50_030 }, far).parked).toBe(true)
})

test('both clocks are told in plain words', () => {
  const now = 1_000_000
  const ago = (seconds: number) => now - seconds * 1000
  const words = (fixed: number | null, heard: number | null, every: number | null) =>
    clocksInWords({ fixed, heard, every, parked: false }, now)
  expect(words(ago(20), ago(3), 10)).toBe('Position from 20 s ago · heard 3 s ago · reports every 10 s')
  expect(words(null, ago(0), null)).toBe('No position yet · heard just now')
  expect(words(null, null, null)).toBe('No position yet · never heard')
  expect([0.4, 59, 90, 300, 7200].map(formatEvery)).toEqual(['1 s', '59 s', '90 s', '5 min', '2 h'])
})

describe('the first fix with a new key', () => {
  const first = (device: Partial<Selected>, since = 1000) => firstFixOf(selected(device), 'BUS', since, 0)

  test('is waited for, also while another device is selected', () => {
    expect(first({})).toEqual({ at: 'waiting' })
    expect(firstFixOf(null, 'BUS', 0, 0)).toEqual({ at: 'waiting' })
    expect(firstFixOf(selected({ id: 'TRAM', last: fix(2000) }), 'BUS', 1000, 0)).toEqual({ at: 'waiting' })
  })

  test('is none that came with the old one', () => {
    expect(first({ last: fix(500), cameAt: 600, heardAt: 600 })).toEqual({ at: 'waiting' })
  })

  test('comes after a sign of life, perhaps', () => {
    expect(first({ life: { heard: 1500 } })).toEqual({ at: 'heard', heard: 1500 })
    const last = fix(2000)
    expect(first({ last, cameAt: 2100, heardAt: 2100 })).toEqual({ at: 'fixed', fixed: 2000, lat: 30, lon: -97 })
  })

  test('counts by when it came: it may have been made before, and sent late', () => {
    expect(first({ last: fix(500), cameAt: 1600, heardAt: 1600 })).toMatchObject({ at: 'fixed', fixed: 500 })
  })
})
