import type { Bounds } from '../../wire/cells.ts'
import {
  type Cursor,
  ERROR_CODES,
  type Heartbeat,
  type Segment,
  type WatchRequest,
  type WireError,
} from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { isNamed } from './kinds/watched-by.ts'
import { createNamed } from './named.ts'
import { createRoster } from './roster.ts'
import { createView, type ViewState, type WatchAnswer } from './view.ts'
import type { Emit } from './watch.ts'

const NOT_ALLOWED: WireError = { code: 'not_allowed', message: ERROR_CODES.not_allowed }

/**
 * Everything that this browser watches, and where it stands in each topic. Knows no socket: `request`, `released` and
 * `retuned` say what to send; `answer`, `receive` and `heartbeat` take in what comes.
 */
export const createWatches = (
  emit: Emit,
  onView: (view: ViewState) => void,
  report: (error: unknown) => void = () => {},
) => {
  const roster = createRoster(emit, report)
  const { topics: names, forgetTuning, ...named } = createNamed(roster)
  const view = createView(roster, onView)

  /** All that has to be asked for now, as one message; null where there is nothing. */
  const request = (): WatchRequest | null => {
    const asked = roster.takeAsked()
    const topics = asked.filter(isNamed).map((topic) => {
      const { cursor = null, tuning = {} } = roster.get(topic) ?? {}
      return { topic, ...(cursor && { cursor }), ...tuning }
    })
    const looked = view.request(asked.filter((topic) => !isNamed(topic)))
    if (looked !== undefined) return { topics, view: looked }
    return topics.length === 0 ? null : { topics }
  }

  /** New segments from the node, in the order in which it sent them. */
  const receive = (segments: readonly Segment[]): void => {
    for (const segment of segments) if (!roster.hear(segment)) view.keep(segment)
  }

  return {
    ...named,
    request,
    receive,
    /** The part of the map that is looked at, and the groups wanted of it; null: nothing, and all groups. */
    look: (bounds: Bounds | null, groups: readonly string[] | null = null): void =>
      view.look(bounds && { bounds, groups }),
    /** A node's answer to the last request. */
    answer: (reply: WatchAnswer): void => {
      receive(view.answer(reply))
      for (const result of reply.results) roster.settle(result)
    },
    heartbeat: ({ seqs }: Pick<Heartbeat, 'seqs'>): void => {
      for (const [topic, last] of Object.entries(seqs)) roster.compare(topic as Topic, last)
    },
    /** These may not be seen any more: the node sends nothing more of them. */
    withdraw: (topics: readonly string[]): void => {
      const gone = roster.topics().filter((topic) => topics.includes(topic))
      for (const topic of gone.filter(isNamed)) roster.refuse(topic, NOT_ALLOWED)
      view.withdraw(gone.filter((topic) => !isNamed(topic)))
    },
    /** A new connection, or one whose answer was lost: everything is asked for again, from where we stand. */
    askAll: (): void => {
      roster.askAll()
      forgetTuning()
      view.askAgain()
    },
    /** Nothing leads on from what is known of any topic; each is asked for in full, also what was refused. */
    forgetCursors: (): void => {
      roster.forgetCursors()
      for (const topic of roster.topics()) roster.ask(topic)
    },
    /** Asks for one topic again, also a refused one. */
    retry: roster.ask,
    topics: roster.topics,
    /** The topics that are watched by name; the others belong to the view. */
    names,
    watching: roster.has,
    cursor: (topic: Topic): Cursor | null => roster.get(topic)?.cursor ?? null,
    /**
     * Whether the node sends a topic's updates at once; the delay of one that it holds back, as asked, says nothing.
     */
    closely: (topic: Topic): boolean => roster.get(topic)?.tuning.rate === undefined,
  }
}
export type Watches = ReturnType<typeof createWatches>
