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

const give = (life: Life, reader: Reader, state: () => object): void => {
  const seq = seqFor(life, reader)
  const snapshot = toBytes(state())
  life.seqs.set(reader.topic, seq)
  reader.resolve({ kind: 'snapshot', at: timeOf(life), cursor: { epoch: life.epoch, seq }, snapshot })
}

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
  const answered = (reader: Reader, answer: () => void): void => {
    left.delete(reader)
    answer()
  }
  const tell = (reader: Reader, track: Track | undefined, state: (() => object) | null): void => {
    if (state !== null && isWanted(reader.topic)) give(life, reader, state)
    else {
      track?.kind.forget(reader.topic)
      if (state === null) reader.resolve({ kind: 'missing' })
      else reader.reject(new ArchiveAway('nobody waits for it'))
    }
  }
  for (const reader of readers) {
    const same = nothingNew(life, reader)
    if (same) answered(reader, () => reader.resolve(same))
  }
  for (const { track, batch } of batches(life, [...left])) {
    if (!isNow(life)) break
    try {
      const topics = batch.map(({ topic }) => topic)
      const states = (await track?.kind.read(topics, life.told)) ?? topics.map(() => null)
      // What happens to these is not among what was read ahead.
      if (track) track.ahead = null
      for (const [i, reader] of batch.entries()) {
        if (!isNow(life)) break
        await work(() => answered(reader, () => tell(reader, track, states[i] ?? null)))
      }
    } catch (error) {
      if (isNow(life)) for (const reader of batch) if (left.has(reader)) answered(reader, () => reader.reject(error))
    }
  }
  return [...left]
}
