import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { resyncMessage } from '../../../server/live/message.ts'
import { standing } from '../../../wire/cursors.ts'
import type { Cursor, Tuning } from '../../../wire/protocol.ts'
import type { Topic } from '../../../wire/topics.ts'
import { A, B, CAPS, onFakeTime, openOutbox, TOPICS, update } from './outbox-stage.ts'

onFakeTime()

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

describe('an outbox', () => {
  it('brings a client by the book to the same state, in order, however its topics are tuned while live', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const { outbox, flusher, frames } = openOutbox()
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
    const { outbox, frames } = openOutbox()
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
    const { outbox, frames } = openOutbox()
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
    const { outbox, frames } = openOutbox()
    outbox.tune(B, { rate: 1 })
    for (const topic of TOPICS) outbox.push(update(topic, 1, 1))
    outbox.forget(A)
    outbox.forget(B)
    expect(outbox.room()).toBe(CAPS.waitingBytes - update('s:C', 1, 1).text.length)
    await vi.advanceTimersByTimeAsync(3000)
    expect(frames.flatMap(({ parts }) => parts).map(({ topic }) => topic)).toEqual(['s:C'])
  })
})
