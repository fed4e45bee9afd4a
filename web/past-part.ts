import type { Ground } from './ground.ts'
import type { Stream } from './socket/stream.ts'
import type { Archived } from './state/past/archived.ts'
import { createPast } from './state/past/create-past.ts'
import type { Stores } from './state/stores.ts'

type PastPorts = { ground: Ground; stores: Stores; archived: Archived; stream: () => Stream; here: () => number }

/** The clock of a floor that shows the past, tied to its connection and its stores; null on the live floor. */
export const createPastPart = ({ ground: { past, place, pace }, stores, archived, stream, here }: PastPorts) => {
  if (past === null) return null
  const { clock, asSeen } = past
  const { link, rewind, reread } = stores
  return createPast({
    ...{ clock, place, pace, asSeen, archived, link, here, rewind, reread },
    ask: (request) => stream().connection.moveClock(request),
    anew: (work) => stream().session.anew(work),
    connected: () => stream().connection.connected(),
    restart: () => stream().connection.restart(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  })
}
