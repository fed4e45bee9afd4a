import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createBudget } from '../../../server/live/budget.ts'
import { asBytes, parseBytes } from '../../../server/live/bytes.ts'
import type { ReadResult, TopicPorts } from '../../../server/live/ports.ts'
import { createTopic, type LiveTopic } from '../../../server/live/topic.ts'
import type { Watcher } from '../../../server/live/watcher.ts'
import { standing } from '../../../wire/cursors.ts'
import type { Cursor, Gap } from '../../../wire/protocol.ts'
import { noFaults } from '../../support/faults.ts'
import { createTwin } from './twin.ts'

const TOPIC = 's:株式.T'

/** What arrives in a frame, of a topic whose state is the list of its values. */
type Part = Cursor & { after?: number; value?: number; snapshot?: number[] }

/** A client by the book: it applies what follows, and fails on anything that does not. */
const createReader = () => {
  let cursor: Cursor | null = null
  let values: number[] = []
  const gaps: Gap[] = []
  let told: Gap[] = []
  /** Whether what a resync skips was told before it. */
  const isTold = (from: Cursor, to: Cursor): boolean =>
    // A topic without updates is at 0 of whatever epoch comes.
    from.epoch === to.epoch || from.seq === 0
      ? from.seq >= to.seq || told.some((gap) => gap.from <= from.seq + 1 && gap.to >= to.seq)
      : told.some(({ reason }) => reason === 'epoch')
  const take = (part: Part): void => {
    if (cursor === null) throw new Error('an update before the answer')
    if (part.snapshot) {
      expect(isTold(cursor, part), `${JSON.stringify(part)} after ${JSON.stringify(cursor)}, untold`).toBe(true)
      values = part.snapshot
    } else {
      expect(standing(cursor, part), `${JSON.stringify(part)} after ${JSON.stringify(cursor)}`).toBe('next')
      values = [...values, part.value ?? Number.NaN]
    }
    cursor = { epoch: part.epoch, seq: part.seq }
    told = []
  }
  const watcher: Watcher = {
    push: (message) => take(parseBytes<Part>(message.text)),
    gap: (gap) => {
      gaps.push(gap)
      told.push(gap)
    },
  }
  return {
    watcher,
    gaps,
    answered: (result: ReadResult): boolean => {
      if (result.kind === 'missing') return false
      if (result.kind === 'snapshot') values = JSON.parse(result.snapshot) as number[]
      if (result.kind === 'replay')
        for (const part of result.updates.map(parseBytes<Part>)) values = [...values, part.value ?? Number.NaN]
      cursor = result.cursor
      return true
    },
    state: () => ({ cursor, values }),
  }
}

/** Nothing is known of an empty topic's epoch before its first update. */
const atOrigin = <T extends { cursor: Cursor | null }>(state: T): T =>
  state.cursor?.seq === 0 ? { ...state, cursor: { epoch: '', seq: 0 } } : state

const settle = async (twin: ReturnType<typeof createTwin>): Promise<void> => {
  for (let i = 0; i < 200; i++) {
    twin.deliver()
    twin.answer()
    await Promise.resolve()
    await Promise.resolve()
    await Promise.resolve()
  }
}

