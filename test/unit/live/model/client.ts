import { isDeepStrictEqual } from 'node:util'
import type { Gap, Notice, Segment, Tuning, WatchResult } from '../../../../wire/protocol.ts'
import type { Topic } from '../../../../wire/topics.ts'
import {
  compare,
  dropWaiting,
  type Holding,
  hear,
  type Journal,
  newHolding,
  newJournal,
  settle,
  tell,
} from '../../../support/readers/holding.ts'
import { AGAIN_MS, createAsks } from './asks.ts'
import type { Connection } from './connection.ts'
import type { Redis } from './redis.ts'

const RETRY_MS = 250

/** A symbol's state but its quote: of several in a replay only the newest is sure. */
const butQuote = (state: unknown): unknown => ({ ...(state as object), quote: null })

/** Nothing more comes of what was told before. */
const forget = (holding: Holding): void => {
  dropWaiting(holding)
  holding.told = []
  holding.conflated = false
}

/**
 * A client that follows docs/protocol.md to the letter, one message under way at a time. Whatever step it takes, its
 * state must be the one that Redis had at that number; what a node must never do goes into `faults`.
 */
export const createClient = (name: string, connect: (client: ClientEnd) => Connection, redis: () => Redis) => {
  const wanted = new Map<Topic, Tuning>()
  const holdings = new Map<Topic, Holding>()
  const shelf = new Map<Topic, Holding>()
  const journal: Journal = newJournal(
    new Map(),
    () => 0,
    (topic, cursor) => redis().forgot(topic, cursor),
  )
  /** Topics of which a gap was told: a resync follows, or an answer. */
  const owed = new Map<Topic, Gap>()
  const forbidden = new Set<Topic>()
  /** What the node took away and the client has not asked for since: nothing of it may come. */
  const withdrawn = new Set<Topic>()
  let connection: Connection | null = null
  let slowed = false
  let isSignedOut = false

  const check = (topic: Topic): void => {
    const { cursor, state } = holdings.get(topic) ?? {}
    if (!cursor) return
    const then = redis().stateAt(topic, cursor)
    if (!isDeepStrictEqual(butQuote(state), butQuote(then)))
      journal.faults.push(
        `${topic} at ${JSON.stringify(cursor)} is ${JSON.stringify(state)}, was ${JSON.stringify(then)} in Redis`,
      )
  }

  const cursorOf = (topic: Topic) => holdings.get(topic)?.cursor ?? shelf.get(topic)?.cursor ?? null

  const begin = (topic: Topic): void => {
    const holding = holdings.get(topic) ?? shelf.get(topic) ?? newHolding(topic)
    shelf.delete(topic)
    withdrawn.delete(topic)
    if (!holdings.has(topic)) forget(holding)
    holdings.set(topic, holding)
    holding.phase = 'asking'
    holding.conflated ||= wanted.get(topic)?.mode === 'latest' || slowed
  }

  /** Watches a topic no more; what is known of it is good for when it is watched again. */
  const lose = (topic: Topic): void => {
    const holding = holdings.get(topic)
    wanted.delete(topic)
    holdings.delete(topic)
    owed.delete(topic)
    if (holding?.cursor) shelf.set(topic, holding)
  }

  /** One that is asked for again just now, or refused, is told of by the answer. */
  const lost = (topics: readonly string[]): void => {
    for (const topic of topics as Topic[]) {
      if (holdings.get(topic)?.phase === 'asking') continue
      lose(topic)
      withdrawn.add(topic)
    }
  }

  const answered = (results: readonly WatchResult[]): void => {
    for (const result of results) {
      const topic = result.topic as Topic
      const holding = holdings.get(topic)
      if (!holding) continue
      owed.delete(topic)
      const unsure = settle(holding, result, journal)
      if (result.kind === 'error' && result.error.code === 'not_allowed') lose(topic)
      else if (result.kind === 'error') asks.again(topic, AGAIN_MS)
      else if (unsure) asks.again(topic, RETRY_MS)
      check(topic)
    }
  }

  const asks = createAsks({ wanted, cursorOf, begin, answered })

  const take = (segment: Segment): void => {
    const holding = holdings.get(segment.topic)
    if (withdrawn.has(segment.topic)) journal.faults.push(`${segment.topic} came after it was withdrawn`)
    if (!holding) return
    if ('snapshot' in segment && holding.phase === 'live') owed.delete(segment.topic)
    if (hear(holding, segment, journal)) asks.again(segment.topic, RETRY_MS)
    if (holding.phase === 'live') check(segment.topic)
  }

  const end: ClientEnd = {
    heard: (event, value) => {
      if (isSignedOut) journal.faults.push(`${event} came after the last word`)
      if (event === 'updates') for (const segment of value as Segment[]) take(segment)
      else if (event === 'gap') {
        const gap = value as Gap
        const holding = holdings.get(gap.topic)
        if (!holding) return
        tell(holding, gap)
        owed.set(gap.topic, gap)
      } else if (event === 'heartbeat') {
        for (const [topic, last] of Object.entries((value as { seqs: Record<string, never> }).seqs)) {
          const holding = holdings.get(topic as Topic)
          if (holding && compare(holding, last, journal)) asks.again(holding.topic, RETRY_MS)
        }
      } else if (event === 'notice') {
        const notice = value as Notice
        if (notice.kind === 'withdrawn') return lost(notice.topics)
        isSignedOut = notice.kind === 'signed_out'
        slowed = true
        for (const holding of holdings.values()) holding.conflated = true
      }
    },
    mayWatch: (topic) => !forbidden.has(topic),
    isGuest: Number(name.at(-1)) % 2 === 1,
    gone: () => {
      connection = null
    },
  }

  return {
    name,
    faults: journal.faults,
    journal,
    owed,
    holdings,
    wanted,
    connected: () => connection !== null,
    stall: (stalled: boolean): void => connection?.stall(stalled),
    connect: (): void => {
      if (connection) return
      slowed = false
      isSignedOut = false
      owed.clear()
      withdrawn.clear()
      for (const holding of holdings.values()) {
        forget(holding)
        holding.phase = 'asking'
      }
      connection = connect(end)
      asks.start(connection)
      for (const topic of wanted.keys()) asks.watch(topic)
      asks.next()
    },
    disconnect: (): void => connection?.close(),
    /** Watches topics; one that is watched already is asked for again. `fresh`: without what is known of it. */
    watch: (topics: readonly Topic[], tuning: Tuning, fresh: boolean): void => {
      for (const topic of topics) {
        wanted.set(topic, tuning)
        if (fresh) shelf.delete(topic)
        asks.watch(topic)
      }
      asks.next()
    },
    unwatch: (topic: Topic): void => {
      if (!wanted.has(topic)) return
      lose(topic)
      asks.unwatch(topic)
      asks.next()
    },
    /** It may not watch these from now on, and all others. */
    forbid: (topics: readonly Topic[]): void => {
      forbidden.clear()
      for (const topic of topics) forbidden.add(topic)
      connection?.withdraw()
    },
    dismiss: (): void => connection?.dismiss(),
    tune: (topic: Topic, tuning: Tuning): void => {
      const holding = holdings.get(topic)
      if (!wanted.has(topic)) return
      wanted.set(topic, tuning)
      if (holding && tuning.mode === 'latest') holding.conflated = true
      asks.tune(topic)
      asks.next()
    },
  }
}
export type Client = ReturnType<typeof createClient>
/** What a connection tells its client. */
export type ClientEnd = {
  heard: (event: string, value: unknown) => void
  gone: () => void
  mayWatch: (topic: Topic) => boolean
  /** Every other one is a guest. */
  isGuest: boolean
}
