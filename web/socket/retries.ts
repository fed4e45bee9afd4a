import type { Watches } from '../state/watches.ts'
import type { Lives } from './lives.ts'

/** How long to wait at least, in milliseconds. */
const UNTIL_AVAILABLE = 1_500

export type RetryOptions = {
  watches: Watches
  lives: Lives
  random: () => number
  /** A topic is to be asked for again: tell the node soon. */
  poke: () => void
}

/** Asks again, after a while, for topics that a node could not read. */
export const createRetries =
  ({ watches, lives, random, poke }: RetryOptions) =>
  (topic: string): void => {
    const isOver = lives.current()
    const retry = (): void => {
      if (isOver()) return
      for (const known of watches.topics()) if (known === topic) watches.retry(known)
      poke()
    }
    setTimeout(retry, UNTIL_AVAILABLE * (1 + random()))
  }
