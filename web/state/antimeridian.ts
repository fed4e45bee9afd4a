import { clipRing } from './clip.ts'

/**
 * Points of a closed ring on the map's own grid (see mercator.ts): x, y, x, y, ... Where it crosses the antimeridian x
 * leaps from one edge of the grid to the other, which would be drawn as a band around the world.
 */
type Ring = readonly number[]

const shifted = (ring: Ring, by: number): number[] => ring.map((value, i) => (i % 2 === 0 ? value + by : value))

/** The same ring with each point as near as can be to the one before: x runs on past the edge of the grid. */
const unroll = (ring: Ring): number[] => {
  const unrolled: number[] = []
  for (let i = 0; i < ring.length; i += 2) {
    const [x = 0, y = 0] = [ring[i], ring[i + 1]]
    unrolled.push(x - Math.round(x - (unrolled.at(-2) ?? x)), y)
  }
  return unrolled
}

/**
 * The part of an unrolled ring that lies on copy number `copy` of the grid (0: the grid itself), moved back onto the
 * grid.
 */
const partOn = (ring: Ring, copy: number): number[] =>
  shifted(clipRing(ring, { left: copy, top: 0, right: copy + 1, bottom: 1 }), -copy)

/**
 * A ring around a pole does not end where it began: it is closed along the grid's edge at that pole, in small steps.
 */
const aroundPole = (ring: Ring, turn: number): number[] => {
  const twice = [...ring, ...shifted(ring, turn)]
  const pole = (ring[1] ?? 0) < 0.5 ? 0 : 1
  const [first = 0, last = 0] = [twice[0], twice.at(-2)]
  for (let step = 0; step <= 8; step++) twice.push(last + ((first - last) * step) / 8, pole)
  return partOn(twice, Math.ceil(Math.min(first, last)))
}

/** A ring as rings that stay on the grid: cut at the antimeridian where it crosses it. */
export const cutRing = (ring: Ring): number[][] => {
  const unrolled = unroll(ring)
  const turn = Math.round((unrolled.at(-2) ?? 0) - (unrolled[0] ?? 0))
  if (turn !== 0) return [aroundPole(unrolled, turn)]
  const xs = unrolled.filter((_, i) => i % 2 === 0)
  const [from, to] = [Math.floor(Math.min(...xs)), Math.ceil(Math.max(...xs))]
  if (from === 0 && to <= 1) return [unrolled]
  const copies = Array.from({ length: Math.max(1, to - from) }, (_, i) => from + i)
  return copies.map((copy) => partOn(unrolled, copy)).filter(({ length }) => length > 0)
}
