import type { Surface } from './surface.ts'
import { acts } from './surfaces/acts.ts'
import { devices } from './surfaces/devices.ts'
import { doors } from './surfaces/doors.ts'
import { events } from './surfaces/events.ts'
import { frames } from './surfaces/frames.ts'
import { http } from './surfaces/http.ts'
import { library } from './surfaces/library.ts'
import { lines } from './surfaces/lines.ts'
import { packets } from './surfaces/packets.ts'
import { redis } from './surfaces/redis.ts'
import { replay } from './surfaces/replay.ts'
import { tokens } from './surfaces/tokens.ts'

/** Every way in from outside. */
export const SURFACES: readonly Surface[] = [
  frames,
  packets,
  events,
  acts,
  devices,
  http,
  doors,
  lines,
  tokens,
  redis,
  library,
  replay,
]
