import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Faults, Percentiles } from '../load/tally.ts'
import { busySeconds, cpuSeconds, type Machine, residentBytes } from '../machine.ts'
import { describeFaults } from '../run.ts'
import { CONTENDERS, type RunningServer, startServer } from '../servers.ts'
import { openStage, type Stage } from '../stage.ts'

/** What the clients of one node have counted so far. */
export type Counted = { deliveries: number; frames: number; bytes: number; delays: Percentiles }

/** A feed and the clients of each node; every part of it runs on the load's core. */
export type Rig = {
  /** Processes whose processor time is the load's, not the nodes'. */
  pids: () => number[]
  openFeed: () => Promise<void>
  /** Connects the clients of one node and resolves when all are answered for. */
  openClients: (node: number, port: number) => Promise<void>
  start: () => Promise<void>
  /** Returns once all that was published is in Redis: how many updates were asked of it in all. */
  stop: () => Promise<void>
  mark: (node: number) => Promise<Counted>
  /** Waits until the clients of a node have all there is, and answers what they lack or had twice. */
  settle: (node: number) => Promise<Faults>
  close: () => void
}

/** One node in one run; figures are per second unless they say otherwise. */
export type NodeFigures = {
  /** Share of a core. */
  cpu: number | null
  deliveries: number
  frames: number
  bytes: number
  /** Updates that it took in from Redis, and how often it wrote to its clients. */
  messages: number
  flushes: number
  delays: Percentiles
  residentMb: number | null
}
export type ScaleRun = {
  failure: string | null
  nodes: NodeFigures[]
  /** Shares of a core. */
  redis: number | null
  load: number | null
  others: number | null
  /** Updates a second that Redis published. */
  updates: number
}

export type Contender = 'watchfloor' | 'fixed'
export type Timing = { warmUpMs: number; windowMs: number }

/** Figures of a node's own /metrics by the text before the number; 0 where there is none. */
const scrape = async (port: number): Promise<(name: string) => number> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const lines = text.split('\n')
  return (name) => Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length) ?? 0)
}

type Look = { at: number; busy: number | null; cpu: Map<number, number | null> }
const look = (pids: readonly number[]): Look => ({
  at: performance.now(),
  busy: busySeconds(),
  cpu: new Map(pids.map((pid) => [pid, cpuSeconds(pid)])),
})

/** Starts so many nodes on one fresh Redis, opens the clients, feeds them, and measures each for the window. */
export const measureNodes = async (
  machine: Machine,
  { nodes, contender, ...timing }: { nodes: number; contender: Contender } & Timing,
  rigOf: (stage: Stage) => Rig,
): Promise<ScaleRun> => {
  const stage = await openStage(machine)
  const servers: RunningServer[] = []
  let rig: Rig | null = null
  try {
    for (let i = 0; i < nodes; i++) servers.push(await startServer(machine, CONTENDERS[contender], stage.redis.url))
    rig = rigOf(stage)
    await rig.openFeed()
    for (const [i, { port }] of servers.entries()) await rig.openClients(i, port)
    await rig.start()
    await sleep(timing.warmUpMs)
    const window = await measureWindow(stage, servers, rig, timing.windowMs)
    await rig.stop()
    const { settle } = rig
    const faults = await Promise.all(servers.map((_, i) => settle(i)))
    const failures = faults.flatMap((each, i) => {
      const words = servers[i]?.gone() ? 'it ended' : describeFaults(each)
      return words ? [`node ${i + 1}: ${words}`] : []
    })
    return { ...window, failure: failures.join('; ') || null }
  } finally {
    rig?.close()
    await Promise.all(servers.map(({ child }) => child.kill()))
    await stage.close()
  }
}

/** Updates that Redis has published so far, by its own count of calls. */
const published = async (redis: Redis): Promise<number> =>
  Number(/cmdstat_fcall:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0)

const measureWindow = async (
  stage: Stage,
  servers: readonly RunningServer[],
  rig: Rig,
  windowMs: number,
): Promise<Omit<ScaleRun, 'failure'>> => {
  const redis = new Redis(stage.redis.url)
  const around = rig.pids()
  const pids = [...servers.map(({ pid }) => pid), stage.redis.pid, ...around]
  const snap = async () => ({
    calls: await published(redis),
    scraped: await Promise.all(servers.map(({ port }) => scrape(port))),
  })
  const before = await snap()
  const countedBefore = await Promise.all(servers.map((_, i) => rig.mark(i)))
  const from = look(pids)
  await sleep(windowMs)
  const to = look(pids)
  const countedAfter = await Promise.all(servers.map((_, i) => rig.mark(i)))
  const after = await snap()
  redis.disconnect()
  const seconds = (to.at - from.at) / 1000
  const share = (pid: number): number | null => {
    const [a, b] = [from.cpu.get(pid) ?? null, to.cpu.get(pid) ?? null]
    return a === null || b === null ? null : (b - a) / seconds
  }
  const sum = (all: readonly number[]): number => all.reduce((total, pid) => total + (share(pid) ?? 0), 0)
  return {
    redis: share(stage.redis.pid),
    load: sum(around),
    others: from.busy === null || to.busy === null ? null : Math.max(0, (to.busy - from.busy) / seconds - sum(pids)),
    updates: (after.calls - before.calls) / seconds,
    nodes: servers.map(({ pid }, i) => {
      const [first, last] = [countedBefore[i], countedAfter[i]]
      const counted = (of: 'deliveries' | 'frames' | 'bytes') => ((last?.[of] ?? 0) - (first?.[of] ?? 0)) / seconds
      const told = (name: string) => ((after.scraped[i]?.(name) ?? 0) - (before.scraped[i]?.(name) ?? 0)) / seconds
      const resident = residentBytes(pid)
      return {
        cpu: share(pid),
        deliveries: counted('deliveries'),
        frames: counted('frames'),
        bytes: counted('bytes'),
        messages: told('watchfloor_updates_total'),
        flushes: told('watchfloor_flush_seconds_count'),
        delays: last?.delays ?? { p50: 0, p95: 0, p99: 0, max: 0 },
        residentMb: resident === null ? null : resident / 2 ** 20,
      }
    }),
  }
}
