import { describe, expect, it } from 'vitest'
import { ArchiveAway } from '../../../../archive/archive.ts'
import type { SymbolSnapshot } from '../../../../wire/market.ts'
import { openClock } from './clock-stage.ts'

const START = Date.UTC(2026, 10, 30, 8)
const TOPIC = 's:ACME'
/** A trade a second. */
const trades = Array.from({ length: 600 }, (_, i) => ({ id: i + 1, t: START + i * 1000, price: 100 + i, size: 1 }))
const rows = { trades: { ACME: trades, LATER: trades }, isKept: () => true }
const bound = (s: number): number => START + s * 1000

const openAt = async (s: number) => {
  const clock = openClock(rows, bound(s))
  await clock.watch(TOPIC)
  const { source } = clock
  return {
    ...clock,
    ids: () => clock.told.splice(0).flatMap(({ trades: all = [] }) => all.map(({ id }) => id)),
    source,
  }
}

describe('the past as a source', () => {
  it('numbers what it tells of a topic one by one from its state on', async () => {
    const { source, told } = await openAt(10)
    expect(await source.read(TOPIC, null)).toMatchObject({ kind: 'snapshot', cursor: { epoch: 'life-1', seq: 1 } })
    for (let s = 11; s <= 13; s++) await source.advance(bound(s), bound(13))
    expect(told.map(({ epoch, seq, at }) => ({ epoch, seq, at }))).toEqual(
      [2, 3, 4].map((seq, i) => ({ epoch: 'life-1', seq, at: bound(11 + i) - 1 })),
    )
    expect(await source.read(TOPIC, { epoch: 'life-1', seq: 4 })).toMatchObject({ kind: 'current' })
    // Whoever is elsewhere gets the state, whatever number they name.
    expect(await source.read(TOPIC, { epoch: 'life-1', seq: 3 })).toMatchObject({
      kind: 'snapshot',
      cursor: { seq: 4 },
    })
  })

  it('reads ahead, and does not ask again for what it has', async () => {
    const { source, state, memory, ids } = await openAt(10)
    await state(TOPIC)
    await source.advance(bound(11), bound(60))
    const { calls } = memory.state
    for (let s = 12; s <= 60; s++) await source.advance(bound(s), bound(60))
    expect(memory.state.calls).toBe(calls)
    expect(ids()).toEqual(trades.slice(10, 60).map(({ id }) => id))
  })

  it('comes a stretch further, and no more, where it is not to go on', async () => {
    const { source, state, ids } = await openAt(10)
    await state(TOPIC)
    await source.advance(bound(600), bound(600), () => false)
    const first = ids()
    expect(source.told()).toBeLessThan(bound(600))
    expect(first.length).toBeGreaterThan(0)
    await source.advance(bound(600), bound(600))
    expect([...first, ...ids()]).toEqual(trades.slice(10).map(({ id }) => id))
  })

  it('skips nothing while the archive is away: it comes no further, and goes on from there', async () => {
    const { source, state, memory, ids } = await openAt(10)
    await state(TOPIC)
    memory.state.away = true
    await expect(source.advance(bound(20), bound(20))).rejects.toThrow(ArchiveAway)
    await expect(source.read(TOPIC, null)).rejects.toThrow(ArchiveAway)
    expect(source.told()).toBe(bound(10))
    memory.state.away = false
    await source.advance(bound(20), bound(20))
    expect(ids()).toEqual(trades.slice(10, 20).map(({ id }) => id))
  })

  it('tells nothing of before once it was moved, and reads again what was being read', async () => {
    const { source, state, told } = await openAt(10)
    await state(TOPIC)
    const going = source.advance(bound(500), bound(500))
    const reading = state<SymbolSnapshot>(TOPIC)
    source.jump(bound(300))
    await going
    expect(await reading).toMatchObject({ last: { id: 300 } })
    expect(source.told()).toBe(bound(300))
    await source.advance(bound(301), bound(301))
    expect(told.map(({ epoch }) => epoch)).toEqual(['life-2'])
    expect(told[0]).toMatchObject({ trades: [{ id: 301 }] })
  })

  it('tells a topic that came later from its own state on, and one that is forgotten no more', async () => {
    const { source, state, watch, unwatch, ids } = await openAt(10)
    await state(TOPIC)
    await source.advance(bound(20), bound(60))
    unwatch(TOPIC)
    await source.advance(bound(30), bound(60))
    expect(ids()).toEqual(trades.slice(10, 20).map(({ id }) => id))
    await watch(TOPIC)
    // It may still have the number that it was at.
    const again = await source.read(TOPIC, { epoch: 'life-1', seq: 2 })
    expect(again).toMatchObject({ kind: 'snapshot', cursor: { epoch: 'life-1', seq: 3 } })
    await source.advance(bound(31), bound(60))
    expect(ids()).toEqual([31])
  })

  it('tells all that happened to a topic that came while more was read ahead', async () => {
    const { source, state, watch, told } = await openAt(10)
    await state(TOPIC)
    await source.advance(bound(20), bound(60))
    await watch('s:LATER')
    expect(await state('s:LATER')).toMatchObject({ last: { id: 20 } })
    told.length = 0
    await source.advance(bound(30), bound(60))
    expect(told.map(({ topic, trades: all = [] }) => [topic, all.length])).toEqual([
      [TOPIC, 10],
      ['s:LATER', 10],
    ])
  })

  it('answers nobody any more once it is closed', async () => {
    const { source } = await openAt(10)
    const reading = source.read(TOPIC, null)
    source.close()
    await expect(reading).rejects.toThrow(ArchiveAway)
    await expect(source.read(TOPIC, null)).rejects.toThrow(ArchiveAway)
  })
})
