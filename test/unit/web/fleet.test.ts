import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFleet } from '../../../web/state/fleet.ts'
import type { Fix } from '../../../wire/fleet.ts'
import { isNewer } from '../../../wire/fleet.ts'

const [A, B, ELSEWHERE] = ['other/0231301203310', 'other/0231301203311', 'other/0231301203312'] as const
const fix = (id: string, t: number, n = t): Fix => ({ id, n, t, lat: 30 + t / 1_000, lon: -97 })
const TIMES = { steady: 0, now: 1_000, serverNow: 1_000 }

const setUp = (...cells: string[]) => {
  const fleet = createFleet(() => {})
  fleet.watch(cells)
  const where = (id: string) => fleet.devices.get(id)?.cell ?? null
  return { fleet, where }
}

describe('a device is removed', () => {
  test('when it left to a cell that is not watched', () => {
    const { fleet, where } = setUp(A, B)
    fleet.update(A, { fixes: [fix('BUS', 1)] }, TIMES)
    fleet.update(A, { left: [{ id: 'BUS', t: 2, n: 2, to: ELSEWHERE }] }, TIMES)
    expect(where('BUS')).toBeNull()
    expect(fleet.count.value).toBe(0)
  })

  test('when it was reaped', () => {
    const { fleet, where } = setUp(A)
    fleet.update(A, { fixes: [fix('BUS', 1)] }, TIMES)
    fleet.update(A, { left: [{ id: 'BUS', t: 1, n: 1, to: null }] }, TIMES)
    expect(where('BUS')).toBeNull()
  })

  test('when its cell is no longer watched', () => {
    const { fleet, where } = setUp(A, B)
    fleet.update(A, { fixes: [fix('ONE', 1)] }, TIMES)
    fleet.update(B, { fixes: [fix('TWO', 1)] }, TIMES)
    fleet.watch([B])
    expect([where('ONE'), where('TWO')]).toEqual([null, B])
  })

  test('when its cell comes anew without it', () => {
    const { fleet, where } = setUp(A)
    fleet.snapshot(A, { fixes: [fix('ONE', 1), fix('TWO', 1)] }, TIMES)
    fleet.snapshot(A, { fixes: [fix('TWO', 2)] }, TIMES)
    expect([where('ONE'), where('TWO')]).toEqual([null, A])
  })
})

describe('a device stays', () => {
  test('when it left into a watched cell, where it appears by itself', () => {
    const { fleet, where } = setUp(A, B)
    fleet.update(A, { fixes: [fix('BUS', 1)] }, TIMES)
    fleet.update(A, { left: [{ id: 'BUS', t: 2, n: 2, to: B }] }, TIMES)
    expect(where('BUS')).toBe(B)
    fleet.update(B, { fixes: [fix('BUS', 2)] }, TIMES)
    expect(fleet.devices.get('BUS')?.fix.t).toBe(2)
  })

  test('when the news of its leaving comes after its arrival elsewhere', () => {
    const { fleet, where } = setUp(A, B)
    fleet.update(A, { fixes: [fix('BUS', 1)] }, TIMES)
    fleet.update(B, { fixes: [fix('BUS', 2)] }, TIMES)
    fleet.update(A, { left: [{ id: 'BUS', t: 2, n: 2, to: B }] }, TIMES)
    expect(where('BUS')).toBe(B)
  })

  test('when it has come back since it left', () => {
    const { fleet, where } = setUp(A)
    fleet.update(A, { fixes: [fix('BUS', 5)] }, TIMES)
    fleet.update(A, { left: [{ id: 'BUS', t: 3, n: 3, to: ELSEWHERE }] }, TIMES)
    expect(where('BUS')).toBe(A)
  })
})

test('an older fix that comes late from another cell neither moves nor revives a device', () => {
  const { fleet, where } = setUp(A, B)
  fleet.update(A, { fixes: [fix('BUS', 5)] }, TIMES)
  fleet.update(B, { fixes: [fix('BUS', 4)] }, TIMES)
  expect(where('BUS')).toBe(A)
  fleet.update(A, { left: [{ id: 'BUS', t: 6, n: 6, to: ELSEWHERE }] }, TIMES)
  fleet.update(B, { fixes: [fix('BUS', 4)] }, TIMES)
  expect(where('BUS')).toBeNull()
})

test('a device that left comes back with the fix by which it left, once its cell is watched', () => {
  const { fleet, where } = setUp(A)
  fleet.update(A, { fixes: [fix('BUS', 5)] }, TIMES)
  fleet.update(A, { left: [{ id: 'BUS', t: 6, n: 6, to: B }] }, TIMES)
  fleet.watch([A, B])
  fleet.snapshot(B, { fixes: [fix('BUS', 6)] }, TIMES)
  expect(where('BUS')).toBe(B)
})

test('what cells that are not watched send is ignored, what watched ones send asks for a drawing', () => {
  let woken = 0
  const fleet = createFleet(() => void woken++)
  fleet.watch([A])
  fleet.update(B, { fixes: [fix('BUS', 1)] }, TIMES)
  fleet.snapshot(B, { fixes: [fix('BUS', 1)] }, TIMES)
  expect([fleet.count.value, woken]).toEqual([0, 1])
  fleet.snapshot(A, { fixes: [fix('BUS', 1)] }, TIMES)
  fleet.update(A, { fixes: [fix('TRAM', 1)] }, TIMES)
  expect([fleet.count.value, woken]).toEqual([2, 3])
})

