import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchOptions } from '../bench.ts'
import type { Floor } from '../floor.ts'
import { residentBytes } from '../machine.ts'
import { onStage } from '../run.ts'
import { CONTENDERS } from '../servers.ts'

const CLIENTS = 4000
/** Opened first, so that what a node allocates once is not counted as theirs. */
const FIRST = 1000
const FLOOR: Floor = { clients: CLIENTS, symbols: 200, each: 20 }
const SETTLE_MS = 4000

/** Resident memory of a node for each client that watches 20 symbols, in KB: what the last 3,000 of 4,000 added. */
export const kilobytesPerClient = ({ machine }: BenchOptions): Promise<number | null> =>
  onStage(machine, 'watchfloor', FLOOR, async (stage, server) => {
    const clients = { port: server.port, dialect: CONTENDERS.watchfloor.dialect, floor: FLOOR, atOnce: 100 }
    const more = stage.addLoad()
    await stage.load.ask('open', { ...clients, from: 0, to: FIRST }, 60_000)
    await sleep(SETTLE_MS)
    const before = residentBytes(server.pid)
    await more.ask('open', { ...clients, from: FIRST, to: CLIENTS }, 120_000)
    await sleep(SETTLE_MS)
    const after = residentBytes(server.pid)
    await more.kill()
    return before === null || after === null ? null : (after - before) / 1024 / (CLIENTS - FIRST)
  })
