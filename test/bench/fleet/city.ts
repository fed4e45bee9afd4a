import { createRandom } from '../../../simulators/random.ts'
import type { Bounds } from '../../../wire/cells.ts'

export const AUSTIN = { lat: 30.2672, lon: -97.7431 }
/** Of a degree: devices and views lie around the middle as a bell curve of this width, some 9 km. */
export const SPREAD = 0.08
/** Width and height of a view in degrees, some 10 km: what a dispatcher's screen shows at zoom 13. */
const SIDE = 0.1

/** What each client looks at; the same in every process and every run. */
export const views = (clients: number): Bounds[] => {
  const random = createRandom(13)
  return Array.from({ length: clients }, () => {
    const [lat, lon] = [AUSTIN.lat + random.normal() * SPREAD, AUSTIN.lon + random.normal() * SPREAD]
    return { west: lon - SIDE / 2, east: lon + SIDE / 2, south: lat - SIDE / 2, north: lat + SIDE / 2 }
  })
}
