import { standing } from '../../wire/cursors.ts'
import type { Cursor, Gap, Segment, Snapshot, Tuning, Update, WatchResult, WireError } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'

/** What a watched topic tells the stores, in order. */
export type WatchEvent =
  | { kind: 'snapshot'; topic: Topic; cursor: Cursor; snapshot: Snapshot }
  | { kind: 'update'; update: Update }
  | { kind: 'gap'; gap: Gap }
  | { kind: 'refused'; topic: Topic; error: WireError }
export type Emit = (event: WatchEvent) => void

/**
 * One watched topic. `asking`: the node has not answered yet, what arrives waits; `live`: updates follow the cursor;
 * `refused`: the node said no, until asked again.
 */
export type Watch = {
  topic: Topic
  phase: 'asking' | 'live' | 'refused'
  cursor: Cursor | null
  /** How closely it is watched. */
  tuning: Tuning
  waiting: Segment[]
}

/** The most segments that wait for one topic's answer. What falls off leaves a hole, and a hole is found and mended. */
const MOST_WAITING = 1_000

export const newWatch = (topic: Topic, tuning: Tuning = {}): Watch => ({
  topic,
  phase: 'asking',
  cursor: null,
  tuning,
  waiting: [],
})

/** Puts a watch back to `asking`, keeping its cursor: after a reconnect, a hole or a lost tail. */
export const askAgain = (watch: Watch): void => {
  watch.phase = 'asking'
}

const gapOf = (watch: Watch, segment: Segment): Gap => {
  const { topic, cursor } = watch
  const from = (cursor?.seq ?? 0) + 1
  const sameLife = cursor?.epoch === segment.epoch
  const before = 'snapshot' in segment ? from : (segment.after ?? segment.seq - 1)
  return { topic, from, to: sameLife ? before : from, reason: sameLife ? 'lost' : 'epoch' }
}

/** Takes a segment in by the cursor. Returns true if the topic has to be asked for again. */
const take = (watch: Watch, segment: Segment, emit: Emit): boolean => {
  const { cursor } = watch
  if ('snapshot' in segment) {
    watch.cursor = { epoch: segment.epoch, seq: segment.seq }
    emit({ kind: 'snapshot', topic: watch.topic, cursor: watch.cursor, snapshot: segment.snapshot })
    return false
  }
  const stands = cursor === null ? 'gap' : standing(cursor, segment)
  if (stands === 'repeat') return false
  if (stands === 'next') {
    watch.cursor = { epoch: segment.epoch, seq: segment.seq }
    emit({ kind: 'update', update: segment })
    return false
  }
  emit({ kind: 'gap', gap: gapOf(watch, segment) })
  watch.phase = 'asking'
  watch.waiting = [segment]
  return true
}

/** A segment of this topic arrived. Returns true if the topic has to be asked for again. */
export const hear = (watch: Watch, segment: Segment, emit: Emit): boolean => {
  if (watch.phase === 'live') return take(watch, segment, emit)
  if (watch.phase === 'asking' && watch.waiting.length < MOST_WAITING) watch.waiting.push(segment)
  return false
}

/** Brings the watch to the cursor of the node's answer. Returns false if the answer does not follow what we have. */
const adopt = (watch: Watch, result: Exclude<WatchResult, { kind: 'error' }>, emit: Emit): boolean => {
  if (result.kind === 'snapshot') {
    watch.cursor = result.cursor
    emit({ kind: 'snapshot', topic: watch.topic, cursor: result.cursor, snapshot: result.snapshot })
    return true
  }
  for (const update of result.kind === 'replay' ? result.updates : []) {
    const { cursor } = watch
    if (cursor === null || standing(cursor, update) === 'gap') return false
    take(watch, update, emit)
  }
  return watch.cursor?.epoch === result.cursor.epoch && watch.cursor.seq >= result.cursor.seq
}

/**
 * Whether a state was sent before the answer was read. One that comes later replaces what we have, even if its number
 * is lower.
 */
const isOlder = (segment: Segment, { epoch, seq }: Cursor): boolean =>
  'snapshot' in segment && segment.epoch === epoch && segment.seq < seq

/** The node answered for this topic. What waited follows. Returns true if the topic has to be asked for again. */
export const settle = (watch: Watch, result: WatchResult, emit: Emit): boolean => {
  const waiting = watch.waiting
  watch.waiting = []
  if (result.kind === 'error') {
    watch.phase = 'refused'
    emit({ kind: 'refused', topic: watch.topic, error: result.error })
    return false
  }
  watch.phase = 'live'
  if (!adopt(watch, result, emit)) {
    // The answer contradicts our cursor: give it up, so that the next answer is a snapshot.
    watch.cursor = null
    watch.phase = 'asking'
    return true
  }
  const newer = waiting.filter((segment) => !isOlder(segment, result.cursor))
  const ofLife = newer.filter(({ epoch }) => epoch === result.cursor.epoch)
  let again = false
  for (const segment of ofLife) again = hear(watch, segment, emit) || again
  if (ofLife.length === newer.length) return again
  // One of another life may be older or newer than the answer; which, only the next answer tells.
  askAgain(watch)
  return true
}

/** A heartbeat named the topic's last number. Returns true if we lost the tail and have to ask for the topic. */
export const compare = (watch: Watch, last: Cursor, emit: Emit): boolean => {
  const { cursor } = watch
  if (watch.phase !== 'live' || cursor === null) return false
  const sameLife = cursor.epoch === last.epoch
  if (sameLife && cursor.seq >= last.seq) return false
  const from = cursor.seq + 1
  emit({
    kind: 'gap',
    gap: { topic: watch.topic, from, to: sameLife ? last.seq : from, reason: sameLife ? 'lost' : 'epoch' },
  })
  watch.phase = 'asking'
  return true
}
