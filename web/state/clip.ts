/** A rectangle on the map's own grid (see mercator.ts). */
export type Box = { left: number; top: number; right: number; bottom: number }

type Inside = (x: number, y: number) => boolean
type Cut = (x0: number, y0: number, x1: number, y1: number) => [number, number]

const atX =
  (edge: number): Cut =>
  (x0, y0, x1, y1) => [edge, y0 + ((edge - x0) / (x1 - x0)) * (y1 - y0)]
const atY =
  (edge: number): Cut =>
  (x0, y0, x1, y1) => [x0 + ((edge - y0) / (y1 - y0)) * (x1 - x0), edge]

const clipEdge = (ring: readonly number[], inside: Inside, cut: Cut): number[] => {
  const kept: number[] = []
  let x0 = ring.at(-2) ?? 0
  let y0 = ring.at(-1) ?? 0
  let was = inside(x0, y0)
  for (let i = 0; i < ring.length; i += 2) {
    const x1 = ring[i] ?? 0
    const y1 = ring[i + 1] ?? 0
    const is = inside(x1, y1)
    if (is !== was) kept.push(...cut(x0, y0, x1, y1))
    if (is) kept.push(x1, y1)
    ;[x0, y0, was] = [x1, y1, is]
  }
  return kept
}

/**
 * The part of a closed ring (x, y, x, y, ...) that lies in `box`, by Sutherland and Hodgman: what a canvas is given
 * stays near it, for its own arithmetic is too coarse for a continent at street level.
 */
export const clipRing = (ring: readonly number[], { left, top, right, bottom }: Box): number[] => {
  let kept = clipEdge(ring, (x) => x >= left, atX(left))
  kept = clipEdge(kept, (x) => x <= right, atX(right))
  kept = clipEdge(kept, (_, y) => y >= top, atY(top))
  return clipEdge(kept, (_, y) => y <= bottom, atY(bottom))
}

/** The box that holds all points of a line or ring. */
export const boxOf = (points: readonly number[]): Box => {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity }
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] ?? 0, points[i + 1] ?? 0]
    box.left = Math.min(box.left, x)
    box.right = Math.max(box.right, x)
    box.top = Math.min(box.top, y)
    box.bottom = Math.max(box.bottom, y)
  }
  return box
}

export const overlap = (a: Box, b: Box): boolean =>
  a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom
