import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import type { Logger } from 'pino'
import { parseRedisAddress } from '../redis/address.ts'
import { type Archiving, startArchiving } from './archive/start.ts'
import { startChores } from './chores.ts'
import type { Config } from './config.ts'
import { type Core, type CorePorts, openCore } from './core.ts'
import { openLines } from './devices/doors/open-lines.ts'
import { drain } from './drain.ts'
import { tellFaults } from './fault-log.ts'
import { createFaults, type Faults, type Inject } from './faults.ts'
import { type Front, openFront } from './front.ts'
import { inTurn } from './in-turn.ts'
import type { NodeLog } from './log.ts'
import { createMetrics } from './metrics/metrics.ts'
import type { Counts } from './redis/counts.ts'
import { tellUnreadable } from './redis/unreadable.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

export type RunningNode = {
  url: string
  /** Tells of what nothing else caught. */
  caught: (error: unknown) => void
  stop: () => Promise<void>
}

/**
 * Composes a node and starts it; throws, with the remedy, where it cannot start. `inject`: throws faults, where tests
 * want them.
 */
export const startNode = async (
  config: Config,
  name: string,
  { log, lines }: NodeLog,
  inject: Inject | null = null,
): Promise<RunningNode> => {
  const count = tellFaults(
    log,
    (at) => metrics.fault(at),
    () => performance.now(),
  )
  const faults = createFaults(count, inject)
  let draining = false
  let items: Counts = { accepted: 0, repeat: 0, old: 0, refused: 0 }
  const metrics = createMetrics(
    {
      node: name,
      version,
      mode: parseRedisAddress(config.REDIS_URL).mode,
      clients: () => core.clients.count(),
      connections: () => front.access.counts(),
      watches: () => core.clients.watches(),
      topics: () => [...core.clients.demand.topics()].length,
      people: () => core.rooms.presence.count(),
      devices: () => ({
        connected: core.devices.connections.count(),
        waiting: core.devices.intake.waiting(),
        due: core.devices.due(),
      }),
      draining: () => draining,
      logLines: lines,
      items: () => items,
      redis: () => ({ up: core.link.isUp(), connections: core.link.connections() }),
      archive: () => ({ up: core.archiveWatch.state() !== 'down', ...archiving.figures() }),
      revocations: () => ({ known: core.revocations.count(), heard: core.revocations.hears() }),
    },
    Date.now,
    faults,
  )
  const unreadable = tellUnreadable(log, metrics.unreadable)
  const ports: CorePorts = { config, name, version, log, faults, metrics, unreadable, archive: null }
  const core = await openCore(ports)
  const front = await openFront({ ...ports, ...core, archive: null, draining: () => draining }).catch(async (error) => {
    await core.link.close()
    throw error
  })
  const deviceLines = await openLines({ ...ports, ...core }).catch(async (error) => {
    await front.close()
    await core.link.close()
    throw error
  })
  const archiving = startArchiving({ ...ports, ...core })
  const stopChores = startChores({
    ...ports,
    ...core,
    counted: (counts) => {
      items = counts
    },
  })

  return {
    url: front.url,
    caught: (error) => faults.caught('process', error),
    stop: async () => {
      draining = true
      await stopNode(config, core, front, { stopLines: deviceLines.close, archiving, stopChores }, log, faults)
    },
  }
}

/**
 * Stops a node: first other nodes take over what comes by lines, and archiving, then its clients move to others, and then
 * all is closed, the tie to Redis and the archive last of all.
 */
const stopNode = async (
  config: Config,
  { link, clients, archive }: Core,
  front: Front,
  { stopLines, archiving, stopChores }: { stopLines: () => unknown; archiving: Archiving; stopChores: () => void },
  log: Logger,
  faults: Faults,
): Promise<void> => {
  const { devices } = front
  log.info({ clients: clients.count(), devices: devices.count() }, 'Watchfloor node is stopping')
  const empty = async (): Promise<void> => {
    const drained = await drain({
      graceMs: config.DRAIN_MS,
      clients: () => clients.count() + devices.count(),
      stopListening: front.stopListening,
      sendAway: (notice) => {
        clients.sendAway(notice)
        devices.sendAway(notice)
      },
      now: () => performance.now(),
      random: Math.random,
      wait: setTimeout,
    })
    log.info(drained, 'Watchfloor node is empty')
  }
  const steps = [
    stopLines,
    archiving.close,
    empty,
    stopChores,
    clients.stop,
    devices.stop,
    front.closeMetrics,
    front.close,
    clients.demand.close,
    link.close,
    () => archive?.close(),
  ]
  await inTurn(faults, steps)
  log.info('Watchfloor node has stopped')
}
