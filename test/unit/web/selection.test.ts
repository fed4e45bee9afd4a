import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { whyNotThere } from '../../../web/state/doubt.ts'
import { createFleet } from '../../../web/state/fleet.ts'
import { mergeTrack } from '../../../web/state/selected.ts'
import { createSelection, TRACK_SPAN } from '../../../web/state/selection.ts'
import type { TrackReply } from '../../../wire/api.ts'
import { cellOf } from '../../../wire/cells.ts'
import type { Command } from '../../../wire/commands.ts'
import type { Fix } from '../../../wire/fleet.ts'

const fix = (n: number, more: Partial<Fix> = {}): Fix => ({
  ...{ id: 'BUS', n, t: n * 1_000, lat: 30 + n / 1_000, lon: -97 },
  ...more,
})
const doubt = (n: number, more: Partial<Fix> = {}): Fix => fix(n, { lat: 31, doubtful: true, ...more })
const cell = ({ lat, lon }: Fix) => cellOf(lat, lon)

const setUp = () => {
  const reads: { since: number; answer: (fixes: Fix[], late?: number[]) => Promise<void>; fail: () => void }[] = []
  let woken = 0
  const load = (id: string, since: number) =>
    new Promise<TrackReply>((resolve, reject) => {
      const answer = async (fixes: Fix[], late?: number[]) =>
        resolve({ id, cursor: { epoch: 'a', seq: 1 }, fixes, ...(late && { late }) })
      reads.push({ since, answer, fail: () => reject(new Error('away')) })
    })
  const selection = createSelection(load, () => void woken++)
  selection.select('BUS', 10_000_000)
  const shown = () => selection.selected.value
  const numbers = () => [shown()?.track.map(({ n }) => n), shown()?.doubtful.map(({ n }) => n)]
  return { selection, reads, shown, numbers, woken: () => woken }
}

describe('a track', () => {
  test('is each fix once, in order of time, whatever came first', () => {
    const fixes = fc.uniqueArray(fc.nat(500), { maxLength: 40 }).map((ns) => ns.map((n) => fix(n + 1)))
    fc.assert(
      fc.property(fixes, fixes, (a, b) => {
        const sorted = (some: Fix[]) => some.toSorted((x, y) => x.t - y.t)
        const ns = mergeTrack(sorted(a), b).map(({ n }) => n)
        expect(ns).toEqual([...new Set([...a, ...b].map(({ n }) => n))].toSorted((x, y) => x - y))
      }),
    )
  })

  test('is read from history, goes on live, and is read again where its device was missed', async () => {
    const { selection, reads, shown, numbers, woken } = setUp()
    expect([reads.length, woken()]).toEqual([1, 1])
    await reads[0]?.answer([fix(1), fix(3)])
    selection.update('BUS', { fixes: [fix(2)] }, cell, 5)
    expect([numbers(), shown()?.last?.n, shown()?.phase, woken()]).toEqual([[[1, 2, 3], []], 3, 'ready', 3])
    selection.snapshot('BUS', { last: fix(9), cell: cell(fix(9)) }, 0, 0)
    expect(reads[1]?.since).toBe(3_000)
    await reads[1]?.answer([fix(3), fix(8), fix(9)])
    expect(numbers()).toEqual([[1, 2, 3, 8, 9], []])
    selection.update('OTHER', { fixes: [fix(10)] }, cell, 5)
    expect(shown()?.last?.n).toBe(9)
  })
})

