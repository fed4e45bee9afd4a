import { createLine, type Line, offset, type RouteShape } from './routes.ts'

/**
 * The lines of one route in the order in which a bus drives them, over and over: each begins where the one before
 * ended.
 */
export type Circuit = { route: string; lines: Line[] }

/** How far apart in metres one line's end and the next one's start may lie for a bus to just go on. */
const NEAR = 60

const reversed = ({ route, direction, points }: RouteShape): RouteShape => ({
  route,
  direction: direction + 10,
  points: points.toReversed(),
})

const meets = (from: RouteShape, to: RouteShape): boolean => {
  const { east, north } = offset(from.points.at(-1) ?? [], to.points[0] ?? [])
  return Math.hypot(east, north) <= NEAR
}

/**
 * Out by one line and back by another: the route's other direction where its ends meet, else the same line backwards.
 */
const circuitOf = (shape: RouteShape, others: readonly RouteShape[]): Circuit => {
  if (meets(shape, shape)) return { route: shape.route, lines: [createLine(shape)] }
  const back = others.find((other) => other !== shape && meets(shape, other) && meets(other, shape)) ?? reversed(shape)
  return { route: shape.route, lines: [createLine(shape), createLine(back)] }
}

const isShape = (value: unknown): value is RouteShape => {
  const shape = value as Partial<RouteShape> | null
  return typeof shape?.route === 'string' && Array.isArray(shape.points) && shape.points.length > 1
}

/**
 * Circuits from the text of `data/austin-routes.json`; throws where it is not a list of routes, since it ships with the
 * program.
 */
export const readCircuits = (json: string): Circuit[] => {
  const shapes: unknown = JSON.parse(json)
  if (!Array.isArray(shapes) || shapes.length === 0 || !shapes.every(isShape))
    throw new Error(
      'data/austin-routes.json is not a list of {route, direction, points}: restore it from the repository',
    )
  return shapes.map((shape) =>
    circuitOf(
      shape,
      shapes.filter(({ route }) => route === shape.route),
    ),
  )
}
