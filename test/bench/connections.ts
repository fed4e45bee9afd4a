import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, type BenchOptions, rounds } from './bench.ts'
import type { Floor } from './floor.ts'
import { residentBytes } from './machine.ts'
import { emptyReport, median, ratio, rounded, show } from './report.ts'
import { describeFaults, onStage } from './run.ts'
import { CONTENDERS, type ContenderKey, type RunningServer, startServer } from './servers.ts'
import type { Stage } from './stage.ts'

const CLIENTS = 5000
/** Opened first, so that what a server allocates once is not counted as the connections'. */
const FIRST = 500
const SETTLE_MS = 4000
const IDLE: Floor = { clients: CLIENTS, symbols: 1, each: 0 }

/** Resident memory per idle connection, in KB: what the last 4,500 of 5,000 added. */
const memory = async (stage: Stage, server: RunningServer, key: ContenderKey): Promise<number | null> => {
  const { dialect } = CONTENDERS[key]
  const more = stage.addLoad()
  const clients = { port: server.port, dialect, floor: IDLE, atOnce: 100 }
  await stage.load.ask('open', { ...clients, from: 0, to: FIRST })
  await sleep(SETTLE_MS)
  const before = residentBytes(server.pid)
  await more.ask('open', { ...clients, from: FIRST, to: CLIENTS }, 60_000)
  await sleep(SETTLE_MS)
  const after = residentBytes(server.pid)
  await more.kill()
  return before === null || after === null ? null : (after - before) / 1024 / (CLIENTS - FIRST)
}

const FLOOR: Floor = { clients: CLIENTS, symbols: 200, each: 20 }
/** 10,000 deliveries a second. */
const TRADES_PER_SECOND = 20
const WHOLE_LIMIT_MS = 60_000

/**
 * Kills the node under 5,000 clients, starts it again, and answers the seconds from its readiness until all are whole.
 */
const restart = async (stage: Stage, server: RunningServer, { machine, say }: BenchOptions): Promise<number> => {
  const { name, dialect } = CONTENDERS.watchfloor
  const clients = { port: server.port, dialect, floor: FLOOR, from: 0, to: CLIENTS, atOnce: 100, reconnect: true }
  await stage.load.ask('open', clients, WHOLE_LIMIT_MS)
  await stage.feed.ask('start', { rate: TRADES_PER_SECOND })
  await sleep(2000)
  await server.child.kill()
  const again = await startServer(machine, CONTENDERS.watchfloor, stage.redis.url, server.port)
  const readyAt = Date.now()
  try {
    const { at, tries } = await stage.load.ask('whole', { limitMs: WHOLE_LIMIT_MS }, WHOLE_LIMIT_MS + 5000)
    const { sent } = await stage.feed.ask('stop', null)
    const { faults } = await stage.load.ask('settle', { sent, limitMs: 10_000 }, 40_000)
    const failure = describeFaults(faults)
    if (failure) throw new Error(`after the restart: ${failure}`)
    const seconds = Math.max(0, at - readyAt) / 1000
    say(
      `restart, ${name}: whole again after ${show(seconds, 2)} s, ${show(tries / CLIENTS, 1)} connections a client in all`,
    )
    return seconds
  } finally {
    await again.child.kill()
  }
}

const KEYS = ['watchfloor', 'ws', 'adapter'] as const satisfies ContenderKey[]

/** Memory per idle connection, and how soon all clients have everything again after a restart. */
export const connections: Bench = async (options) => {
  const report = emptyReport()
  const kilobytes: Record<(typeof KEYS)[number], (number | null)[]> = { watchfloor: [], ws: [], adapter: [] }
  const seconds: number[] = []
  const attempt = async (name: string, work: () => Promise<void>): Promise<void> => {
    if (options.signal.aborted) return
    await work().catch((error: Error) => {
      if (!options.signal.aborted) report.failures.push(`connections, ${name}: ${error.message}`)
    })
  }
  for (let round = 0; round < rounds(options); round++) {
    for (const key of KEYS)
      await attempt(CONTENDERS[key].name, async () => {
        const each = await onStage(options.machine, key, IDLE, (stage, server) => memory(stage, server, key))
        options.say(`idle, ${CONTENDERS[key].name}: ${show(each)} KB a connection`)
        kilobytes[key].push(each)
      })
    await attempt('restart', async () => {
      seconds.push(
        await onStage(options.machine, 'watchfloor', FLOOR, (stage, server) => restart(stage, server, options)),
      )
    })
  }
  const [own, bare, adapter] = KEYS.map((key) => median(kilobytes[key]))
  report.tables.push({
    title: `Connections: ${CLIENTS} of them`,
    head: ['server', 'KB resident each, idle', 'seconds until whole again'],
    rows: [
      ['watchfloor', show(own), show(median(seconds), 2)],
      ['ws', show(bare), '-'],
      ['adapter', show(adapter), '-'],
    ],
  })
  const above = own == null || bare == null ? null : own - bare
  report.figures = {
    'connections.kbAboveWs': rounded(above),
    'connections.kb': rounded(own ?? null),
    'connections.vsAdapter': rounded(ratio(own ?? null, adapter ?? null)),
    'connections.wholeAgainSeconds': rounded(median(seconds)),
  }
  return report
}
