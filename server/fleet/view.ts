import { type Bounds, cellsCovering, groupOfCell } from '../../wire/cells.ts'
import { cellTopic, type Topic, topicId } from '../../wire/topics.ts'
import type { Covered } from '../live/view.ts'
import type { Sight } from '../live/who.ts'

/** How the topics of a group's cells begin. */
const ofGroup = (group: string): string => cellTopic(`${group}/`)

/**
 * The cells that a view covers, as topics, of the groups that it names, or of all `there` are where it names none; null
 * where that is too much for one client. Groups and cells that whoever asks may not watch are left out: they count for
 * nothing, and whether there are such groups is not told.
 */
export const coverView = (
  bounds: Bounds,
  named: readonly string[] | undefined,
  there: readonly string[],
  { extent, mayWatch }: Sight,
): Covered | null => {
  const isSeen = (group: string): boolean => extent(ofGroup(group)) !== 'none'
  const asked = [...new Set(named ?? there)]
  const seen = asked.filter(isSeen)
  const all = cellsCovering(bounds, seen)?.map(cellTopic)
  if (all === undefined) return null
  const whole = new Set(seen.filter((group) => extent(ofGroup(group)) === 'all'))
  const mayWatchCell = (topic: Topic): boolean => whole.has(groupOfCell(topicId(topic))) || mayWatch(topic)
  const topics = whole.size === seen.length ? all : all.filter(mayWatchCell)
  const hidden = named === undefined ? [] : asked.filter((group) => !seen.includes(group))
  const area = topics.length < all.length || (named === undefined && seen.length === 0)
  const isPart = hidden.length > 0 || area
  return { topics, groups: there.filter(isSeen), ...(isPart && { leftOut: { groups: hidden, area } }) }
}
