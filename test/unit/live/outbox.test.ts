import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFaults, type Fault } from '../../../server/faults.ts'
import { asBytes, parseBytes, toBytes } from '../../../server/live/bytes.ts'
import { createConflate } from '../../../server/live/conflate.ts'
import { createFlusher } from '../../../server/live/flusher.ts'
import type { Frame } from '../../../server/live/frame.ts'
import { type Message, readMessage, resyncMessage } from '../../../server/live/message.ts'
import { Outbox } from '../../../server/live/outbox.ts'
import { nothingSent } from '../../../server/live/sent.ts'
import { standing } from '../../../wire/cursors.ts'
import type { SymbolUpdate } from '../../../wire/market.ts'
import type { Cursor, Tuning } from '../../../wire/protocol.ts'
import type { Topic } from '../../../wire/topics.ts'
import { noFaults } from '../../support/faults.ts'

/** A topic whose state is a sum: conflating adds. */
type Part = Cursor & { topic: Topic; after?: number; add?: number; snapshot?: number }
const A = 's:株式.T'
const B = 's:EURUSD=X'
const TOPICS = [A, B, 's:C'] as const
const CAPS = { backlogBytes: 1000, waitingBytes: 20_000, stalledMs: 5000 }

const conflate = createConflate(
  (_topic, updates) =>
    ({
      add: (updates as { add?: number }[]).reduce((sum, { add = 0 }) => sum + add, 0),
    }) as object,
  noFaults,
  () => {},
)

const update = (topic: Topic, seq: number, add: number, padding = ''): Message => {
  const message = readMessage(topic, toBytes({ topic, epoch: 'e', seq, at: 1, add, padding }))
  if (!message) throw new Error('malformed')
  return message
}

const setUp = () => {
  const frames: { at: number; parts: Part[] }[] = []
  const events: string[] = []
  let backlog = 0
  const writer = {
    write: (frame: Frame) => {
      const [event, value] = parseBytes<[string, Part[]]>(frame.slice(frame.indexOf('42[') + 2))
      if (event === 'updates') frames.push({ at: Date.now(), parts: value })
      else events.push(event === 'notice' ? JSON.stringify(value) : event)
    },
    backlog: () => backlog,
    left: () => backlog,
    terminate: () => events.push('terminated'),
  }
  const letGo: Map<Topic, Cursor>[] = []
  const sent = nothingSent()
  const flusher = createFlusher({ share: 1, minMs: 0, maxMs: 50, sent, faults: noFaults }, () => Date.now())
  const outbox = new Outbox(CAPS, {
    id: 'client',
    faults: noFaults,
    writer,
    flusher,
    conflate,
    count: (event) => events.push(event),
    sent,
    now: Date.now,
    letGo: (sent) => letGo.push(sent),
    catchUp: () => events.push('catchUp'),
    drop: writer.terminate,
  })
  const stall = (bytes: number): void => {
    backlog = bytes
  }
  return { outbox, flusher, frames, events, letGo, stall }
}

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => vi.useRealTimers())

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('push' as const), topic: fc.constantFrom(...TOPICS), add: fc.nat(9) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(400) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('tune' as const),
      topic: fc.constantFrom(...TOPICS),
      tuning: fc.constantFrom<Tuning>(
        {},
        { mode: 'latest' },
        { mode: 'latest', rate: 4 },
        { mode: 'every', rate: 2 },
        { rate: 10 },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resync' as const), topic: fc.constantFrom(...TOPICS) }) },
)