describe('a track, after this page was not told of everything', () => {
  const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

  test('is read anew in full, for a fix that came late may be anywhere in it', async () => {
    const { selection, reads, numbers } = setUp()
    await reads[0]?.answer([fix(1), fix(9)])
    const state = { last: fix(9), cell: cell(fix(9)) }
    selection.snapshot('BUS', state, 0, 10_000_000)
    expect(reads).toHaveLength(1)
    // It slept, and no replay led on.
    selection.snapshot('BUS', state, 0, 10_000_000)
    expect(reads[1]?.since).toBe(1_000)
    await reads[1]?.answer([fix(1), fix(4), fix(9)])
    await settled()
    expect([numbers(), reads.length]).toEqual([[[1, 4, 9], []], 2])
  })

  test('leads to where the device is, though it was read before that was told', async () => {
    const { selection, reads, numbers } = setUp()
    selection.snapshot('BUS', { last: fix(9_000), cell: cell(fix(9)) }, 0, 10_000_000)
    await reads[0]?.answer([fix(8_000)])
    await settled()
    expect(reads[1]?.since).toBe(8_000_000)
    await reads[1]?.answer([fix(8_500)])
    await settled()
    // The node does not have it: it is not asked for ever.
    expect([numbers(), reads.length]).toEqual([[[8_000, 8_500], []], 2])
  })

  test('is read once more where the stream left fixes out, and again where that failed', async () => {
    const { selection, reads, shown, numbers } = setUp()
    const ticks = (count: number) => {
      for (let i = 0; i < count; i++) selection.tick(10_000_000)
    }
    await reads[0]?.answer([fix(8_000)])
    await settled()
    selection.update('BUS', { fixes: [fix(8_003)] }, cell, 5, false)
    selection.update('BUS', { fixes: [fix(8_006)] }, cell, 5, false)
    ticks(9)
    expect(reads).toHaveLength(1)
    ticks(1)
    expect(reads[1]?.since).toBe(10_000_000 - TRACK_SPAN)
    reads[1]?.fail()
    await settled()
    expect(shown()).toMatchObject({ phase: 'error', error: 'away' })
    ticks(4)
    await reads[2]?.answer([1, 2, 3, 4, 5, 6].map((n) => fix(8_000 + n)))
    await settled()
    ticks(30)
    expect([reads.length, shown()?.phase, numbers()[0]?.length]).toEqual([3, 'ready', 7])
  })
})

describe('a device of another moment', () => {
  test('is shown until it comes, and then nothing of before is left, nor comes later', async () => {
    const { selection, reads, shown, numbers } = setUp()
    selection.snapshot('BUS', { last: fix(9), cell: cell(fix(9)), life: { heard: 9_000, every: 5 } }, 0, 0)
    await reads[0]?.answer([fix(8), fix(9)])
    await new Promise((resolve) => setTimeout(resolve, 0))
    const late = reads.length
    selection.retry(10_000)
    selection.rewind(5_000)
    expect(numbers()).toEqual([[8, 9], []])
    selection.snapshot('BUS', { last: fix(4), cell: cell(fix(4)) }, 5_000, 5_000)
    expect(shown()).toMatchObject({ last: fix(4), life: null, heardAt: 4_000, track: [] })
    await reads[late]?.answer([fix(9)])
    await reads[late + 1]?.answer([fix(3), fix(4)], [3])
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect([numbers(), [...(shown()?.late ?? [])]]).toEqual([[[3, 4], []], [3]])
    // The same track in another way: what is known besides stays.
    selection.reread(5_000)
    await reads.at(-1)?.answer([fix(4)])
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect([numbers(), shown()?.late.size, shown()?.heardAt]).toEqual([[[4], []], 0, 4_000])
  })
})

