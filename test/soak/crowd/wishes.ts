import type { Random } from '../../../simulators/random.ts'
import type { Bounds } from '../../../wire/cells.ts'
import { clamp } from '../../../wire/clamp.ts'
import type { Tuning } from '../../../wire/protocol.ts'
import type { Topic } from '../../../wire/topics.ts'
import { AREA, NAMED, WIDEST } from '../world.ts'
import type { Roamer, Wishes } from './roamer.ts'

const EACH = 8

export const someTuning = ({ next }: Random): Tuning => {
  const draw = next()
  if (draw < 0.5) return {}
  return draw < 0.8 ? { mode: 'latest', rate: 1 + Math.floor(next() * 5) } : { mode: 'every', rate: 2 }
}

export const someTopic = ({ below }: Random): Topic => NAMED[below(NAMED.length)] as Topic

/** Somewhere in the area, from a few streets to a third of the city. */
export const someView = ({ next }: Random): Bounds => {
  const [width, height] = [0.02 + next() * (WIDEST - 0.02), 0.02 + next() * (WIDEST - 0.02)]
  const west = AREA.west + next() * (AREA.east - AREA.west - width)
  const south = AREA.south + next() * (AREA.north - AREA.south - height)
  return { west, east: west + width, south, north: south + height }
}

/** The same view, dragged a little. */
export const dragged = ({ west, east, south, north }: Bounds, { next }: Random): Bounds => {
  const x = clamp(west + (next() - 0.5) * 0.05, AREA.west, AREA.east - (east - west)) - west
  const y = clamp(south + (next() - 0.5) * 0.05, AREA.south, AREA.north - (north - south)) - south
  return { west: west + x, east: east + x, south: south + y, north: north + y }
}

/** What a client watches whenever the floor is calm, so that calm moments can be compared. */
export const homeWishes = (random: Random): Wishes => ({
  topics: new Map(Array.from({ length: EACH }, () => [someTopic(random), someTuning(random)] as const)),
  view: random.next() < 0.8 ? { bounds: someView(random), tuning: someTuning(random) } : null,
})

/** Makes a roamer want exactly this. */
export const goHome = (roamer: Roamer, home: Wishes): void => {
  const { topics, view } = roamer.wishes()
  for (const topic of [...topics.keys()]) if (!home.topics.has(topic)) roamer.unwatch(topic)
  for (const [topic, tuning] of home.topics)
    if (!topics.has(topic)) roamer.watch(topic, tuning)
    else if (topics.get(topic) !== tuning) roamer.tune(topic, tuning)
  if (view !== home.view) roamer.look(home.view)
}