it('what cannot be conflated stays as it came, and its topic is read anew', () => {
  const [faults, spoilt]: [Fault[], Topic[]] = [[], []]
  const conflate = createConflate(
    (_topic, [first]) => ({ trades: [...((first as SymbolUpdate).trades ?? [])] }),
    createFaults((fault) => faults.push(fault)),
    (topic) => spoilt.push(topic),
  )
  const forged: Message = {
    topic: A,
    epoch: 'e',
    seq: 1,
    after: 0,
    text: `{"topic":"${asBytes(A)}","epoch":"e","seq":1,"oops`,
  }
  const messages = [forged, update(A, 2, 1), update(A, 3, 1)]
  expect(conflate(messages)).toEqual(messages)
  expect(spoilt).toEqual([A])
  const wrong = [2, 3].map((seq) => ({ ...update(A, seq, 1), text: toBytes({ trades: 5 }) }))
  expect(conflate(wrong)).toEqual(wrong)
  expect(faults.map(({ at, of, error }) => `${at} ${of} ${(error as Error).name}`)).toEqual([
    `topic.conflate ${A} SyntaxError`,
    `topic.conflate ${A} TypeError`,
  ])
})

describe('an outbox', () => {
  it('brings a client by the book to the same state, in order, however its topics are tuned while live', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const { outbox, flusher, frames } = setUp()
        const truth = new Map<Topic, { seq: number; sum: number }>(TOPICS.map((topic) => [topic, { seq: 0, sum: 0 }]))
        for (const each of steps) {
          if (each.kind === 'wait') await vi.advanceTimersByTimeAsync(each.ms)
          else if (each.kind === 'tune') outbox.tune(each.topic, each.tuning)
          else {
            const state = truth.get(each.topic) ?? { seq: 0, sum: 0 }
            state.seq++
            if (each.kind === 'push') state.sum += each.add
            outbox.push(
              each.kind === 'push'
                ? update(each.topic, state.seq, each.add)
                : resyncMessage(each.topic, { epoch: 'e', seq: state.seq }, '1', String(state.sum)),
            )
          }
        }
        await vi.advanceTimersByTimeAsync(2000)
        const client = new Map<Topic, { cursor: Cursor; sum: number }>()
        for (const part of frames.flatMap(({ parts }) => parts)) {
          const own = client.get(part.topic) ?? { cursor: { epoch: 'e', seq: 0 }, sum: 0 }
          if (part.snapshot === undefined) expect(standing(own.cursor, part)).toBe('next')
          client.set(part.topic, { cursor: part, sum: part.snapshot ?? own.sum + (part.add ?? 0) })
        }
        for (const [topic, { seq, sum }] of truth) {
          if (seq > 0) expect({ seq: client.get(topic)?.cursor.seq, sum: client.get(topic)?.sum }).toEqual({ seq, sum })
        }
        outbox.close()
        flusher.close()
      }),
      { numRuns: 300 },
    )
  })

  it('sends no topic more often than its rate, and a conflated one as one update', async () => {
    const { outbox, frames } = setUp()
    outbox.tune(A, { mode: 'latest', rate: 4 })
    outbox.tune(B, { mode: 'every', rate: 2 })
    for (let i = 1; i <= 200; i++) {
      outbox.push(update(A, i, 1))
      outbox.push(update(B, i, 1))
      await vi.advanceTimersByTimeAsync(10)
    }
    await vi.advanceTimersByTimeAsync(1000)
    const of = (topic: Topic) =>
      frames.map(({ parts }) => parts.filter((part) => part.topic === topic)).filter((parts) => parts.length > 0)
    expect(of(A).length).toBeGreaterThanOrEqual(8)
    expect(of(A).length).toBeLessThanOrEqual(9)
    expect(of(A).every((parts) => parts.length === 1)).toBe(true)
    expect(of(B).length).toBeLessThanOrEqual(5)
    expect(of(B).flat()).toHaveLength(200)
  })

  it('sends a topic at its own rate though another that waits is due much later', async () => {
    const { outbox, frames } = setUp()
    outbox.tune(A, { mode: 'latest', rate: 0.1 })
    outbox.tune(B, { mode: 'latest', rate: 10 })
    outbox.push(update(A, 1, 1))
    for (let i = 1; i <= 20; i++) {
      outbox.push(update(B, i, 1))
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(frames.filter(({ parts }) => parts.some(({ topic }) => topic === B)).length).toBeGreaterThan(8)
  })

  it('throws away what waits of a topic that is no longer watched', async () => {
    const { outbox, frames } = setUp()
    outbox.tune(B, { rate: 1 })
    for (const topic of TOPICS) outbox.push(update(topic, 1, 1))
    outbox.forget(A)
    outbox.forget(B)
    expect(outbox.room()).toBe(CAPS.waitingBytes - update('s:C', 1, 1).text.length)
    await vi.advanceTimersByTimeAsync(3000)
    expect(frames.flatMap(({ parts }) => parts).map(({ topic }) => topic)).toEqual(['s:C'])
  })

  it('never holds more than its cap for a client that takes nothing, lets go of its topics, and catches up when it takes again', async () => {
    const { outbox, events, letGo, stall } = setUp()
    outbox.tune(B, { rate: 0.1 })
    stall(CAPS.backlogBytes + 1)
    for (let i = 1; i <= 30; i++) for (const topic of TOPICS) outbox.push(update(topic, i, 1, 'x'.repeat(1000)))
    expect(outbox.behind()).toBe(true)
    expect(letGo).toEqual([new Map(TOPICS.map((topic) => [topic, { epoch: 'e', seq: 0 }]))])
    await vi.advanceTimersByTimeAsync(1000)
    expect(events).toEqual(['slow'])
    stall(0)
    await vi.advanceTimersByTimeAsync(1000)
    expect(events).toEqual(['slow', '{"kind":"slowed","rate":2}', 'catchUp'])
    expect(outbox.behind()).toBe(false)
  })

  it('conflates everything for a client that fell behind, ever slower if it does so again, until it kept up for a while', async () => {
    const { outbox, events, frames, stall } = setUp()
    let seq = 0
    const pour = async (seconds: number): Promise<number> => {
      frames.length = 0
      for (let i = 0; i < seconds * 20; i++) {
        outbox.push(update(A, ++seq, 1))
        await vi.advanceTimersByTimeAsync(50)
      }
      return frames.length / seconds
    }
    const fallBehind = async (): Promise<void> => {
      stall(CAPS.backlogBytes + 1)
      for (let i = 0; i < 30; i++) outbox.push(update(A, ++seq, 1, 'x'.repeat(1000)))
      await vi.advanceTimersByTimeAsync(300)
      stall(0)
      await vi.advanceTimersByTimeAsync(300)
    }
    expect(await pour(4)).toBeGreaterThan(15)
    await fallBehind()
    expect(await pour(4)).toBeLessThanOrEqual(2.25)
    await fallBehind()
    expect(await pour(8)).toBeLessThanOrEqual(1.25)
    await pour(35)
    expect(await pour(4)).toBeGreaterThan(15)
    expect(events.filter((event) => event.startsWith('{'))).toEqual([
      '{"kind":"slowed","rate":2}',
      '{"kind":"slowed","rate":1}',
      '{"kind":"slowed","rate":null}',
    ])
    expect(frames.flatMap(({ parts }) => parts).at(-1)?.seq).toBe(seq)
  })

  it('keeps a client that takes data slowly, and drops it once it takes nothing', async () => {
    const { outbox, events, stall } = setUp()
    outbox.push(update(A, 1, 1))
    for (let left = 60; left > 0; left--) {
      stall(CAPS.backlogBytes + left)
      await vi.advanceTimersByTimeAsync(CAPS.stalledMs / 20)
    }
    expect(events).toEqual([])
    await vi.advanceTimersByTimeAsync(CAPS.stalledMs + 1000)
    expect(events).toEqual(['ended_stalled', 'terminated'])
  })

  it('drops a client that takes nothing for too long', async () => {
    const { outbox, events, stall } = setUp()
    stall(CAPS.backlogBytes + 1)
    outbox.push(update(A, 1, 1))
    await vi.advanceTimersByTimeAsync(CAPS.stalledMs + 1000)
    expect(events).toEqual(['ended_stalled', 'terminated'])
  })
})
