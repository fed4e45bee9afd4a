import { clamp } from '../../wire/clamp.ts'
import { type Fix, MAX_LATITUDE } from '../../wire/fleet.ts'
import { byPieces, type Work } from '../pieces.ts'

/** A fix on the map of the world, in pixels at zoom 0; `x` goes on beyond its edge where the track does. */
type Point<T> = { x: number; y: number; of: T }

const WORLD = 256
/** Nobody tells points apart that are nearer than this, nor a line that leaves out what lies so near it (pixels). */
const APART = 1
const ASIDE = 0.5
/** Points that are kept while a track is read: of more only those are that a zoom less tells apart. */
const MOST_KEPT = 40_000
/** Points of a line in one piece of work: at the worst each is compared with all others. */
const AT_ONCE = 250
/** Points that are only compared with the one before. */
const MANY_AT_ONCE = 2000

const pointOf = <T extends { fix: Fix }>(of: T, near: number): Point<T> => {
  const phi = (clamp(of.fix.lat, -MAX_LATITUDE, MAX_LATITUDE) * Math.PI) / 180
  const y = ((1 - Math.log(Math.tan(phi) + 1 / Math.cos(phi)) / Math.PI) / 2) * WORLD
  const x = ((of.fix.lon + 180) / 360) * WORLD
  return { x: x + Math.round((near - x) / WORLD) * WORLD, y, of }
}

/**
 * Simplifies a track for a zoom of the map. Fixes come in order, from either end; doubtful ones are left out, they are
 * no part of the line. What is still more than `most` points is simplified for smaller zooms until it is not.
 */
export const createSimplifier = <T extends { fix: Fix }>(zoom: number, most: number) => {
  let level = zoom
  let kept: Point<T>[] = []
  /** The end of the track, where it is not kept. */
  let end: Point<T> | null = null
  const isApart = (a: Point<T> | undefined, b: Point<T>): boolean =>
    a === undefined || Math.hypot(a.x - b.x, a.y - b.y) * 2 ** level >= APART
  const zoomOut = async (work: Work): Promise<void> => {
    level--
    const all = kept
    kept = []
    await byPieces(all, MANY_AT_ONCE, work, (point) => (isApart(kept.at(-1), point) ? kept.push(point) : null))
  }
  const straightened = async (points: readonly Point<T>[], work: Work): Promise<Point<T>[]> => {
    const line: Point<T>[] = []
    for (let i = 0; i < points.length; i += AT_ONCE)
      line.push(...(await work(() => straighten(points.slice(i, i + AT_ONCE), ASIDE / 2 ** level))))
    return line
  }
  return {
    add: (fix: T): void => {
      if (fix.fix.doubtful) return
      const point = pointOf(fix, (end ?? kept.at(-1))?.x ?? WORLD / 2)
      end = point
      if (!isApart(kept.at(-1), point)) return
      kept.push(point)
      end = null
    },
    /** To be called now and then: makes room for more. */
    makeRoom: async (work: Work): Promise<void> => {
      while (kept.length > MOST_KEPT && level > 0) await zoomOut(work)
    },
    /** The fixes that are left, oldest first where the newest came first, and the zoom that they are for. */
    end: async (work: Work): Promise<{ fixes: T[]; zoom: number }> => {
      if (end !== null) kept.push(end)
      kept = await straightened(kept, work)
      while (kept.length > most && level > 0) {
        await zoomOut(work)
        kept = await straightened(kept, work)
      }
      return {
        fixes: kept
          .slice(0, most)
          .reverse()
          .map(({ of }) => of),
        zoom: level,
      }
    },
  }
}

/** The points that a line needs to be nowhere farther than `aside` from all of them (Douglas and Peucker). */
const straighten = <T>(points: readonly Point<T>[], aside: number): Point<T>[] => {
  const needed = new Set([0, points.length - 1])
  const parts: [from: number, to: number][] = [[0, points.length - 1]]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const [from, to] = part
    const farthest = farthestOf(points, from, to)
    if (farthest.distance <= aside) continue
    needed.add(farthest.i)
    parts.push([from, farthest.i], [farthest.i, to])
  }
  return points.filter((_, i) => needed.has(i))
}

const farthestOf = <T>(points: readonly Point<T>[], from: number, to: number): { i: number; distance: number } => {
  let farthest = { i: from, distance: 0 }
  const [a, b] = [points[from], points[to]]
  if (a === undefined || b === undefined) return farthest
  for (let i = from + 1; i < to; i++) {
    const distance = distanceFrom(points[i] as Point<T>, a, b)
    if (distance > farthest.distance) farthest = { i, distance }
  }
  return farthest
}

type Place = { x: number; y: number }

/** How far a point is from the way between two others. */
const distanceFrom = (p: Place, a: Place, b: Place): number => {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = dx * dx + dy * dy
  const share = length === 0 ? 0 : clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0, 1)
  return Math.hypot(p.x - a.x - share * dx, p.y - a.y - share * dy)
}
