import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compare, hear, newWatch, settle, type WatchEvent } from '../../../web/state/watch.ts'
import type { Cursor, Segment, Update, WatchResult } from '../../../wire/protocol.ts'

const TOPIC = 's:AAPL' as const
const SNAPSHOT = { last: null, quote: null, day: null, prev: null, candle: null }
const update = (seq: number, epoch = 'a'): Update => ({ topic: TOPIC, epoch, seq, at: seq })
const resync = (seq: number, epoch = 'a'): Segment => ({ topic: TOPIC, epoch, seq, at: seq, snapshot: SNAPSHOT })
const snapshotAt = (seq: number, epoch = 'a'): WatchResult => ({
  topic: TOPIC,
  kind: 'snapshot',
  cursor: { epoch, seq },
  snapshot: SNAPSHOT,
})

const watching = (seq: number) => {
  const events: WatchEvent[] = []
  const emit = (event: WatchEvent) => void events.push(event)
  const watch = newWatch(TOPIC)
  settle(watch, snapshotAt(seq), emit)
  events.length = 0
  const applied = () => events.flatMap((event) => (event.kind === 'update' ? [event.update.seq] : []))
  const kinds = () => events.map(({ kind }) => kind)
  return { watch, emit, applied, kinds, events }
}

describe('a live topic', () => {
  test('applies the next number and ignores what it has', () => {
    const { watch, emit, applied } = watching(4)
    for (const seq of [5, 5, 3, 6]) expect(hear(watch, update(seq), emit)).toBe(false)
    expect(applied()).toEqual([5, 6])
    expect(watch.cursor).toEqual({ epoch: 'a', seq: 6 })
  })

  test('takes an update that says what it follows across conflated numbers', () => {
    const { watch, emit, applied } = watching(4)
    expect(hear(watch, { ...update(9), after: 4 }, emit)).toBe(false)
    expect(applied()).toEqual([9])
  })

  test('asks again at a hole, tells it, and goes on above the answer', () => {
    const { watch, emit, applied, events } = watching(4)
    expect(hear(watch, update(7), emit)).toBe(true)
    expect(events).toEqual([{ kind: 'gap', gap: { topic: TOPIC, from: 5, to: 6, reason: 'lost' } }])
    hear(watch, update(8), emit)
    expect(applied()).toEqual([])
    const missed: WatchResult = {
      topic: TOPIC,
      kind: 'replay',
      cursor: { epoch: 'a', seq: 7 },
      updates: [5, 6, 7].map((seq) => update(seq)),
    }
    expect(settle(watch, missed, emit)).toBe(false)
    expect(applied()).toEqual([5, 6, 7, 8])
  })

  test('asks again when the counter began anew, and takes the snapshot of its new life', () => {
    const { watch, emit, applied, kinds } = watching(4)
    expect(hear(watch, update(3, 'b'), emit)).toBe(true)
    settle(watch, snapshotAt(2, 'b'), emit)
    expect(kinds()).toEqual(['gap', 'snapshot', 'update'])
    expect(applied()).toEqual([3])
  })

  test('takes a resync of another life, and one of its own that goes back: Redis came back with less', () => {
    const { watch, emit, kinds } = watching(4)
    hear(watch, resync(3), emit)
    hear(watch, resync(1, 'b'), emit)
    expect(kinds()).toEqual(['snapshot', 'snapshot'])
    expect(watch.cursor).toEqual({ epoch: 'b', seq: 1 })
  })

  test('finds a lost tail by the heartbeat, and is content when it has it all', () => {
    const { watch, emit, kinds } = watching(4)
    expect(compare(watch, { epoch: 'a', seq: 4 }, emit)).toBe(false)
    expect(compare(watch, { epoch: 'a', seq: 3 }, emit)).toBe(false)
    expect(compare(watch, { epoch: 'a', seq: 6 }, emit)).toBe(true)
    expect(kinds()).toEqual(['gap'])
    expect(compare(watch, { epoch: 'a', seq: 6 }, emit)).toBe(false)
  })
})

describe('an answer', () => {
  test('lets what came before it apply above its cursor only', () => {
    const { watch, emit, applied } = watching(0)
    watch.phase = 'asking'
    for (const seq of [5, 6, 7, 8]) hear(watch, update(seq), emit)
    expect(applied()).toEqual([])
    settle(watch, snapshotAt(6), emit)
    expect(applied()).toEqual([7, 8])
  })

  test('is not followed by what waited of another life, which may be older: the topic is asked for again', () => {
    const { watch, emit, kinds } = watching(4)
    watch.phase = 'asking'
    hear(watch, resync(3, 'b'), emit)
    hear(watch, update(8), emit)
    expect(settle(watch, snapshotAt(7), emit)).toBe(true)
    expect(kinds()).toEqual(['snapshot', 'update'])
    expect(watch).toMatchObject({ phase: 'asking', cursor: { epoch: 'a', seq: 8 } })
    expect(settle(watch, snapshotAt(3, 'b'), emit)).toBe(false)
    expect(watch).toMatchObject({ phase: 'live', cursor: { epoch: 'b', seq: 3 } })
  })

  test('that does not follow our cursor makes us ask once more without one', () => {
    const { watch, emit } = watching(4)
    watch.phase = 'asking'
    expect(settle(watch, { topic: TOPIC, kind: 'current', cursor: { epoch: 'a', seq: 9 } }, emit)).toBe(true)
    expect(watch.cursor).toBeNull()
    expect(watch.phase).toBe('asking')
  })

  test('of an error leaves the topic refused and deaf', () => {
    const { watch, emit, kinds } = watching(4)
    watch.phase = 'asking'
    settle(watch, { topic: TOPIC, kind: 'error', error: { code: 'unknown_symbol', message: '' } }, emit)
    hear(watch, update(5), emit)
    expect(kinds()).toEqual(['refused'])
  })
})

/** A node that answers truthfully from the whole log, asked over a wire that drops, repeats and delays. */
const answerFrom = (log: number, cursor: Cursor | null): WatchResult => {
  if (cursor === null) return snapshotAt(log)
  if (cursor.seq === log) return { topic: TOPIC, kind: 'current', cursor: { epoch: 'a', seq: log } }
  const updates = Array.from({ length: log - cursor.seq }, (_, i) => update(cursor.seq + i + 1))
  return { topic: TOPIC, kind: 'replay', cursor: { epoch: 'a', seq: log }, updates }
}

test('whatever is dropped or repeated, every number is applied once and in order', () => {
  const deliveries = fc.array(fc.record({ drop: fc.boolean(), repeat: fc.boolean(), answerLate: fc.nat(3) }), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(deliveries, (steps) => {
      const { watch, emit, applied } = watching(0)
      let due = -1
      for (const [i, { drop, repeat, answerLate }] of steps.entries()) {
        const seq = i + 1
        if (due >= 0 && due-- === 0 && settle(watch, answerFrom(seq - 1, watch.cursor), emit)) due = answerLate
        for (let n = drop ? 0 : repeat ? 2 : 1; n > 0; n--) if (hear(watch, update(seq), emit)) due = answerLate
      }
      const end = { epoch: 'a', seq: steps.length }
      while (watch.phase === 'asking' || compare(watch, end, emit))
        settle(watch, answerFrom(steps.length, watch.cursor), emit)
      expect(applied()).toEqual(steps.map((_, i) => i + 1))
    }),
  )
})
