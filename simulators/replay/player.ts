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
  /** Recorded seconds a second; Infinity: as fast as Redis takes them. */
  speed: number
  publisher: Pick<Publisher, 'trades' | 'quote' | 'fixes' | 'drained'>
  /** A clock in milliseconds that never goes back. */
  clock: () => number
  sleep: (milliseconds: number) => Promise<void>
  onProgress: (played: number, t: number) => void
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
  const { items, speed, publisher, clock, sleep, onProgress, stopped } = player
  const began = clock()
  const first = items[0]?.t ?? 0
  let played = 0
  while (played < items.length && !stopped()) {
    const due = first + (clock() - began) * speed
    // At no time at all Infinity times 0 is not a number: play on all the same.
    const isDue = (item: Item | undefined) =>
      item !== undefined && (speed === Number.POSITIVE_INFINITY || item.t <= due)
    const end = Math.min(items.length, played + CHUNK)
    while (played < end && isDue(items[played])) publish(publisher, items[played++] as Item)
    onProgress(played, items[played - 1]?.t ?? first)
    await publisher.drained(MOST_WAITING)
    if (played < items.length) await sleep(isDue(items[played]) ? 0 : TICK)
  }
  return played
}
