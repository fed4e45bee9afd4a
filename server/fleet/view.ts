import { type Bounds, cellsCovering } from '../../wire/cells.ts'
import { cellTopic, type Topic } from '../../wire/topics.ts'

/** The cells that a view covers, as topics; null where they are too many for one client. */
export const coverView = (bounds: Bounds): Topic[] | null => cellsCovering(bounds)?.map(cellTopic) ?? null
