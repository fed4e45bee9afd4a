import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Floor } from './floor.ts'
import type { Faults, Percentiles } from './load/tally.ts'
import { busySeconds, cpuSeconds, type Machine, residentBytes } from './machine.ts'
import { CONTENDERS, type Contender, type ContenderKey, type RunningServer, startServer } from './servers.ts'
import { openStage, type Stage } from './stage.ts'

export type Workload = { floor: Floor; tradesPerSecond: number; warmUpMs: number; windowMs: number }

/** One run of one server under one workload. */
export type Measured = {
  /** Null where every trade reached every client once and in order; else what went wrong. */
  failure: string | null
  deliveriesPerSecond: number
  /** Of the server's processor time per delivery, in microseconds; null where the system does not tell. */
  cpuMicros: number | null
  /**
   * Share of a core that the server, the load process, Redis and the feed used, and `others`: programs that are not of
   * the bench.
   */
  cores: Record<keyof Pids | 'others', number | null>
  delays: Percentiles
  bytesPerDelivery: number
  deliveriesPerFrame: number
  residentMb: number | null
  /** The most that the feed was behind its own schedule, in milliseconds. */
  feedLateMs: number
}

/** Faults in words, null for none. */
export const describeFaults = (faults: Faults): string | null => {
  const words = Object.entries(faults).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []))
  return words.length > 0 ? words.join(', ') : null
}

const SETTLE_MS = 10_000

const emptied = async (url: string): Promise<void> => {
  const redis = new Redis(url)
  await redis.flushall()
  redis.disconnect()
}

/** Runs `work` against a freshly started server on a fresh stage, and ends both. */
export const onStage = async <T>(
  machine: Machine,
  key: ContenderKey,
  floor: Floor,
  work: (stage: Stage, server: RunningServer) => Promise<T>,
): Promise<T> => {
  const contender = CONTENDERS[key]
  const stage = await openStage(machine)
  try {
    await emptied(stage.redis.url)
    const server = await startServer(machine, contender, stage.redis.url)
    try {
      await stage.feed.ask('open', { url: stage.redis.url, symbols: floor.symbols, style: contender.style })
      return await work(stage, server)
    } finally {
      await server.child.kill()
    }
  } finally {
    await stage.close()
  }
}

/** Starts a server, connects the clients, feeds it, and measures for the window. */
export const measure = (machine: Machine, key: ContenderKey, work: Workload): Promise<Measured> =>
  onStage(machine, key, work.floor, async (stage, server) => {
    const { floor } = work
    const { dialect, token }: Contender = CONTENDERS[key]
    const clients = { port: server.port, dialect, floor, from: 0, to: floor.clients, token: await token?.() }
    await stage.load.ask('open', clients, 60_000)
    return measureWindow(stage, server, work)
  })

/** Feeds a server whose clients are connected, measures for the window, stops the feed and checks that all came. */
export const measureWindow = async (stage: Stage, server: RunningServer, work: Workload): Promise<Measured> => {
  const { feed, load, redis } = stage
  const pids = { server: server.pid, load: load.pid, redis: redis.pid, feed: feed.pid }
  await feed.ask('start', { rate: work.tradesPerSecond })
  await sleep(work.warmUpMs)
  const before = usage(pids)
  const from = await load.ask('mark', null)
  await sleep(work.windowMs)
  const to = await load.ask('mark', null)
  const after = usage(pids)
  const residentMb = residentBytes(server.pid)
  const { sent, lateMs } = await feed.ask('stop', null)
  const { faults } = await load.ask('settle', { sent, limitMs: SETTLE_MS }, SETTLE_MS + 30_000)
  const deliveries = to.deliveries - from.deliveries
  const [ownShare, took] = [share(before, after, 'server'), seconds(before, after)]
  const cores = {
    server: ownShare,
    load: share(before, after, 'load'),
    redis: share(before, after, 'redis'),
    feed: share(before, after, 'feed'),
    others: others(before, after),
  }
  return {
    failure: server.gone() ? 'the server ended' : describeFaults(faults),
    deliveriesPerSecond: deliveries / took,
    cpuMicros: ownShare === null ? null : (ownShare * took * 1e6) / deliveries,
    cores,
    delays: to.delays,
    bytesPerDelivery: (to.bytes - from.bytes) / deliveries,
    deliveriesPerFrame: deliveries / (to.frames - from.frames),
    residentMb: residentMb === null ? null : residentMb / 2 ** 20,
    feedLateMs: lateMs,
  }
}

/** The processes of a run. */
export type Pids = Record<'server' | 'load' | 'redis' | 'feed', number>
export type Usage = { at: number; busy: number | null; cpu: Record<keyof Pids, number | null> }

/** Processor time used up to now, by each process and by the whole machine. */
export const usage = (pids: Pids): Usage => ({
  at: performance.now(),
  busy: busySeconds(),
  cpu: {
    server: cpuSeconds(pids.server),
    load: cpuSeconds(pids.load),
    redis: cpuSeconds(pids.redis),
    feed: cpuSeconds(pids.feed),
  },
})

/**
 * Share of a core that programs which are not of the bench used between two looks; null where the system does not tell.
 */
export const others = (from: Usage, to: Usage): number | null => {
  if (from.busy === null || to.busy === null) return null
  const own = (Object.keys(to.cpu) as (keyof Pids)[]).reduce((sum, who) => sum + (share(from, to, who) ?? 0), 0)
  return Math.max(0, (to.busy - from.busy) / seconds(from, to) - own)
}

export const seconds = (from: Usage, to: Usage): number => (to.at - from.at) / 1000

/** Share of a core that one of the processes used between two looks. */
export const share = (from: Usage, to: Usage, who: keyof Pids): number | null => {
  const [before, after] = [from.cpu[who], to.cpu[who]]
  return before === null || after === null ? null : (after - before) / seconds(from, to)
}
