import type { Publisher } from '../../feed/publisher.ts'
import type { Due } from './pauses.ts'
import type { Item } from './recording.ts'

/** Milliseconds between two looks at what is due. */
const TICK = 20
/** At any speed, the player holds back once this many items wait to be answered. */
const MOST_WAITING = 20_000
/** Items between two looks at the clock and the buffer when there is no other pace. */
const CHUNK = 2000

export type Player = {
  /** In order of the times at which they are due. */
  items: Iterable<Due>
  /** Recorded seconds a second; Infinity: as fast as Redis takes them. */
  speed: number
  publisher: Pick<Publisher, 'trades' | 'quote' | 'fixes' | 'drained'>
  /** A clock in milliseconds that never goes back. */
  clock: () => number
  sleep: (milliseconds: number) => Promise<void>
  /** Hears how many were played, the recorded time, and the milliseconds until the next one is played. */
  onProgress: (played: number, t: number, wait: number) => void
  /** True: end now. */
  stopped: () => boolean
}

const publish = (publisher: Player['publisher'], item: Item): void => {
  if (item.kind === 'trade') publisher.trades(item.symbol, [item.trade])
  else if (item.kind === 'quote') publisher.quote(item.symbol, item.quote)
  else publisher.fixes(item.fix.id, [item.fix])
}

/** The items one by one; null: no more. */
const oneByOne = (items: Iterable<Due>): (() => Due | null) => {
  const iterator = items[Symbol.iterator]()
  return () => {
    const { done, value } = iterator.next()
    return done ? null : value
  }
}

/** Plays a recording, which is in order of time, to its end unless it is stopped. */
export const play = async (player: Player): Promise<void> => {
  const { items, speed, publisher, clock, sleep, onProgress, stopped } = player
  const began = clock()
  const take = oneByOne(items)
  let next = take()
  const first = next?.due ?? 0
  let t = next?.item.t ?? 0
  let played = 0
  /** Milliseconds until an item is due; no more than 0 where it is. */
  const wait = ({ due }: Due) => (speed === Number.POSITIVE_INFINITY ? 0 : (due - first) / speed - (clock() - began))
  while (next !== null && !stopped()) {
    const end = played + CHUNK
    while (next !== null && played < end && wait(next) <= 0) {
      publish(publisher, next.item)
      t = next.item.t
      played++
      next = take()
    }
    const left = next === null ? 0 : wait(next)
    onProgress(played, t, left)
    await publisher.drained(MOST_WAITING)
    if (next !== null) await sleep(left <= 0 ? 0 : TICK)
  }
}
