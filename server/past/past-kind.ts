import type { Topic } from '../../wire/topics.ts'

/** What happened, as it is told. */
export type Tell = {
  /** An update of a topic: its fields after the head. */
  update: (topic: Topic, body: object) => void
  /** What was told of a topic is not right: its whole state is to be read again. */
  anew: (topic: Topic) => void
}

/** What happened in a stretch of time up to `to`, read before it is told. */
export type Ahead = {
  to: number
  /** Tells the next of what happened before a moment, `most` at the most. Returns whether there is more of it. */
  tell: (before: number, most: number, tell: Tell) => boolean
}

/**
 * A kind of topic as it was, for one clock. Times are bounds: a state, and what is told, has all that happened before
 * them, and nothing that happened then. Everything rejects where the archive cannot be asked (`ArchiveAway`).
 */
export type PastKind = {
  /** So many topics are read at once. */
  atOnce: number
  /**
   * Reads the states of these topics, each made when it is wanted; null for one that there is not. From then on what
   * happens to them is told, until they are forgotten.
   */
  read: (topics: readonly Topic[], before: number) => Promise<((() => object) | null)[]>
  /** Reads what happened to the topics that were read in [from, to), or in the first part of that. */
  ahead: (from: number, to: number) => Promise<Ahead>
  forget: (topic: Topic) => void
}

/** Where nothing happens. */
export const nothing = (to: number): Ahead => ({ to, tell: () => false })

/** Things that happened, by time, as they are told: `one` tells one, `end` what was gathered. */
export const inOrder = <T extends { t: number }>(
  all: readonly T[],
  to: number,
  one: (happened: T, tell: Tell) => void,
  end: (tell: Tell, before: number) => void,
): Ahead => {
  let next = 0
  return {
    to,
    tell: (before, most, tell) => {
      const stop = Math.min(next + most, all.length)
      for (let first = all[next]; first !== undefined && next < stop && first.t < before; first = all[++next])
        one(first, tell)
      const following = all[next]
      const isMore = following !== undefined && following.t < before
      end(tell, isMore ? following.t : before)
      return isMore
    },
  }
}
