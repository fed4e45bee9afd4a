import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { Faults } from './faults.ts'
import { GROUPS_EVERY_MS, type Groups } from './fleet/groups.ts'
import { startSweeper } from './fleet/sweeper.ts'
import type { Demand } from './live/demand.ts'
import { readCursors } from './redis/cursors.ts'
import type { RedisLink } from './redis/link.ts'
import type { Unreadable } from './redis/unreadable.ts'

const SWEEP_EVERY_MS = 30_000

/** What a node does by the clock. Returns how to stop it. */
export const startChores = (
  config: Config,
  name: string,
  link: RedisLink,
  { demand, groups }: { demand: Demand; groups: Groups },
  log: Logger,
  faults: Faults,
  unreadable: Unreadable,
): (() => void) => {
  // Twice a heartbeat: what is lacking at two comparisons in a row is lost, and so found within one.
  let comparing = false
  const verify = async (): Promise<void> => {
    if (comparing || !link.isUp()) return
    comparing = true
    await demand.verify(readCursors(link.command)).finally(() => {
      comparing = false
    })
  }
  const verifying = setInterval(faults.guard('chore.compare', verify), config.HEARTBEAT_MS / 2)
  const readGroups = (): Promise<void> | undefined => (link.isUp() ? groups.read() : undefined)
  const reading = setInterval(faults.guard('chore.groups', readGroups), GROUPS_EVERY_MS)
  const sweeping = { reapAfterMs: config.REAP_AFTER_S * 1000, everyMs: SWEEP_EVERY_MS }
  const stopSweeper = startSweeper(link.command, name, sweeping, log, faults, unreadable)
  return () => {
    clearInterval(verifying)
    clearInterval(reading)
    stopSweeper()
  }
}
