import { setTimeout as sleep } from 'node:timers/promises'
import type { Cursor } from '../../../wire/protocol.ts'
import { createClock } from '../clock.ts'
import { views } from '../fleet/city.ts'
import { createTally, type Faults, type Percentiles } from '../load/tally.ts'
import { openViewer, type Viewer } from './viewer.ts'

export type ViewsCalls = {
  /** Opens clients `from` to before `to` of so many; resolves when each is answered for its view. */
  open: (options: { port: number; clients: number; from: number; to: number }) => Promise<void>
  mark: (argument: null) => { deliveries: number; frames: number; bytes: number; delays: Percentiles }
  /** Waits until every client is where Redis is in every cell of its view; how far it is not counts as lost. */
  settle: (argument: { cursors: Record<string, Cursor>; limitMs: number }) => Promise<Faults>
}

/** Many clients that watch a view of the map each, in one process. */
export const createViews = (): ViewsCalls => {
  const clock = createClock()
  const tally = createTally(0, 0)
  const count = { deliveries: 0, frames: 0, bytes: 0 }
  const viewers: Viewer[] = []

  return {
    open: async ({ port, clients, from, to }) => {
      const bounds = views(clients).slice(from, to)
      for (const view of bounds)
        await new Promise<void>((resolve, reject) => {
          const onEnd = (): void => {
            tally.faults.ended++
            reject(new Error('a client was disconnected'))
          }
          const late = (publishedAt: number): void => tally.late(clock.now() - publishedAt)
          viewers.push(openViewer(port, view, { count, faults: tally.faults, late, onWhole: resolve, onEnd }))
        })
    },
    mark: () => {
      const marked = { ...count, delays: tally.percentiles() }
      tally.clearDelays()
      clock.set()
      return marked
    },
    settle: async ({ cursors, limitMs }) => {
      const end = performance.now() + limitMs
      const lacking = (): number => viewers.reduce((sum, viewer) => sum + viewer.lacks(cursors), 0)
      while (lacking() > 0 && performance.now() < end) await sleep(50)
      tally.faults.lost += lacking()
      return tally.faults
    },
  }
}