describe('what is known of a device besides', () => {
  const command = (c: number, state: Command['state']) => ({ id: `c${c}`, c, state }) as Command

  test('is as of the snapshot, and goes on with updates, each command as it is last', () => {
    const { selection, shown } = setUp()
    const at = { last: null, cell: null }
    expect(shown()).toMatchObject({ life: null, commands: [] })
    selection.snapshot('BUS', { ...at, life: { heard: 90, every: 10 }, commands: [command(1, 'queued')] }, 1000, 100)
    expect(shown()).toMatchObject({ life: { every: 10 }, heardAt: 990, last: null })
    selection.update('BUS', { commands: [command(1, 'sent'), command(2, 'queued')] }, cell, 2000)
    expect(shown()?.commands).toEqual([command(1, 'sent'), command(2, 'queued')])
    // Nothing of that came from the device.
    selection.update('BUS', { keyed: 5 }, cell, 2100)
    expect(shown()?.heardAt).toBe(990)
    selection.update('BUS', { life: { heard: 95, parked: true } }, cell, 2200)
    expect(shown()).toMatchObject({ life: { heard: 95, parked: true }, heardAt: 2200, cell: null })
    selection.withhold('BUS')
    expect(shown()).toMatchObject({ life: null, commands: [] })
    selection.snapshot('BUS', { ...at, commands: [command(2, 'done')] }, 3000, 100)
    expect(shown()).toMatchObject({ life: null, commands: [command(2, 'done')] })
  })
})

describe('a doubtful fix', () => {
  test('does not move its device, and stands apart from the track; its device was heard', async () => {
    const { selection, reads, shown, numbers } = setUp()
    await reads[0]?.answer([fix(1), doubt(2), fix(3), doubt(4)])
    expect([numbers(), shown()?.last?.n]).toEqual([
      [
        [1, 3],
        [2, 4],
      ],
      3,
    ])
    selection.update('BUS', { fixes: [fix(5), doubt(6)] }, cell, 77)
    expect([numbers(), shown()?.last?.n, shown()?.heardAt]).toEqual([
      [
        [1, 3, 5],
        [2, 4, 6],
      ],
      5,
      77,
    ])
    expect(shown()?.cell).toBe(cell(fix(5)))
    selection.update('BUS', { fixes: [doubt(7)] }, cell, 78)
    expect([shown()?.last?.n, shown()?.heardAt]).toEqual([5, 78])
    selection.snapshot('BUS', { last: fix(6), cell: cell(fix(6)) }, 0, 0)
    expect([reads.length, reads[1]?.since]).toEqual([2, 5_000])
  })

  test('of a device with no sure one leaves it without a place', async () => {
    const { selection, reads, shown } = setUp()
    await reads[0]?.answer([doubt(2)])
    selection.update('BUS', { fixes: [doubt(3)] }, cell, 1)
    expect(shown()).toMatchObject({ last: null, cell: null, phase: 'ready' })
  })

  test('moves no device on the map, were a cell to send one', () => {
    const fleet = createFleet(() => {})
    const here = cell(fix(1))
    fleet.watch([here])
    const times = { steady: 0, now: 50, serverNow: 50 }
    fleet.update(here, { fixes: [fix(1), doubt(1, { id: 'NEW' })] }, times)
    fleet.update(here, { fixes: [doubt(2)] }, { ...times, now: 99 })
    expect([...fleet.devices.keys()]).toEqual(['BUS'])
    expect(fleet.devices.get('BUS')).toMatchObject({ fix: fix(1), clocks: { heard: 99 } })
  })

  test('is explained while it is the newest, by how far and how fast the device would have gone', () => {
    const at = (lat: number, n: number, more: Partial<Fix> = {}) => doubt(n, { lat, ...more })
    const last = fix(1, { lat: 30 })
    const why = (doubtful: Fix[], sure: Fix | null = last) => whyNotThere({ last: sure, doubtful })
    expect(why([])).toBeNull()
    expect(why([at(31, 2)], fix(3))).toBeNull()
    // 1,776 m in 33 s.
    expect(why([at(30.015972, 34)])).toContain(
      'it is 1.8 km away, and the device would have had to go 194 km/h to get there.',
    )
    expect(why([at(30.0001, 11, { speed: 113.9952 })])).toContain(
      'it reports a speed of 410 km/h, but moved 11 m, at 4 km/h.',
    )
    expect(why([at(30, 1, { speed: 50 })], null)).toBe(
      'None of its positions can be trusted yet. It reports a speed of 180 km/h.',
    )
  })
})
