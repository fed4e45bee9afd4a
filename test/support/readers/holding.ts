import { standing } from '../../../wire/cursors.ts'
import type { Cursor, Gap, Segment, Update, WatchResult } from '../../../wire/protocol.ts'
import type { Topic } from '../../../wire/topics.ts'
import { fold, type State, stateOf } from './state.ts'

/** What one reader knows of one topic, and how it got there. */
export type Holding = {
  topic: Topic
  /** `asking`: the node has not answered yet, and what arrives waits. */
  phase: 'asking' | 'live'
  cursor: Cursor | null
  state: State | null
  waiting: Segment[]
  told: Gap[]
  /** Told while the node had not answered yet: these speak of the life that the answer will name. */
  toldMeanwhile: Gap[]
  /**
   * It is watched so that updates are merged: a resync then stands for those before it as well, which are not told as
   * lost.
   */
  conflated: boolean
}

/** What a reader counts while it follows the book; `faults` are what a node must never do, in words. */
export type Journal = {
  updates: number
  replays: number
  snapshots: number
  resyncs: number
  gaps: number
  /** Kinds of topics whose gaps were told: `s`, `c`, `d`. */
  gapsOf: Set<string>
  faults: string[]
  /**
   * The content of every numbered update that was taken in, to find a number that was given to two contents in one
   * epoch.
   */
  contents: Map<string, string>
  /**
   * How long after Redis published it the latest update was taken in, in milliseconds: so long the reader was without
   * data.
   */
  latestMs: number
  /** Unix milliseconds of the machine that Redis runs on too. */
  now: () => number
  /**
   * Whether Redis went back behind a number within one life of the topic; where that cannot be known, it is taken not
   * to have.
   */
  forgot: (topic: Topic, cursor: Cursor) => boolean
}

export const newJournal = (
  contents: Map<string, string> = new Map(),
  now: Journal['now'] = Date.now,
  forgot: Journal['forgot'] = () => false,
): Journal => ({
  updates: 0,
  replays: 0,
  snapshots: 0,
  resyncs: 0,
  gaps: 0,
  gapsOf: new Set(),
  faults: [],
  contents,
  latestMs: 0,
  now,
  forgot,
})

export const newHolding = (topic: Topic): Holding => ({
  topic,
  phase: 'asking',
  cursor: null,
  state: null,
  waiting: [],
  told: [],
  toldMeanwhile: [],
  conflated: false,
})

const at = (cursor: Cursor | null): string => (cursor ? `${cursor.epoch}/${cursor.seq}` : 'nowhere')

/** A quote may come again in a replay; trades, fixes and departures are what a number stands for. */
const contentOf = ({ trades, fixes, left }: Update): string => JSON.stringify([trades, fixes, left])

const remember = (update: Update, { contents, faults }: Journal): void => {
  if (update.after !== undefined) return // several in one
  const key = `${update.topic}/${update.epoch}/${update.seq}`
  const content = contentOf(update)
  const known = contents.get(key)
  if (known === undefined) contents.set(key, content)
  else if (known !== content) faults.push(`two contents under one number: ${key}: ${known} and ${content}`)
}

/**
 * Gaps that were told and are still ahead of a step from one cursor to the next. They may come ahead of updates that
 * are older. Where the step leads into another life of the topic, those told after that life was announced are of the
 * new one.
 */
const stillAhead = (told: readonly Gap[], from: Cursor | null, to: Cursor): Gap[] => {
  if (from !== null && from.epoch !== to.epoch) {
    // Where nothing was known yet, the next life need not be announced; where it is, then from its first number.
    const isFirst = from.seq === 0
    const announced = told.findIndex((gap) => gap.reason === 'epoch' && (!isFirst || gap.from === 1))
    return announced < 0 && !isFirst ? [] : told.slice(announced + 1)
  }
  const next = told.findIndex(({ reason }) => reason === 'epoch')
  return told.filter((gap, i) => (next >= 0 && i >= next) || gap.to > to.seq)
}

const move = (holding: Holding, cursor: Cursor, state: State): void => {
  holding.told = stillAhead(holding.told, holding.cursor, cursor)
  holding.cursor = { epoch: cursor.epoch, seq: cursor.seq }
  holding.state = state
}

