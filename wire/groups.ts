import { exactly, type Piece, patternOf } from './kinds/id.ts'

/** Which devices belong together, such as `buses`: what a view names to get them and nothing else. */
export const GROUP: readonly Piece[] = [exactly(1, 'a-z0-9'), { letters: 'a-z0-9_-', least: 0, most: 31 }]
export const GROUP_PATTERN = patternOf(GROUP)
export const isGroup = (text: string): boolean => GROUP_PATTERN.test(text)

/** The group of a device that no feed has put in another. It always exists. */
export const OTHER = 'other'

/** The most groups that one view may name. */
export const MAX_VIEW_GROUPS = 16
/** The most groups that there may be. */
export const MOST_GROUPS = 100

/** Hash: every group that a feed has listed. */
export const GROUPS_KEY = 'wf:{groups}'
