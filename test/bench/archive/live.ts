import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from '../../support/environment.ts'
import type { BenchOptions } from '../bench.ts'
import { asker } from '../calls.ts'
import type { Floor } from '../floor.ts'
import { LOAD_CORE } from '../machine.ts'
import { describeFaults, type Pids, share, usage } from '../run.ts'
import { type RunningServer, startServer, watchfloor } from '../servers.ts'
import { openStage, type Stage } from '../stage.ts'
import type { RewoundCalls } from './rewound/rewound.ts'

/** 20,000 deliveries a second. */
const FLOOR: Floor = { clients: 400, symbols: 200, each: 20 }
const TRADES_PER_SECOND = 500
/** People who are rewound at once. */
const REWOUND: Floor = { clients: 20, symbols: 200, each: 20 }
const WARM_UP_MS = 12_000
const SETTLE_MS = 10_000

/** What is archived while the floor is live. */
export const ARCHIVINGS = {
  none: { what: 'no archive', env: { ARCHIVE_URL: 'none' } },
  candles: { what: 'candles', env: {} },
  trades: { what: 'candles and every trade', env: { ARCHIVE_TRADES: '*' } },
} as const
export type Archiving = keyof typeof ARCHIVINGS

/** Shares of a core, and p99 of the live clients (ms). */
export type Phase = { redis: number | null; node: number | null; p99: number }
/** `rewound`: the same while people look at the past, who got so many frames a second. */
export type LiveOutcome = Phase & { rewound: (Phase & { frames: number }) | null }

const phaseOf = async (stage: Stage, server: RunningServer, ms: number): Promise<Phase> => {
  const pids: Pids = { server: server.pid, load: stage.load.pid, redis: stage.redis.pid, feed: stage.feed.pid }
  await stage.load.ask('mark', null)
  const before = usage(pids)
  await sleep(ms)
  const { delays } = await stage.load.ask('mark', null)
  const after = usage(pids)
  return { redis: share(before, after, 'redis'), node: share(before, after, 'server'), p99: delays.p99 }
}

const rewind = async (stage: Stage, server: RunningServer, at: number, ms: number, { machine }: BenchOptions) => {
  const child = machine.start('rewound', LOAD_CORE, ['test/bench/archive/rewound/main.ts'])
  try {
    const ask = asker<RewoundCalls>(child.process)
    await ask('open', { port: server.port, floor: REWOUND, at, speed: 1 }, 120_000)
    await ask('mark', null)
    const phase = await phaseOf(stage, server, ms)
    const { frames } = await ask('mark', null)
    if (frames === 0) throw new Error('nothing came from the past')
    return { ...phase, frames: frames / (ms / 1000) }
  } finally {
    await child.kill()
  }
}

const measureOn = async (stage: Stage, server: RunningServer, archiving: Archiving, options: BenchOptions) => {
  const { load, feed } = stage
  const ms = options.quick ? 8000 : 20_000
  await feed.ask('open', { url: stage.redis.url, symbols: FLOOR.symbols, style: 'watchfloor' })
  const clients = { port: server.port, dialect: 'watchfloor', floor: FLOOR, from: 0, to: FLOOR.clients } as const
  await load.ask('open', clients, 60_000)
  await feed.ask('start', { rate: TRADES_PER_SECOND })
  const began = Date.now()
  await sleep(WARM_UP_MS)
  const quiet = await phaseOf(stage, server, ms)
  const rewound = archiving === 'trades' ? await rewind(stage, server, began + 2000, ms, options) : null
  const { sent } = await feed.ask('stop', null)
  const { faults } = await load.ask('settle', { sent, limitMs: SETTLE_MS }, SETTLE_MS + 30_000)
  const failure = describeFaults(faults)
  if (failure) throw new Error(failure)
  return { ...quiet, rewound }
}

/** The live floor beside a node that archives, and with people who look at the past. */
export const measureLive = async (archiving: Archiving, options: BenchOptions): Promise<LiveOutcome> => {
  const { machine } = options
  mkdirSync(join(ROOT, 'dist'), { recursive: true })
  const folder = mkdtempSync(join(ROOT, 'dist/bench-archive-'))
  const stage = await openStage(machine)
  try {
    const env = { ARCHIVE_URL: `sqlite:${join(folder, 'archive.db')}`, ...ARCHIVINGS[archiving].env }
    const contender = watchfloor(`watchfloor, ${archiving}`, { NODE_ENV: 'production', ...env })
    const server = await startServer(machine, contender, stage.redis.url)
    try {
      return await measureOn(stage, server, archiving, options)
    } finally {
      await server.child.stop()
    }
  } finally {
    await stage.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
