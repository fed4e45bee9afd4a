import type { Bounds } from '../../wire/cells.ts'
import type { Cursor, Tuning, ViewResult } from '../../wire/protocol.ts'
import { type Topic, topicId } from '../../wire/topics.ts'
import { type Answered, refusal } from './answer.ts'
import type { Budget } from './budget.ts'
import type { Client } from './client.ts'
import type { Gathering } from './gather.ts'
import { wireError } from './requests.ts'
import type { Watches } from './watches.ts'
import type { Sight } from './who.ts'

/** What a view covers: its topics, the groups that there are, and what is left out of what was asked for. */
export type Covered = {
  topics: readonly Topic[]
  groups: readonly string[]
  leftOut?: { groups: string[]; area: boolean }
}

/**
 * What a view of the map covers, of the groups that it names or of all, as far as whoever asks may watch it; null where
 * that is too much.
 */
export type Cover = (bounds: Bounds, groups: readonly string[] | undefined, sight: Sight) => Covered | null

export type Wanted = {
  bounds: Bounds
  groups?: readonly string[] | undefined
  cursors?: Record<string, Cursor> | undefined
}

/** How the topics of a view are watched: how, what they may be replayed, and where their results go. */
type How = { tuning: Tuning; replays: Budget; results: Gathering<Answered> }

/** The topics that a client watches because its view covers them. */
export const createView = ({ watches, sight }: Client, cover: Cover, join: Watches['watch']) => {
  let viewed = new Set<Topic>()

  /** A cell that could not be watched is not one of the view, or it would make room for one more topic by name. */
  const ofView =
    (topic: Topic, answered: (result: Answered) => void) =>
    (result: Answered): void => {
      if (result.kind === 'error') viewed.delete(topic)
      answered(result)
    }

  return {
    topics: (): ReadonlySet<Topic> => viewed,
    forget: (topic: Topic): boolean => viewed.delete(topic),
    /** Watches what this view covers, in place of the one before; a topic a step. */
    *watch(wanted: Wanted | null, { tuning, replays, results }: How): Generator<undefined, ViewResult> {
      const covered: Covered | null =
        wanted === null ? { topics: [], groups: [] } : cover(wanted.bounds, wanted.groups, sight)
      const before = viewed
      viewed = new Set(covered?.topics)
      for (const topic of before) {
        if (!viewed.has(topic)) watches.unwatch(topic)
        yield
      }
      if (covered === null) return { error: wireError('view_too_wide') }
      const { cursors = {} } = wanted ?? {}
      const stays = (topic: Topic): boolean => before.has(topic) && !(topic in cursors) && watches.tune(topic, tuning)
      for (const topic of covered.topics) {
        // It may have been taken from them since the first step.
        if (!sight.mayWatch(topic)) ofView(topic, results.next())(refusal(topic, 'not_allowed'))
        else if (!stays(topic)) join(topic, cursors[topic] ?? null, tuning, ofView(topic, results.next()), replays)
        yield
      }
      const { topics, groups, leftOut } = covered
      return { cells: topics.map(topicId), groups, ...(leftOut && { leftOut }) }
    },
  }
}
