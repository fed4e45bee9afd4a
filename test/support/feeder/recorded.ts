import { type Feed, openFeed } from '../../../feed/feed.ts'
import type { Fix } from '../../../wire/fleet.ts'
import type { Trade } from '../../../wire/market.ts'

/** What a feed publishes at one moment, by symbol and device. */
export type Round = { trades?: Record<string, Trade[]>; fixes?: Record<string, Fix[]> }
type Recorded = { url: string; rounds: readonly Round[]; from: number; everyMs: number }

/** A feed that publishes what it is given, round by round: for a process of its own, which can be killed. */
export const createRecordedFeed = () => {
  let feed: Feed | null = null
  let published = 0
  /** Rounds of which all was answered, as far as a look before each round could tell. */
  let answered = 0
  let allPublished: Promise<void> = Promise.resolve()

  const publish = ({ trades = {}, fixes = {} }: Round): void => {
    for (const [symbol, each] of Object.entries(trades)) feed?.trades(symbol, each)
    for (const [id, each] of Object.entries(fixes)) feed?.fixes(id, each)
  }
  return {
    /** Begins to publish rounds, from one of them on. */
    beginRecorded: async ({ url, rounds, from, everyMs }: Recorded): Promise<void> => {
      feed = await openFeed(url, { say: () => {} })
      published = answered = from
      allPublished = new Promise((resolve) => {
        const timer = setInterval(() => {
          if (feed?.waiting() === 0) answered = published
          const round = rounds[published]
          if (round) publish(round)
          if (++published < rounds.length) return
          clearInterval(timer)
          resolve()
        }, everyMs)
      })
    },
    /** How many rounds were given to the publisher. */
    published: async (_: null): Promise<number> => published,
    /** How many of them Redis has for sure. */
    answered: async (_: null): Promise<number> => answered,
    /** Waits until all was published and answered; answers what became of it. */
    finishRecorded: async (_: null): Promise<{ accepted: number; repeats: number; refused: string[] }> => {
      await allPublished
      await feed?.drained(0)
      const { accepted = 0, repeats = 0, refused = new Map() } = feed?.account ?? {}
      return { accepted, repeats, refused: [...refused.keys()] }
    },
  }
}
export type RecordedCalls = ReturnType<typeof createRecordedFeed>
