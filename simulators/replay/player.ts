import type { Publisher } from '../publisher.ts'
import type { Item } from './recording.ts'

/** Milliseconds between two looks at what is due. */
const TICK = 20
/** At any speed, the player holds back once this many items wait to be answered. */
const MOST_WAITING = 20_000
/** Items between two looks at the clock and the buffer when there is no other pace. */
const CHUNK = 2000

export type Player = {
  items: readonly Item[]
  /** When each is due, in milliseconds of the recording. */
  due: readonly number[]
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

/** Plays a recording, which is in order of time. Answers how many items were played: all, unless it was stopped. */
export const play = async (player: Player): Promise<number> => {
  const { items, due, speed, publisher, clock, sleep, onProgress, stopped } = player
  const began = clock()
  const first = due[0] ?? 0
  let played = 0
  /** Milliseconds until the next one is due; no more than 0 where it is. */
  const wait = () =>
    speed === Number.POSITIVE_INFINITY ? 0 : ((due[played] ?? first) - first) / speed - (clock() - began)
  while (played < items.length && !stopped()) {
    const end = Math.min(items.length, played + CHUNK)
    while (played < end && wait() <= 0) publish(publisher, items[played++] as Item)
    const left = played < items.length ? wait() : 0
    onProgress(played, (items[played - 1] ?? items[0])?.t ?? 0, left)
    await publisher.drained(MOST_WAITING)
    if (played < items.length) await sleep(left <= 0 ? 0 : TICK)
  }
  return played
}
