import { setImmediate } from 'node:timers/promises'
import { byLease } from '../by-lease.ts'
import type { Config } from '../config.ts'
import type { Core, CorePorts } from '../core.ts'
import { createLease } from '../redis/lease.ts'
import { portOf } from '../redis/port.ts'
import { type ArchiveFigures, createArchivist } from './archivist.ts'
import { TIMING } from './ports.ts'
import type { Keeps } from './retention.ts'
import { isNamed } from './settings.ts'

export type Archiving = {
  figures: () => ArchiveFigures
  close: () => Promise<void>
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

const keepsOf = (config: Config): Keeps => ({
  trades: config.KEEP_TRADES_D * DAY_MS,
  minutes: config.KEEP_1M_D * DAY_MS,
  candles: config.KEEP_CANDLES_D * DAY_MS,
  fixes: config.KEEP_FIXES_D * DAY_MS,
  events: config.KEEP_EVENTS_D * DAY_MS,
  messages: config.KEEP_MESSAGES_D * DAY_MS,
  record: config.KEEP_RECORD_D * DAY_MS,
})

/** Archives what is new, on one node at a time. Nothing happens where there is no archive. */
export const startArchiving = (ports: CorePorts & Core): Archiving => {
  const { config, name, link, archive, faults, metrics } = ports
  if (archive === null) return { figures: () => ({ lag: 0, nearLoss: 0 }), close: async () => {} }
  const clock = (): number => performance.now()
  const archivist = createArchivist(
    {
      ...ports,
      archive,
      redis: link.command,
      port: portOf(link.command),
      isUp: link.isUp,
      keepsTrades: (symbol) => isNamed(config.ARCHIVE_TRADES, symbol),
      kept: { s: config.KEEP_MINUTES_H * HOUR_MS, d: config.KEEP_TRACK_MIN * MINUTE_MS },
      timing: TIMING,
      count: metrics.archived,
      clock,
      now: ports.devices.now,
      rest: setImmediate,
    },
    keepsOf(config),
  )
  const lease = createLease({ redis: link.command, what: 'archive', node: name, clock })
  const { close } = byLease(lease, archivist.open, faults, 'archive.lease')
  return { figures: archivist.figures, close }
}
