import { asBytes } from '../../../server/live/bytes.ts'
import type { ReadResult, TopicPorts } from '../../../server/live/ports.ts'
import type { Cursor } from '../../../wire/protocol.ts'
import type { Topic } from '../../../wire/topics.ts'
import { noFaults } from '../../support/faults.ts'

/**
 * A twin of Redis in memory for one topic: it numbers, keeps a bounded log, and delivers when the test says so. What a
 * test does to it (lose, repeat, delay, forget) is what Redis and the network do.
 */
export const createTwin = (topic: Topic, logged = 50) => {
  let epoch = '' // a topic that does not exist yet
  let seq = 0
  let lives = 0
  let values: number[] = []
  let log: { seq: number; text: string }[] = []
  let subscribed: ((text: string) => void) | null = null
  const wire: string[] = []
  const reads: { after: Cursor | null; resolve: (result: ReadResult) => void; reject: (error: Error) => void }[] = []

  const head = (at: number): string => `{"topic":"${asBytes(topic)}","epoch":"${epoch}","seq":${at},`
  const answer = (after: Cursor | null): ReadResult => {
    const cursor = { epoch, seq }
    if (after?.epoch === epoch && after.seq === seq) return { kind: 'current', at: '1', cursor }
    if (
      after?.epoch === epoch &&
      after.seq >= 0 &&
      after.seq < seq &&
      (log[0]?.seq ?? Number.POSITIVE_INFINITY) <= after.seq + 1
    )
      return {
        kind: 'replay',
        at: '1',
        cursor,
        updates: log.filter((entry) => entry.seq > after.seq).map(({ text }) => text),
      }
    return { kind: 'snapshot', at: '1', cursor, snapshot: JSON.stringify(values) }
  }

  const counts: Record<string, number> = {}
  const ports: TopicPorts = {
    channels: {
      subscribe: async (_topic, onText) => {
        subscribed = onText
        return () => {
          subscribed = null
        }
      },
    },
    read: (_topic, after) => new Promise((resolve, reject) => reads.push({ after, resolve, reject })),
    empty: () => '[]',
    isUpdate: () => true,
    faults: noFaults,
    count: (event) => {
      counts[event] = (counts[event] ?? 0) + 1
    },
  }

  return {
    ports,
    counts,
    publish: (value: number): void => {
      if (epoch === '') epoch = `e${++lives}`
      seq++
      values = [...values, value]
      const text = `${head(seq)}"at":1,"value":${value}}`
      log = [...log, { seq, text }].slice(-logged)
      if (subscribed) wire.push(text)
    },
    /** Delivers the next text on the wire, if there is one. */
    deliver: (): void => {
      const text = wire.shift()
      if (text !== undefined) subscribed?.(text)
    },
    lose: (): void => void wire.shift(),
    repeat: (): void => {
      const text = wire[0]
      if (text !== undefined) subscribed?.(text)
    },
    /** Returns the oldest read, with what holds now. */
    answer: (): void => {
      const read = reads.shift()
      read?.resolve(answer(read.after))
    },
    refuse: (): void => reads.shift()?.reject(new Error('away')),
    /**
     * A restart that forgot the last `forgotten` updates: the counter goes back, under a new epoch with the next
     * update.
     */
    restart: (forgotten: number): void => {
      const kept = Math.max(seq - forgotten, 0)
      values = values.slice(0, values.length - (seq - kept))
      // What another life logged is no longer replayed.
      log = []
      seq = kept
      if (epoch !== '') epoch = `e${++lives}`
    },
    pending: (): { reads: number; wire: number } => ({ reads: reads.length, wire: wire.length }),
    truth: (): { cursor: Cursor; values: number[] } => ({ cursor: { epoch, seq }, values }),
  }
}