/** Takes one update in; false where it does not follow. */
const follow = (holding: Holding, update: Update, journal: Journal): boolean => {
  const { cursor, state, topic, told } = holding
  if (cursor === null || state === null) return false
  const stands = standing(cursor, update)
  if (stands === 'gap') return false
  if (stands === 'repeat') return true
  remember(update, journal)
  journal.latestMs = Math.max(journal.latestMs, journal.now() - update.at)
  move(holding, update, fold(topic, state, update))
  // No gap leads to the first update of a topic that did not exist: what was told is still ahead.
  if (cursor.epoch === '') holding.told = told
  journal.updates++
  return true
}

/** Whether the gaps told since the last step cover what a resync skips. */
const covered = ({ cursor, told, conflated }: Holding, to: Cursor): boolean => {
  if (cursor === null) return true
  if (cursor.epoch !== to.epoch) return told.some(({ reason }) => reason === 'epoch') || cursor.seq === 0
  return cursor.seq >= to.seq || told.some((gap) => (conflated || gap.from <= cursor.seq + 1) && gap.to >= to.seq)
}

/** A gap was told. */
export const tell = ({ phase, told, toldMeanwhile }: Holding, gap: Gap): void => {
  if (phase === 'asking') toldMeanwhile.push(gap)
  else told.push(gap)
}

/** The connection is gone, and what came by it without an answer. */
export const dropWaiting = (holding: Holding): void => {
  holding.waiting = []
  holding.toldMeanwhile = []
}

/**
 * A segment came in the stream. Returns true where the topic has to be asked for again, which a node should never
 * cause.
 */
export const hear = (holding: Holding, segment: Segment, journal: Journal): boolean => {
  if (holding.phase === 'asking') {
    holding.waiting.push(segment)
    return false
  }
  const { topic, cursor } = holding
  if ('snapshot' in segment) {
    if (!covered(holding, segment))
      journal.faults.push(`a resync of ${topic} from ${at(cursor)} to ${at(segment)} without its gap told`)
    journal.resyncs++
    move(holding, segment, stateOf(topic, segment.snapshot))
    return false
  }
  if (follow(holding, segment, journal)) return false
  journal.faults.push(`a hole in the stream of ${topic}: ${at(cursor)}, then ${at(segment)}`)
  holding.phase = 'asking'
  return true
}

/**
 * A state that was sent before the answer was read. One that comes later replaces what is known, even where its number
 * is lower.
 */
const isOlder = (segment: Segment, { epoch, seq }: Cursor): boolean =>
  'snapshot' in segment && segment.epoch === epoch && segment.seq < seq

/** The node answered for the topic; what waited follows. Returns true where it has to be asked for again. */
export const settle = (holding: Holding, result: WatchResult, journal: Journal): boolean => {
  const waiting = holding.waiting.splice(0)
  if (result.kind === 'error') return true
  const { topic } = holding
  if (result.kind === 'snapshot') {
    journal.snapshots++
    move(holding, result.cursor, stateOf(topic, result.snapshot))
  } else {
    if (result.kind === 'replay') journal.replays++
    const before = at(holding.cursor)
    const follows = result.kind === 'current' || result.updates.every((update) => follow(holding, update, journal))
    if (!follows || at(holding.cursor) !== at(result.cursor)) {
      journal.faults.push(
        `an answer of ${topic} that leads from ${before} to ${at(holding.cursor)}, not ${at(result.cursor)}`,
      )
      holding.cursor = null
      return true
    }
  }
  holding.phase = 'live'
  holding.told.push(...holding.toldMeanwhile.splice(0))
  const after = waiting.filter((segment) => !isOlder(segment, result.cursor))
  // What was on its way before the node had the question may be of the life before: that cannot be told from a newer
  // one.
  const known = after.filter((segment) => isOfLife(segment, result.cursor) && !journal.forgot(topic, segment))
  const again = known.map((segment) => hear(holding, segment, journal)).includes(true)
  if (known.length < after.length) holding.phase = 'asking'
  return again || known.length < after.length
}

const isOfLife = (segment: Segment, { epoch }: Cursor): boolean => segment.epoch === epoch

/**
 * A heartbeat named the topic's last number. Returns true where the tail was lost and the topic has to be asked for.
 */
export const compare = (holding: Holding, last: Cursor, journal: Journal): boolean => {
  const { cursor, phase, topic } = holding
  if (phase !== 'live' || cursor === null) return false
  if (cursor.epoch === last.epoch && cursor.seq >= last.seq) return false
  journal.faults.push(`a lost tail of ${topic}: ${at(cursor)}, heartbeat ${at(last)}`)
  holding.phase = 'asking'
  return true
}
