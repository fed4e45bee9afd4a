import { createRandom } from '../../../simulators/random.ts'
import { newJournal } from '../../support/readers/holding.ts'
import { differences, type Truth } from '../../support/readers/truth.ts'
import { change, someChange } from './churn.ts'
import { openRoamer, type Roamer, type Wishes } from './roamer.ts'
import { goHome, homeWishes } from './wishes.ts'

export type CrowdState = {
  /**
   * What those lack, in words, that are not connected or not answered for all that they watch; and how many clients
   * there are.
   */
  waiting: string[]
  clients: number
}
export type CrowdCounts = {
  updates: number
  gaps: number
  resyncs: number
  replays: number
  snapshots: number
  /** Connections that were made, and changes of mind. */
  connections: number
  changes: number
  /** What a node must never do, in words, since the last report. */
  faults: string[]
}

/** What a crowd's process can be asked. */
export type SoakCrowdCalls = {
  open: (options: { urls: string[]; count: number; seed: number }) => void
  /** Clients change their minds, so often a second each, until `calm`. */
  churn: (argument: { each: number }) => void
  /** All go home: to their own node, and to what they watched first. */
  calm: (argument: null) => void
  /** All are cut off at once, and come back. */
  flap: (argument: null) => void
  state: (argument: null) => CrowdState
  compare: (argument: { truth: Truth[] }) => { different: number; examples: string[] }
  counts: (argument: null) => CrowdCounts
  /** All leave for good. */
  leave: (argument: null) => void
}

type Seat = { home: Wishes; url: string; roamer: Roamer }

const TICK_MS = 100
/** Contents of updates that are remembered, to find a number that was given to two. */
const MOST_CONTENTS = 50_000

/** Many clients that change their minds, in one process. */
export const createSoakCrowd = (): SoakCrowdCalls => {
  const seats: Seat[] = []
  const journal = newJournal()
  let random = createRandom(1)
  let urls: string[] = []
  let calm = true
  let timer: NodeJS.Timeout | undefined
  let gone = 0
  let changes = 0

  const someNode = (): string => urls[random.below(urls.length)] ?? ''
  const seat = (home: Wishes, url: string): Seat => {
    // While all is calm everyone is at home, whoever lost the way there included.
    const made: Seat = {
      home,
      url,
      roamer: openRoamer(url, { journal, choose: () => (calm ? url : someNode()), random: random.next }),
    }
    goHome(made.roamer, home)
    return made
  }
  const replace = (place: number): void => {
    const { home, url, roamer } = seats[place] as Seat
    gone += roamer.connections()
    roamer.close()
    seats[place] = seat(home, url)
  }
  const churnOnce = (): void => {
    const place = random.below(seats.length)
    const what = someChange(random)
    changes++
    if (what === 'leave') replace(place)
    else change((seats[place] as Seat).roamer, what, random, () => (calm ? (seats[place] as Seat).url : someNode()))
  }

  return {
    open: (options) => {
      urls = options.urls
      random = createRandom(options.seed)
      for (let i = 0; i < options.count; i++) seats.push(seat(homeWishes(random), urls[i % urls.length] ?? ''))
    },
    churn: ({ each }) => {
      calm = false
      let due = 0
      timer = setInterval(() => {
        if (journal.contents.size > MOST_CONTENTS) journal.contents.clear()
        for (due += (each * seats.length * TICK_MS) / 1000; due >= 1; due--) churnOnce()
      }, TICK_MS)
    },
    calm: () => {
      clearInterval(timer)
      calm = true
      for (const { home, url, roamer } of seats) {
        if (roamer.url() !== url || !roamer.connected()) roamer.goTo(url)
        goHome(roamer, home)
      }
    },
    flap: () => {
      for (const { roamer, url } of seats) {
        roamer.away()
        setTimeout(() => roamer.goTo(calm ? url : someNode()), random.next() * 500)
      }
    },
    state: () => ({
      clients: seats.length,
      waiting: seats.flatMap(({ roamer, url }) => {
        const what = roamer.waitsFor()
        return what === null ? [] : [`a client of ${url} waits for ${what}`]
      }),
    }),
    compare: ({ truth }) => {
      const each = seats.map(({ roamer }) => {
        const what = roamer.waitsFor()
        return what === null ? differences(roamer, truth) : [`a client waits for ${what}`]
      })
      const different = each.filter(({ length }) => length > 0)
      return { different: different.length, examples: different.flat().slice(0, 3) }
    },
    counts: () => ({
      updates: journal.updates,
      gaps: journal.gaps,
      resyncs: journal.resyncs,
      replays: journal.replays,
      snapshots: journal.snapshots,
      connections: seats.reduce((sum, { roamer }) => sum + roamer.connections(), gone),
      changes,
      faults: journal.faults.splice(0),
    }),
    leave: () => {
      clearInterval(timer)
      for (const { roamer } of seats.splice(0)) {
        gone += roamer.connections()
        roamer.close()
      }
    },
  }
}
