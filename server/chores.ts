import { ARCHIVE_CHECK_EVERY_MS } from './archive/state.ts'
import type { Core, CorePorts } from './core.ts'
import { GROUPS_EVERY_MS } from './fleet/groups.ts'
import { startSweeper } from './fleet/sweeper.ts'
import { ARRIVALS_EVERY_MS, createArrivals } from './people/arrivals.ts'
import { CHECK_EVERY_MS } from './people/revocations.ts'
import { type Counts, readCounts } from './redis/counts.ts'
import { readCursors } from './redis/cursors.ts'

const SWEEP_EVERY_MS = 30_000
const PRESENCE_EVERY_MS = 1000
/** How late a right may end, at the most. */
const PEOPLE_EVERY_MS = 1000
const DEVICES_EVERY_MS = 1000
const CLOCKS_EVERY_MS = 10_000

export type ChoresPorts = CorePorts &
  Core & {
    /** Called with what became of the items that feeds sent, once a heartbeat. */
    counted: (items: Counts) => void
  }

/** What a node does by the clock. Returns a function that stops it. */
export const startChores = (ports: ChoresPorts): (() => void) => {
  const { config, name, link, clients, groups, register, rooms, revocations, devices, log, faults, unreadable } = ports
  // Twice a heartbeat: what is lacking at two comparisons in a row is lost, and so found within one.
  let comparing = false
  const verify = async (): Promise<void> => {
    if (comparing || !link.isUp()) return
    comparing = true
    await clients.demand.verify(readCursors(link.command)).finally(() => {
      comparing = false
    })
  }
  const verifying = setInterval(faults.guard('chore.compare', verify), config.HEARTBEAT_MS / 2)
  const count = async (): Promise<void> => {
    if (link.isUp()) ports.counted(await readCounts(link.command))
  }
  const counting = setInterval(faults.guard('chore.counts', count), config.HEARTBEAT_MS).unref()
  const readGroups = (): Promise<void> | undefined => (link.isUp() ? groups.read() : undefined)
  const reading = setInterval(faults.guard('chore.groups', readGroups), GROUPS_EVERY_MS)
  const telling = setInterval(faults.guard('chore.presence', rooms.presence.tell), PRESENCE_EVERY_MS)
  const hearing = setInterval(faults.guard('chore.revocations', revocations.check), CHECK_EVERY_MS)
  const endArrived = createArrivals({
    redis: link.command,
    store: ports.store,
    node: name,
    now: Date.now,
    ended: ports.metrics.arrived,
    log,
    unreadable,
  })
  const arriving = setInterval(faults.guard('chore.arrivals', endArrived), ARRIVALS_EVERY_MS).unref()
  const looking = setInterval(faults.guard('chore.people', clients.sweep), PEOPLE_EVERY_MS)
  const connecting = setInterval(faults.guard('chore.devices', devices.tick), DEVICES_EVERY_MS)
  const keeping = setInterval(faults.guard('chore.commands', devices.keep), DEVICES_EVERY_MS).unref()
  const askingArchive = setInterval(
    faults.guard('chore.archive', ports.archiveWatch.check),
    ARCHIVE_CHECK_EVERY_MS,
  ).unref()
  const comparingClocks = setInterval(faults.guard('chore.clocks', devices.compareClocks), CLOCKS_EVERY_MS).unref()
  const sweeping = { reapAfterMs: config.REAP_AFTER_S * 1000, everyMs: SWEEP_EVERY_MS }
  const stopSweeper = startSweeper(link.command, name, sweeping, log, faults, register, unreadable)
  const timers = [
    verifying,
    counting,
    reading,
    telling,
    hearing,
    arriving,
    looking,
    connecting,
    keeping,
    askingArchive,
    comparingClocks,
  ]
  return () => {
    for (const timer of timers) clearInterval(timer)
    rooms.presence.stop()
    stopSweeper()
  }
}
