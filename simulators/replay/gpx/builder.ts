import type { Collector } from '../collect.ts'
import { fieldAt, LINES, type Line, type LineKind, type Point } from './points.ts'

/** An element that is open: its place in the tree, what hears its text, and what is done at its end. */
export type Open = { path: string; hear?: (text: string) => void; end?: () => void }

const KINDS = Object.keys(LINES) as LineKind[]
/** As much of a text as is kept: a name, a number or a time. */
const MOST_TEXT = 1000

/** What keeps an element's text as `into[field]`; an element that comes again says nothing new. */
const keeper = <Field extends string>(path: string, into: { [F in Field]?: string }, field: Field): Open => {
  if (into[field] !== undefined) return { path }
  into[field] = ''
  const hear = (text: string) => {
    into[field] = `${into[field]}${text}`.slice(0, MOST_TEXT)
  }
  return { path, hear }
}

/**
 * Builds points, and the lines that they belong to, from elements as they open and close; `onPoint` gets each. An
 * element counts only at its own place in the tree. Its path has the names of all around it; those of another namespace
 * than the root's begin with a colon.
 */
export const createBuilder = (collector: Collector, onPoint: (line: Line, point: Point) => void) => {
  const waypoints: Line = { kind: 'waypoint' }
  let line: Line | null = null
  let point: { path: string; at: Point } | null = null

  const lineOf = (kind: LineKind): Line => {
    if (kind === 'waypoint') line = waypoints
    else if (line?.kind !== kind) line = { kind }
    return line ?? waypoints
  }
  const openPoint = (path: string, kind: LineKind, at: Point): Open => {
    point = { path, at }
    const end = () => {
      onPoint(lineOf(kind), at)
      point = null
    }
    return { path, end }
  }
  return {
    /** The point whose end has not come. */
    unfinished: (): Point | null => point?.at ?? null,
    open: (path: string, attributes: Omit<Point, 'row'>, row: number): Open => {
      if (point !== null) {
        const field = fieldAt(path.slice(point.path.length + 1))
        return field === null ? { path } : keeper(path, point.at, field)
      }
      const kind = KINDS.find((each) => LINES[each].point === path)
      if (kind !== undefined) return openPoint(path, kind, { row, ...attributes })
      if (path.endsWith('/trkpt')) collector.skip('a track point that is in no segment of a track', row, path)
      if (path === LINES.track.line || path === LINES.route.line) line = null
      if (path === `${LINES.track.line}/name`) return keeper(path, lineOf('track'), 'name')
      return path === `${LINES.route.line}/name` ? keeper(path, lineOf('route'), 'name') : { path }
    },
  }
}
