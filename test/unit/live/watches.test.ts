import { expect, it } from 'vitest'
import { createBudget } from '../../../server/live/budget.ts'
import { parseBytes, toBytes } from '../../../server/live/bytes.ts'
import { createConflate } from '../../../server/live/conflate.ts'
import { createDemand, type Demand } from '../../../server/live/demand.ts'
import { createFlusher } from '../../../server/live/flusher.ts'
import { type Message, readMessage } from '../../../server/live/message.ts'
import { Outbox } from '../../../server/live/outbox.ts'
import type { TopicPorts } from '../../../server/live/ports.ts'
import { nothingSent } from '../../../server/live/sent.ts'
import type { Watcher } from '../../../server/live/watcher.ts'
import { createWatches } from '../../../server/live/watches.ts'
import { standing } from '../../../wire/cursors.ts'
import type { Segment } from '../../../wire/protocol.ts'
import { kindOf } from '../../../wire/topics.ts'
import { eventually } from '../../support/eventually.ts'
import { noFaults } from '../../support/faults.ts'

const later = (run: () => unknown, ms: number): void => {
  setTimeout(run, ms).unref()
}

const TOPIC = 's:株式.T'
const tradeOf = (seq: number) => ({ id: seq, t: 1000 + seq, price: 10, size: 1 })
const update = (seq: number): Message => {
  const text = toBytes({ topic: TOPIC, epoch: 'e', seq, at: 1, trades: [tradeOf(seq)] })
  const message = readMessage(TOPIC, text)
  if (!message) throw new Error('malformed')
  return message
}

/** A topic that answers with its state, at whatever number it was last told; time stands still until it is set. */
const setUp = () => {
  let time = 1000
  let stateAt = 4
  let watcher: Watcher | null = null
  const sent: Segment[] = []
  const writer = {
    write: (frame: string) => {
      const [event, segments] = parseBytes<[string, Segment[]]>(frame.slice(frame.indexOf('42[') + 2))
      if (event === 'updates') sent.push(...segments)
    },
    backlog: () => 0,
    left: () => 0,
    terminate: () => {},
  }
  const demand = {
    join: (
      _topic: string,
      who: Watcher,
      _after: unknown,
      joiner: { use: (result: object) => boolean; done: () => void },
    ) => {
      const snapshot = '{"last":null,"quote":null,"day":null,"prev":null,"candle":null}'
      if (joiner.use({ kind: 'snapshot', at: '1', cursor: { epoch: 'e', seq: stateAt }, snapshot })) watcher = who
      joiner.done()
    },
    leave: () => {
      watcher = null
    },
    position: () => null,
  } as unknown as Demand
  const counted = nothingSent()
  const flusher = createFlusher({ share: 0, minMs: 0, maxMs: 1, sent: counted, faults: noFaults }, () => time)
  const outbox = new Outbox(
    { backlogBytes: 1e6, waitingBytes: 1e6, stalledMs: 1e6 },
    {
      id: 'client',
      faults: noFaults,
      writer,
      flusher,
      conflate: createConflate(
        (topic, updates) => kindOf(topic).conflate(updates),
        noFaults,
        () => {},
      ),
      count: () => {},
      sent: counted,
      now: () => time,
      letGo: () => {},
      catchUp: () => {},
      drop: () => {},
    },
  )
  return {
    sent,
    watches: createWatches(demand, outbox, () => ({ code: 'unknown_symbol', message: '' }), later),
    stateIs: (seq: number) => {
      stateAt = seq
    },
    push: (seq: number) => watcher?.push(update(seq)),
    flushAt: async (ms: number) => {
      time = ms
      outbox.send('heartbeat', () => '{}')
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

it('a topic that is watched anew begins with its answer: what was held back from before is not sent after it', async () => {
  const { watches, push, stateIs, flushAt, sent } = setUp()
  const cursors: number[] = []
  const watch = (): void =>
    watches.watch(
      TOPIC,
      null,
      { mode: 'latest', rate: 1 },
      (result) => {
        if (result.kind === 'snapshot') cursors.push(JSON.parse(result.text).cursor.seq)
      },
      createBudget(0),
    )
  watch()
  for (const seq of [5, 6, 7]) push(seq)
  // Read by a call that was under way already: older than what the node has passed on, which follows once more.
  stateIs(5)
  watch()
  for (const seq of [6, 7]) push(seq)
  await flushAt(5000)
  expect(cursors).toEqual([4, 5])
  let at = { epoch: 'e', seq: 5 }
  for (const segment of sent) {
    expect(standing(at, segment)).toBe('next')
    at = { epoch: segment.epoch, seq: segment.seq }
  }
  expect(at.seq).toBe(7)
})

it('gives states in place of replays where one answer would grow too large', async () => {
  const update = toBytes({ topic: TOPIC, epoch: 'e', seq: 1, at: 1, padding: 'x'.repeat(400_000) })
  const snapshot = '{"last":null,"quote":null,"day":null,"prev":null,"candle":null}'
  const cursor = { epoch: 'e', seq: 1 }
  const ports: TopicPorts = {
    channels: { subscribe: async () => () => {} },
    read: async (_topic, after) =>
      after ? { kind: 'replay', at: '1', cursor, updates: [update] } : { kind: 'snapshot', at: '1', cursor, snapshot },
    empty: () => '{}',
    isUpdate: () => true,
    count: () => {},
    faults: noFaults,
  }
  const demand = createDemand(ports, 1000)
  const outbox = { tune: () => {}, behind: () => false } as unknown as Outbox
  const watches = createWatches(demand, outbox, () => ({ code: 'unknown_symbol', message: '' }), later)
  const kinds: string[] = []
  const budget = createBudget(2_000_000)
  for (let i = 0; i < 10; i++)
    watches.watch(`s:S${i}`, { epoch: 'e', seq: 0 }, {}, ({ kind }) => kinds.push(kind), budget)
  await eventually('all are answered', () => kinds.length === 10)
  expect(kinds.sort()).toEqual([...Array(4).fill('replay'), ...Array(6).fill('snapshot')])
  demand.close()
})