const join = (topic: LiveTopic, reader: ReturnType<typeof createReader>, after: Cursor | null = null): void => {
  topic.join(reader.watcher, after, { budget: createBudget(1e9), use: reader.answered, done: () => {} })
}

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
  const readers: ReturnType<typeof createReader>[] = []
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

  it('reads once for all that ask at the same time', async () => {
    const twin = createTwin(TOPIC)
    const topic = createTopic(TOPIC, twin.ports, () => {})
    const readers = Array.from({ length: 5 }, createReader)
    for (const reader of readers) join(topic, reader)
    await new Promise((resolve) => setImmediate(resolve))
    expect(twin.pending().reads).toBe(1)
    twin.publish(1)
    await settle(twin)
    for (const reader of readers) expect(reader.state()).toEqual(twin.truth())
  })

  it('tells the gap where the log no longer holds what was lost, and the range of it', async () => {
    const twin = createTwin(TOPIC, 2)
    const topic = createTopic(TOPIC, twin.ports, () => {})
    const reader = createReader()
    twin.publish(1)
    twin.lose()
    join(topic, reader)
    await settle(twin)
    for (let i = 2; i <= 6; i++) twin.publish(i)
    for (let i = 1; i <= 4; i++) twin.lose()
    await settle(twin)
    expect(reader.state()).toEqual(twin.truth())
    expect(reader.gaps).toEqual([{ topic: TOPIC, from: 2, to: 6, reason: 'lost' }])
    expect(twin.counts).toMatchObject({ resync: 1 })
  })

  it('says of an update of several that it follows where each watcher stands', async () => {
    const answers: ((result: ReadResult) => void)[] = []
    const ports: TopicPorts = {
      channels: { subscribe: async () => () => {} },
      read: () => new Promise((resolve) => answers.push(resolve)),
      empty: () => '',
      isUpdate: () => true,
      count: () => {},
      faults: noFaults,
    }
    const topic = createTopic(TOPIC, ports, () => {})
    const answer = async (result: ReadResult): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve))
      answers.shift()?.(result)
      await new Promise((resolve) => setImmediate(resolve))
    }
    const follows: number[][] = [[], []]
    for (const [i, seq] of [1, 3].entries()) {
      const watcher = { push: ({ after }: { after: number }) => follows[i]?.push(after), gap: () => {} }
      topic.join(watcher, null, { budget: createBudget(0), use: () => true, done: () => {} })
      await answer({ kind: 'snapshot', at: '1', cursor: { epoch: 'e', seq }, snapshot: '' })
    }
    topic.recover()
    const text = `{"topic":"${asBytes(TOPIC)}","epoch":"e","seq":4,"after":1,"at":1}`
    await answer({ kind: 'replay', at: '1', cursor: { epoch: 'e', seq: 4 }, updates: [text] })
    expect(follows).toEqual([[1], [3]])
  })

  it('gives one that comes back what it missed from memory, and asks Redis where that is too much', async () => {
    const twin = createTwin(TOPIC, 500)
    const topic = createTopic(TOPIC, twin.ports, () => {})
    join(topic, createReader())
    twin.publish(1)
    await settle(twin)
    const back = (seq: number): ReadResult['kind'] | null => {
      let kind: ReadResult['kind'] | null = null
      const use = (result: ReadResult): boolean => {
        kind = result.kind
        return false
      }
      topic.join(createReader().watcher, { epoch: 'e1', seq }, { budget: createBudget(1e9), use, done: () => {} })
      return kind
    }
    expect(back(1)).toBe('current')
    twin.publish(2)
    twin.publish(3)
    await settle(twin)
    expect([back(3), back(2), back(1)]).toEqual(['current', 'replay', 'replay'])
    expect(twin.pending().reads).toBe(0)
    for (let i = 4; i <= 100; i++) twin.publish(i)
    await settle(twin)
    expect(back(99)).toBe('replay')
    expect(back(3)).toBe(null)
    expect(twin.pending().reads).toBe(1)
  })

  it('passes over what is no update, and stands where it stood', async () => {
    const twin = createTwin(TOPIC)
    const isUpdate = (_topic: string, text: string): boolean => !text.includes('oops')
    let hear = (_text: string): void => {}
    const subscribe: typeof twin.ports.channels.subscribe = (topic, onText) => {
      hear = onText
      return twin.ports.channels.subscribe(topic, onText)
    }
    const topic = createTopic(TOPIC, { ...twin.ports, isUpdate, channels: { subscribe } }, () => {})
    twin.publish(1)
    topic.join({ push: () => {}, gap: () => {} }, null, { budget: createBudget(0), use: () => true, done: () => {} })
    await settle(twin)
    hear(`{"topic":"${asBytes(TOPIC)}","epoch":"e1","seq":2,oops`)
    expect(topic.position()).toEqual({ epoch: 'e1', seq: 1 })
    expect(twin.counts).toMatchObject({ malformed: 1 })
    const reader = createReader()
    join(topic, reader, { epoch: 'e1', seq: 1 })
    twin.publish(2)
    twin.publish(3)
    await settle(twin)
    expect(reader.state()).toEqual({ cursor: twin.truth().cursor, values: [2, 3] })
  })

  it('reads once more where something was lost while a read was under way, which may have been answered before', async () => {
    const twin = createTwin(TOPIC)
    const topic = createTopic(TOPIC, twin.ports, () => {})
    twin.publish(1)
    join(topic, createReader())
    await settle(twin)
    topic.recover()
    topic.recover()
    expect(twin.pending().reads).toBe(1)
    twin.answer()
    await new Promise((resolve) => setImmediate(resolve))
    expect(twin.pending().reads).toBe(1)
    twin.answer()
    await new Promise((resolve) => setImmediate(resolve))
    expect(twin.pending().reads).toBe(0)
  })
})
