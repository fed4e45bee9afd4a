import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createTopic } from '../../../server/live/topic.ts'
import type { Cursor } from '../../../wire/protocol.ts'
import { createReader, join, type Reader, settle } from './reader.ts'
import { createTwin } from './twin.ts'

const TOPIC = 's:株式.T'

/** Nothing is known of an empty topic's epoch before its first update. */
const atOrigin = <T extends { cursor: Cursor | null }>(state: T): T =>
  state.cursor?.seq === 0 ? { ...state, cursor: { epoch: '', seq: 0 } } : state

type Step =
  | { kind: 'publish' | 'deliver' | 'lose' | 'repeat' | 'answer' | 'refuse' | 'join' | 'leave' | 'turn' }
  | { kind: 'restart'; forgotten: number }

const step = (...kinds: Exclude<Step['kind'], 'restart'>[]) => fc.constantFrom(...kinds.map((kind) => ({ kind })))
const gentle = step('publish', 'publish', 'deliver', 'deliver', 'answer', 'answer', 'join', 'leave', 'turn')
const rough = fc.oneof(
  { weight: 12, arbitrary: gentle },
  { weight: 3, arbitrary: step('lose', 'repeat', 'refuse') },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), forgotten: fc.nat(4) }) },
)

const play = async (steps: readonly Step[]) => {
  vi.useFakeTimers()
  const twin = createTwin(TOPIC)
  const topic = createTopic(TOPIC, twin.ports, () => {})
  const readers: Reader[] = []
  let value = 0
  for (const { kind, ...more } of steps) {
    if (kind === 'publish') twin.publish(++value)
    else if (kind === 'restart') twin.restart('forgotten' in more ? more.forgotten : 0)
    else if (kind === 'join' && readers.length < 5) {
      const reader = createReader()
      readers.push(reader)
      join(topic, reader)
    } else if (kind === 'leave') {
      const reader = readers.shift()
      if (reader) topic.leave(reader.watcher)
    } else if (kind !== 'join' && kind !== 'turn') twin[kind]()
    await Promise.resolve()
    if (kind === 'turn') for (let i = 0; i < 5; i++) await Promise.resolve()
  }
  await settle(twin)
  return { twin, topic, readers }
}

describe('a topic on a node', () => {
  it('gives every watcher everything once and in order, however reads and deliveries interleave', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(gentle, { minLength: 5, maxLength: 60 }), async (steps) => {
        const { twin, readers } = await play([{ kind: 'join' }, ...steps])
        for (const reader of readers) {
          expect(reader.state()).toEqual(twin.truth())
          expect(reader.gaps).toEqual([])
        }
        vi.useRealTimers()
      }),
      { numRuns: 300 },
    )
  })

  it('is whole again after lost, repeated and forgotten updates and failed reads, once it has compared itself with Redis', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rough, { minLength: 5, maxLength: 60 }), async (steps) => {
        const { twin, topic, readers } = await play([{ kind: 'join' }, ...steps])
        for (let i = 0; i < 3; i++) {
          await vi.advanceTimersByTimeAsync(2500)
          await settle(twin)
          const own = topic.position()
          const { cursor } = twin.truth()
          if (own && (own.epoch !== cursor.epoch || own.seq !== cursor.seq)) topic.recover()
          await settle(twin)
        }
        for (const reader of readers)
          if (reader.state().cursor) expect(atOrigin(reader.state())).toEqual(atOrigin(twin.truth()))
        vi.useRealTimers()
      }),
      { numRuns: 300 },
    )
  })
})
