import { type Bounds, cellsCovering } from '../../wire/cells.ts'
import { cellTopic, type Topic } from '../../wire/topics.ts'

/**
 * The cells that a view covers, as topics, of the groups that it names, or of all `there` are where it names none; null
 * where that is too much for one client.
 */
export const coverView = (
  bounds: Bounds,
  named: readonly string[] | undefined,
  there: readonly string[],
): { topics: Topic[]; groups: readonly string[] } | null => {
  const topics = cellsCovering(bounds, [...new Set(named ?? there)])?.map(cellTopic)
  return topics ? { topics, groups: there } : null
}
