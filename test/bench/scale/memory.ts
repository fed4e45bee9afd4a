import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchOptions } from '../bench.ts'
import type { Floor } from '../floor.ts'
import { residentBytes } from '../machine.ts'
import { CONTENDERS, startServer } from '../servers.ts'
import { openStage } from '../stage.ts'

const CLIENTS = 4000
/** Opened first, so that what a node allocates once is not counted as theirs. */
const FIRST = 1000
const FLOOR: Floor = { clients: CLIENTS, symbols: 200, each: 20 }
const SETTLE_MS = 2000

const COLLECT = new URL('../../soak/collect/main.ts', import.meta.url).href
/** The node as it comes, and with a way to collect its garbage. */
const NODE = {
  ...CONTENDERS.watchfloor,
  args: () => ['--max-semi-space-size=8', '--import', COLLECT, 'server/main.ts'],
}

/** Resident memory without garbage. */
const residentNow = async (pid: number): Promise<number | null> => {
  for (let i = 0; i < 3; i++) {
    await sleep(SETTLE_MS)
    process.kill(pid, 'SIGUSR2')
  }
  await sleep(SETTLE_MS)
  return residentBytes(pid)
}

/** Resident memory of a node for each client that watches 20 symbols, in KB: what the last 3,000 of 4,000 added. */
export const kilobytesPerClient = async ({ machine }: BenchOptions): Promise<number | null> => {
  const stage = await openStage(machine)
  try {
    const server = await startServer(machine, NODE, stage.redis.url)
    try {
      await stage.feed.ask('open', { url: stage.redis.url, symbols: FLOOR.symbols, style: NODE.style })
      const clients = { port: server.port, dialect: NODE.dialect, floor: FLOOR, atOnce: 100 }
      const more = stage.addLoad()
      await stage.load.ask('open', { ...clients, from: 0, to: FIRST }, 60_000)
      const before = await residentNow(server.pid)
      await more.ask('open', { ...clients, from: FIRST, to: CLIENTS }, 120_000)
      const after = await residentNow(server.pid)
      await more.kill()
      return before === null || after === null ? null : (after - before) / 1024 / (CLIENTS - FIRST)
    } finally {
      await server.child.kill()
    }
  } finally {
    await stage.close()
  }
}
