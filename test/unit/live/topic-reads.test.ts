import { describe, expect, it } from 'vitest'
import { createBudget } from '../../../server/live/budget.ts'
import { asBytes } from '../../../server/live/bytes.ts'
import type { Message } from '../../../server/live/message.ts'
import type { ReadResult, TopicPorts } from '../../../server/live/ports.ts'
import { createTopic } from '../../../server/live/topic.ts'
import type { Gap } from '../../../wire/protocol.ts'
import { noFaults } from '../../support/faults.ts'
import { createReader, join, settle } from './reader.ts'
import { createTwin } from './twin.ts'

const TOPIC = 's:株式.T'

describe('a topic on a node', () => {
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

  it('tells no gap where it goes on from another moment, and one after that as ever', async () => {
    const twin = createTwin(TOPIC, 2)
    const topic = createTopic(TOPIC, twin.ports, () => {})
    const texts: string[] = []
    const gaps: Gap[] = []
    const watcher = { push: ({ text }: Message) => void texts.push(text), gap: (gap: Gap) => void gaps.push(gap) }
    for (let i = 1; i <= 6; i++) twin.publish(i)
    topic.join(watcher, null, { budget: createBudget(1e6), use: () => true, done: () => {} })
    await settle(twin)
    // Of another epoch from now on.
    twin.restart(3)
    topic.restart()
    await settle(twin)
    expect(texts.at(-1)).toContain('"snapshot":[1,2,3]')
    expect(gaps).toEqual([])
    twin.restart(1)
    topic.recover()
    await settle(twin)
    expect(texts.at(-1)).toContain('"snapshot":[1,2]')
    expect(gaps).toMatchObject([{ reason: 'epoch' }])
  })

  it('tells no gap either where it was moved again before it was read', async () => {
    const twin = createTwin(TOPIC, 2)
    const topic = createTopic(TOPIC, twin.ports, () => {})
    const gaps: Gap[] = []
    const watcher = { push: () => {}, gap: (gap: Gap) => void gaps.push(gap) }
    for (let i = 1; i <= 6; i++) twin.publish(i)
    topic.join(watcher, null, { budget: createBudget(1e6), use: () => true, done: () => {} })
    await settle(twin)
    twin.restart(3)
    topic.restart()
    twin.answer()
    // The read that is under way knows nothing of this one.
    twin.restart(1)
    topic.restart()
    await settle(twin)
    expect(topic.position()).toEqual(twin.truth().cursor)
    expect(gaps).toEqual([])
    twin.restart(1)
    topic.recover()
    await settle(twin)
    expect(gaps).toMatchObject([{ reason: 'epoch' }])
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
