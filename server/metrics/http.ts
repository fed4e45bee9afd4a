import type { Registry } from 'prom-client'
import { slot, slots } from './slots.ts'

/** Why a connection for HTTP was ended: see server/http/server.ts. */
const REASONS = ['pipelined', 'stalled', 'malformed', 'late'] as const

/** Counts what HTTP costs, and the connections that were ended for what they did. */
export const countHttp = (registry: Registry) => {
  const spent = slot(registry, {
    name: 'watchfloor_http_work_seconds_total',
    help: 'CPU time that HTTP requests took on the one thread of this node',
  })
  const ended = slots(registry, {
    name: 'watchfloor_http_ended_total',
    help: 'HTTP connections that this node ended, by reason',
    label: 'reason',
    values: REASONS,
  })
  return {
    spentOnHttp: (ms: number): void => {
      spent.n += ms / 1000
    },
    ended: (reason: (typeof REASONS)[number]): void => {
      ended[reason].n++
    },
  }
}
