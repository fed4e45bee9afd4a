import { type Bounds, groupOfCell } from '../../wire/cells.ts'
import { NOWHERE } from '../../wire/cursors.ts'
import { MAX_VIEW_GROUPS } from '../../wire/groups.ts'
import type { Segment, WatchReply, WatchRequest, WireError } from '../../wire/protocol.ts'
import { cellTopic, type Topic, topicId } from '../../wire/topics.ts'
import { isOfView } from './kinds/watched-by.ts'
import type { Roster } from './roster.ts'

/** What is missing of a view because this person may not see it: groups that it named, and a part of its area. */
export type LeftOut = { groups: readonly string[]; area: boolean }
/**
 * The cells that the node watches for us, by name, or why it does not. `groups`: all that there are; null: not told.
 */
export type ViewState = {
  cells: readonly string[]
  groups: readonly string[] | null
  error: WireError | null
  leftOut?: LeftOut
}
export const NO_VIEW: ViewState = { cells: [], groups: null, error: null }

/** The part of the map that is looked at, and the groups of devices in it; null: all groups. */
type Look = { bounds: Bounds; groups: readonly string[] | null }
export type WatchAnswer = Exclude<WatchReply, { error: WireError }>

/** While a view is being asked for, updates of cells that we do not know yet wait here: at most this many. */
const MOST_STRANGERS = 5_000

/** The topics that a view of the map covers. The node says which these are. */
export const createView = (roster: Roster, onView: (view: ViewState) => void) => {
  let looked: Look | null = null
  let toAsk = false
  let asked = false
  let strangers: Segment[] = []

  const topics = (): Topic[] => roster.topics().filter(isOfView)
  const isWanted = (topic: Topic): boolean => looked?.groups?.includes(groupOfCell(topicId(topic))) ?? looked !== null
  const forgetUnless = (stays: (topic: Topic) => boolean): void => {
    for (const topic of topics()) if (!stays(topic)) roster.forget(topic)
  }

  const adopt = ({ view, results }: WatchAnswer): void => {
    if (!view) return
    if ('error' in view) {
      forgetUnless(() => false)
      onView({ ...NO_VIEW, error: view.error })
      return
    }
    const covered = new Set(view.cells.map(cellTopic).filter(isWanted))
    forgetUnless((topic) => covered.has(topic))
    const answered = new Set<string>(results.map(({ topic }) => topic))
    for (const topic of covered) {
      if (roster.has(topic)) continue
      roster.add(topic)
      // We forgot it and the node did not: it takes it for one that we have.
      if (!answered.has(topic)) roster.ask(topic)
    }
    const { groups, leftOut } = view
    onView({ cells: [...covered].map(topicId), groups, error: null, ...(leftOut && { leftOut }) })
  }

  return {
    /** What is looked at from now on; null: nothing. What is out of it for sure goes at once. */
    look: (next: Look | null): void => {
      if (next === null && looked === null) return
      looked = next
      toAsk = true
      const gone = topics().filter((topic) => !isWanted(topic))
      for (const topic of gone) roster.forget(topic)
      if (gone.length > 0 || next === null) onView({ ...NO_VIEW, cells: topics().map(topicId) })
    },
    /** These cells may not be seen any more. */
    withdraw: (cells: readonly Topic[]): void => {
      for (const topic of cells) roster.forget(topic)
      if (cells.length > 0) onView({ ...NO_VIEW, cells: topics().map(topicId), leftOut: { groups: [], area: true } })
    },
    bounds: (): Bounds | null => looked?.bounds ?? null,
    askAgain: (): void => {
      toAsk = looked !== null
      asked = false
      strangers = []
    },
    /**
     * The view's part of a request. A cursor makes the node send a cell that it covers already, from there or in full.
     */
    request: (lost: readonly Topic[]): WatchRequest['view'] | undefined => {
      asked = toAsk || lost.length > 0
      toAsk = false
      if (!asked) return undefined
      if (looked === null) return null
      const { bounds, groups } = looked
      const cursors = Object.fromEntries(lost.map((topic) => [topic, roster.get(topic)?.cursor ?? NOWHERE]))
      // Where they are more than a view may name, all are sent, and what is not wanted is left out here.
      const named = groups !== null && groups.length <= MAX_VIEW_GROUPS
      return { bounds, ...(named && { groups: [...groups] }), cursors }
    },
    /** The node's answer; not taken where nothing is looked at any more. Returns the updates that waited for it. */
    answer: (reply: WatchAnswer): Segment[] => {
      const waiting = strangers
      strangers = []
      asked = false
      if (looked !== null) adopt(reply)
      return waiting
    },
    /** An update of a topic that we do not watch, perhaps of a cell that the node's answer will name. */
    keep: (segment: Segment): void => {
      if (asked && isOfView(segment.topic) && strangers.length < MOST_STRANGERS) strangers.push(segment)
    },
  }
}
export type View = ReturnType<typeof createView>
