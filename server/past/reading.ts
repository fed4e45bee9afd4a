import { ArchiveAway } from '../../archive/archive.ts'
import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { toBytes } from '../live/bytes.ts'
import type { ReadResult } from '../live/ports.ts'
import type { Work } from '../pieces.ts'
import { type Life, type Track, trackOf } from './life.ts'

/** Somebody who wants to know a topic's state. */
export type Reader = {
  topic: Topic
  after: Cursor | null
  resolve: (result: ReadResult) => void
  reject: (error: unknown) => void
}

/** Readers of one kind, as many as are served at once. */
const batches = (life: Life, readers: readonly Reader[]): { track: Track | undefined; batch: Reader[] }[] =>
  [...Map.groupBy(readers, ({ topic }) => trackOf(life, topic))].flatMap(([track, own]) => {
    const most = track?.kind.atOnce ?? own.length
    return Array.from({ length: Math.ceil(own.length / most) }, (_, i) => ({
      track,
      batch: own.slice(i * most, (i + 1) * most),
    }))
  })

/** The number at which a state is given: one that its reader has not, unless the topic has one. */
const seqFor = (life: Life, { topic, after }: Reader): number =>
  life.seqs.get(topic) ?? (after?.epoch === life.epoch ? after.seq + 1 : 1)

const timeOf = ({ told }: Life): string => String(told - 1)

/** What a reader need not be told; null where it needs the state. */
const nothingNew = (life: Life, { topic, after }: Reader): ReadResult | null => {
  const seq = life.seqs.get(topic)
  if (after === null || after.epoch !== life.epoch || after.seq !== seq) return null
  return { kind: 'current', at: timeOf(life), cursor: after }
}

/** Returns how long it is. */
const give = (life: Life, reader: Reader, state: () => object): number => {
  const seq = seqFor(life, reader)
  const snapshot = toBytes(state())
  life.seqs.set(reader.topic, seq)
  reader.resolve({ kind: 'snapshot', at: timeOf(life), cursor: { epoch: life.epoch, seq }, snapshot })
  return snapshot.length
}

/** States that are made in one piece of work, in bytes; each counts for some. */
const AT_ONCE_BYTES = 32_768
const LEAST_BYTES = 500

export type ReadingPorts = {
  /** Whether the clock is still in this life, and whether somebody still wants a topic. */
  isNow: (life: Life) => boolean
  isWanted: (topic: Topic) => boolean
  work: Work
}

/**
 * Gives readers the states of their topics at the moment at which the clock stands. Returns those that are to be served
 * again, since the clock was moved meanwhile.
 */
export const serve = async (life: Life, readers: readonly Reader[], ports: ReadingPorts): Promise<Reader[]> => {
  const { isNow, isWanted, work } = ports
  const left = new Set(readers)
  /** Gives a reader what was read for it. Returns how much that is. */
  const tell = (reader: Reader, track: Track | undefined, state: (() => object) | null): number => {
    left.delete(reader)
    if (state !== null && isWanted(reader.topic)) return give(life, reader, state)
    track?.kind.forget(reader.topic)
    if (state === null) reader.resolve({ kind: 'missing' })
    else reader.reject(new ArchiveAway('nobody waits for it'))
    return 0
  }
  for (const reader of readers) {
    const same = nothingNew(life, reader)
    if (same && left.delete(reader)) reader.resolve(same)
  }
  for (const { track, batch } of batches(life, [...left])) {
    if (!isNow(life)) break
    try {
      const topics = batch.map(({ topic }) => topic)
      const states = (await track?.kind.read(topics, life.told)) ?? topics.map(() => null)
      // What happens to these is not among what was read ahead.
      if (track) track.ahead = null
      let next = 0
      const piece = (): void => {
        for (let bytes = 0; bytes < AT_ONCE_BYTES && next < batch.length && isNow(life); next++) {
          const reader = batch[next]
          if (reader) bytes += LEAST_BYTES + tell(reader, track, states[next] ?? null)
        }
      }
      while (next < batch.length && isNow(life)) await work(piece)
    } catch (error) {
      if (isNow(life)) for (const reader of batch) if (left.delete(reader)) reader.reject(error)
    }
  }
  return [...left]
}
