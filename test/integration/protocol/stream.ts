import { expect, it } from 'vitest'
import { callFunction } from '../../../redis/call.ts'
import { leaveCell, placeInCell } from '../../../wire/calls.ts'
import { cellOf } from '../../../wire/cells.ts'
import { standing } from '../../../wire/cursors.ts'
import type { Gap, Heartbeat, Notice, Update } from '../../../wire/protocol.ts'
import { cellTopic } from '../../../wire/topics.ts'
import { eventually } from '../../support/eventually.ts'
import type { RawClient } from '../../support/raw-client.ts'
import { flushEverything, primaryFor } from '../../support/redis-everywhere.ts'
import { AUSTIN, cursorOf, fix, quote, type Stage, segments, segmentsOf, trade, watch } from './stage.ts'

/** Further than a cell: some minutes' way. */
const FAR = { lat: 30.31, lon: -97.75 }
const MINUTE = 60_000
const HERE = cellTopic(cellOf(30.25, -97.75))

/** Every kind of update, and what comes in place of those that were lost. */
export const testStream = (stage: () => Stage): void => {
  const watchAll = async (id: string): Promise<RawClient> => {
    const { feed, client } = stage()
    await feed.describe(id)
    await feed.fix(fix(id, { t: Date.now() - 10 * MINUTE }))
    const one = await client()
    await watch(one, { topics: [{ topic: `s:${id}` }, { topic: `d:${id}` }], view: { bounds: AUSTIN } })
    return one
  }

  it('sends each update once, numbered one by one', async () => {
    const { feed, command } = stage()
    const one = await watchAll('STR1')
    for (let i = 0; i < 5; i++) await feed.market('STR1', [trade(), trade()], [quote()])
    const seqs = (await segmentsOf(one, 's:STR1', 5)).map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i))
    await feed.fix(fix('STR1', { t: Date.now() - 9 * MINUTE }))
    expect(await segmentsOf(one, 'd:STR1')).toMatchObject([{ fixes: [{ id: 'STR1' }] }])
    await segmentsOf(one, HERE)
    const to = await feed.fix(fix('STR1', { ...FAR, t: Date.now() - 5 * MINUTE }))
    expect((await segmentsOf(one, HERE, 2)).at(-1)).toMatchObject({ left: [{ id: 'STR1', to }] })
    const still = fix('STR1', { t: Date.now() + 1 })
    await feed.fix(still)
    await callFunction(command, leaveCell(HERE.slice(2), 'STR1', still.t, still.n, ''))
    expect((await segmentsOf(one, HERE, 4)).at(-1)).toMatchObject({ left: [{ id: 'STR1', to: null }] })
  })

  it('marks a fix that the device can hardly have come to, which moves nothing, and tells that nobody bids', async () => {
    const { feed } = stage()
    const one = await watchAll('STR0')
    const here = await feed.fix(fix('STR0', { t: Date.now() - MINUTE }))
    expect(await feed.fix(fix('STR0', { lat: 0, lon: 0, t: Date.now() - 30_000 }))).toBe(here)
    const heard = (await segmentsOf(one, 'd:STR0', 2)) as Update[]
    expect(heard.flatMap(({ fixes = [] }) => fixes)).toEqual([
      expect.not.objectContaining({ doubtful: true }),
      expect.objectContaining({ lat: 0, lon: 0, doubtful: true }),
    ])
    const [device] = await watch(one, { topics: [{ topic: 'd:STR0' }] })
    expect(device).toMatchObject({ snapshot: { last: { lat: 30.25 }, cell: here } })
    await feed.market('STR0', [trade({ price: -37.63, size: 0 })], [quote({ bid: null, bidSize: 0 })])
    await feed.market('STR0', [trade({ price: 0 })], [quote({ ask: null })])
    expect(await segmentsOf(one, 's:STR0', 2)).toMatchObject([
      { trades: [{ price: -37.63, size: 0 }], quote: { bid: null, bidSize: 0, ask: 101 } },
      { trades: [{ price: 0 }], quote: { ask: null, askSize: 0 } },
    ])
  })

  it('conflates what is watched as latest: one update that says what it follows', async () => {
    const { feed, client } = stage()
    await feed.describe('STR2')
    await feed.fix(fix('STR2'))
    const one = await client()
    const paced = { mode: 'latest', rate: 1 } as const
    const topics = [
      { topic: 's:STR2', ...paced },
      { topic: 'd:STR2', ...paced },
    ]
    const results = await watch(one, { topics, view: { bounds: AUSTIN, ...paced } })
    for (let i = 0; i < 10; i++) {
      await feed.market('STR2', [trade({ price: 100 + i })], [quote()])
      await feed.fix(fix('STR2', { lat: 30.25 + i / 10_000 }))
    }
    for (const topic of ['s:STR2', 'd:STR2', HERE] as const) {
      const answer = results.find((result) => result.topic === topic)
      if (answer === undefined || answer.kind === 'error') throw new Error(`no ${topic}`)
      // Or more: the sweeper may have mended something of the cell meanwhile.
      const last = answer.cursor.seq + 10
      await eventually(`the last of ${topic}`, () => (segments(one, topic).at(-1)?.seq ?? 0) >= last)
      const updates = segments(one, topic) as Update[]
      expect(updates.length).toBeLessThan(10)
      let cursor = answer.cursor
      for (const update of updates) {
        expect(standing(cursor, update)).toBe('next')
        cursor = { epoch: update.epoch, seq: update.seq }
      }
      expect(updates.some(({ seq, after }) => after !== undefined && seq - after > 1)).toBe(true)
    }
  })

  it('tells in heartbeats where topics stand that moved', async () => {
    const { feed } = stage()
    const one = await watchAll('STR3')
    await feed.market('STR3', [trade()])
    const { epoch, seq } = (await segmentsOf(one, 's:STR3'))[0] ?? {}
    const told = () => one.heard<Heartbeat>('heartbeat').flatMap(({ seqs }) => seqs['s:STR3'] ?? [])
    await eventually('a heartbeat that tells it', () => told().some((cursor) => cursor.seq === seq))
    expect(told().at(-1)).toEqual({ epoch, seq })
  })

  it('says what was lost beyond what the log holds, and sends the state anew', async () => {
    const { feed, command } = stage()
    const one = await watchAll('STR4')
    await feed.market('STR4', [trade()])
    const [before] = await segmentsOf(one, 's:STR4')
    const keys = ['wf:{s:STR4}', 'wf:{s:STR4}:log', 'wf:{s:STR4}:1m'] as const
    const lossy = (await primaryFor(command, keys[0])).multi().call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    for (let i = 0; i < 1300; i++) {
      const { id, t, price, size } = trade()
      lossy.call('FCALL', 'wf1_market', 3, ...keys, 'T', id, t, price, size, '')
    }
    await lossy.exec()
    await eventually('a resync', () => 'snapshot' in (segments(one, 's:STR4').at(-1) ?? {}))
    const seq = (before?.seq ?? 0) + 1300
    expect(segments(one, 's:STR4').at(-1)).toMatchObject({
      epoch: before?.epoch,
      seq,
      snapshot: { last: { price: 100 } },
    })
    expect(one.heard<Gap>('gap')).toEqual([{ topic: 's:STR4', from: seq - 1299, to: seq, reason: 'lost' }])
  })

  it('says that everything is gone when Redis is emptied, and follows the topics that begin anew', async () => {
    const { feed, command } = stage()
    const one = await watchAll('STR5')
    await feed.market('STR5', [trade()])
    await segmentsOf(one, 's:STR5')
    await watch(one, { topics: [{ topic: 'r:devices' }] })
    await flushEverything(command)
    const topics = ['s:STR5', 'd:STR5', HERE, 'r:devices']
    const allAt = (cursor: object) =>
      eventually(`all at ${JSON.stringify(cursor)}`, () => {
        for (const topic of topics) expect(segments(one, topic).at(-1)).toMatchObject(cursor)
        return true
      })
    await allAt({ epoch: '', seq: 0 })
    expect(one.heard<Gap>('gap').filter(({ topic }) => topic === 's:STR5')).toMatchObject([{ reason: 'epoch', to: 0 }])
    const heard = one.heard('gap').length
    await feed.market('STR5', [trade()])
    await feed.fix(fix('STR5'))
    await allAt({ seq: 1 })
    expect(one.heard('gap')).toHaveLength(heard)
  })

  it('says that Redis is away and back, and meanwhile that data is unavailable', async () => {
    const { redis, client, feed } = stage()
    await feed.describe('STR6')
    const one = await client()
    await cursorOf(one, 's:STR6')
    await redis.kill()
    await eventually('told', () => one.heard<Notice>('notice').some(({ kind }) => kind === 'redis_down'))
    expect(await watch(one, { topics: [{ topic: 's:OTHER' }] })).toMatchObject([{ error: { code: 'unavailable' } }])
    const late = await client()
    await eventually('told at once', () => late.heard<Notice>('notice').some(({ kind }) => kind === 'redis_down'))
    await redis.restart()
    for (const each of [one, late])
      await eventually('told again', () => each.heard<Notice>('notice').some(({ kind }) => kind === 'redis_up'))
  })
}

/**
 * Enough updates of a cell at the end of the world to fill what networks and nodes hold for a client that stopped: 8
 * MB.
 */
export const flood = async ({ command }: Stage, at: { lat: number; lon: number }): Promise<void> => {
  const wordy = {
    ...at,
    speed: 12.345678901234,
    heading: 123.45678901234,
    battery: 0.12345678901234,
    route: 'x'.repeat(32),
  }
  const cell = cellOf(at.lat, at.lon)
  for (let i = 0; i < 80; i++) {
    const fixes = Array.from({ length: 500 }, (_, device) => JSON.stringify(fix(`FLOOD-${device}`, wordy)))
    await callFunction(command, placeInCell(cell, fixes))
  }
}