test('a fix counts as heard when it was made in a snapshot, and when it came in an update', () => {
  const { fleet } = setUp(A)
  const times = { steady: 0, now: 500_000, serverNow: 200_001 }
  fleet.snapshot(A, { fixes: [fix('OLD', 1)] }, times)
  fleet.update(A, { fixes: [fix('NEW', 1)] }, times)
  expect(fleet.devices.get('OLD')?.clocks).toEqual({ fixed: 300_000, heard: 300_000, every: null, parked: false })
  expect(fleet.devices.get('NEW')?.clocks).toEqual({ fixed: 300_000, heard: 500_000, every: null, parked: false })
})

test('a device whose clock is ahead has a fix no newer than when it came', () => {
  const { fleet } = setUp(A)
  fleet.update(A, { fixes: [fix('AHEAD', 900_000)] }, { steady: 0, now: 500_000, serverNow: 500_000 })
  expect(fleet.devices.get('AHEAD')?.clocks).toMatchObject({ fixed: 500_000, heard: 500_000 })
})

test('the interval of a device is learnt from its fixes, before that the list tells it; it says that it parks', () => {
  const { fleet } = setUp(A)
  const at = (t: number, more: Partial<Fix> = {}) =>
    fleet.update(A, { fixes: [{ ...fix('BUS', t), ...more }] }, { steady: 0, now: t, serverNow: t })
  const clocks = () => fleet.devices.get('BUS')?.clocks
  at(1000)
  const told = { fixed: 1000, heard: 5000, every: 60, parked: true }
  fleet.tell('BUS', told)
  fleet.tell('NOBODY', told)
  expect(clocks()).toEqual(told)
  at(11_000)
  expect(clocks()).toMatchObject({ every: 60, parked: false })
  at(21_000)
  // An outage is no interval.
  at(400_000)
  at(410_000, { parked: true })
  expect(clocks()).toEqual({ fixed: 410_000, heard: 410_000, every: 10, parked: true })
  at(420_000)
  expect(clocks()?.parked).toBe(false)
})

test('once a device is late by the time alone the map is drawn again, and once only', () => {
  let woken = 0
  const fleet = createFleet(() => void woken++)
  fleet.watch([A])
  fleet.update(A, { fixes: [fix('BUS', 1)] }, TIMES)
  fleet.tick(2_000)
  expect(fleet.tallies.value).toMatchObject({ live: 1, late: 0 })
  const before = woken
  fleet.tick(3_000)
  expect(woken).toBe(before)
  fleet.tick(90_000)
  fleet.tick(91_000)
  expect([fleet.tallies.value.live, fleet.tallies.value.late, woken]).toEqual([0, 1, before + 1])
})

/**
 * A device drives through cells; each cell's channel keeps its order, but cells arrive interleaved at will. Whatever
 * the order, in the end the device stands where its newest fix is, or is gone where that cell is not watched.
 */
test('in whatever order cells arrive, the newest fix decides in the end', () => {
  const cells = [A, B, ELSEWHERE] as const
  const journey = fc.array(fc.nat(2), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(journey, fc.infiniteStream(fc.nat(2)), (stops, turns) => {
      const { fleet, where } = setUp(A, B)
      const queues: (() => void)[][] = [[], [], []]
      for (const [i, at] of stops.entries()) {
        const now = fix('BUS', i + 1)
        const before = stops[i - 1]
        queues[at]?.push(() => fleet.update(cells[at] ?? A, { fixes: [now] }, TIMES))
        if (before !== undefined && before !== at)
          queues[before]?.push(() =>
            fleet.update(cells[before] ?? A, { left: [{ id: 'BUS', t: now.t, n: now.n, to: cells[at] ?? A }] }, TIMES),
          )
      }
      while (queues.some(({ length }) => length > 0)) queues[turns.next().value ?? 0]?.shift()?.()
      const last = cells[stops.at(-1) ?? 0] ?? A
      expect(where('BUS')).toBe(last === ELSEWHERE ? null : last)
      const shown = fleet.devices.get('BUS')?.fix
      if (shown) expect(isNewer(fix('BUS', stops.length), shown)).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('a device that left for a watched cell and never appears there goes after a while, and one that does stays', () => {
  const fleet = createFleet(() => {})
  const [here, there] = ['other/0000000000000', 'other/0000000000001']
  const times = { steady: 0, now: 1_000, serverNow: 1_000 }
  const fix = (id: string, t: number) => ({ id, n: t, t, lat: 1, lon: 1 })
  fleet.watch([here, there])
  fleet.snapshot(here, { fixes: [fix('lost', 1), fix('found', 1)] }, times)
  const left = ['lost', 'found'].map((id) => ({ id, t: 2, n: 2, to: there }))
  fleet.update(here, { left }, times)
  fleet.update(there, { fixes: [fix('found', 2)] }, times)
  fleet.tick(5_000)
  expect([...fleet.devices.keys()]).toEqual(['lost', 'found'])
  fleet.tick(12_000)
  expect([...fleet.devices.keys()]).toEqual(['found'])
})
