import { setTimeout as sleep } from 'node:timers/promises'
import type { AbuserCalls } from '../abuser/abuser.ts'
import type { Outcome } from '../abuser/outcome.ts'
import { asker } from '../calls.ts'
import { LOAD_CORE, type Machine } from '../machine.ts'
import { describeFaults } from '../run.ts'
import { type RunningServer, startServer } from '../servers.ts'
import { openBystander } from './bystander.ts'
import { FLOOR, type Ground, SIDES, type Side, TRADES_PER_SECOND } from './ground.ts'
import type { KindKey } from './kinds.ts'
import { type Phase, watchPhase } from './phase.ts'

export type Timing = { warmUpMs: number; abuseMs: number; restMs: number; afterMs: number }

/** What an abuse did to a server. Null: it died before. */
export type Run = {
  before: Phase
  during: Phase
  after: Phase | null
  outcome: Outcome
  /** What the clients who do no harm lost; null for nothing. */
  harm: string | null
  diedAfterS: number | null
}

const SETTLE_MS = 10_000

let nets = 0
/** A part of the loopback network that no abuser has had yet. */
const nextNet = (): string => {
  nets++
  return `127.${1 + Math.floor(nets / 250)}.${nets % 250}`
}

/** The dashboard's script, as its page names it. */
const scriptOf = async (port: number): Promise<string> => {
  const page = await (await fetch(`http://127.0.0.1:${port}/`)).text()
  return /src="\.?(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? '/'
}

/** The abuse, in a process of its own that is gone when this returns. */
const abuse = async <T>(
  machine: Machine,
  work: (abuser: { pid: number; ask: ReturnType<typeof asker<AbuserCalls>> }) => Promise<T>,
): Promise<T> => {
  const child = machine.start('abuser', LOAD_CORE, ['test/bench/abuser/main.ts'])
  try {
    return await work({ pid: child.process.pid ?? 0, ask: asker<AbuserCalls>(child.process) })
  } finally {
    await child.kill()
  }
}

/** Starts a server under its usual load, and ends both. */
const onSide = async <T>(
  machine: Machine,
  { stage, feeds }: Ground,
  side: Side,
  work: (server: RunningServer) => Promise<T>,
): Promise<T> => {
  const contender = SIDES[side]
  const feed = feeds[side]
  await machine.untilQuiet()
  const server = await startServer(machine, contender, stage.redis.url)
  try {
    // A client of the plain server cannot know where its symbols stand: there they begin anew.
    if (contender.style === 'plain') {
      await feed.ask('close', null)
      await feed.ask('open', { url: stage.redis.url, symbols: FLOOR.symbols, style: contender.style })
    }
    const clients = { port: server.port, dialect: contender.dialect, floor: FLOOR, from: 0, to: FLOOR.clients }
    await stage.load.ask('open', clients, 60_000)
    await feed.ask('start', { rate: TRADES_PER_SECOND })
    return await work(server)
  } finally {
    await feed.ask('stop', null)
    await stage.load.ask('close', null)
    await server.child.kill()
  }
}

/** Quiet, abuse for as long, rest, quiet. */
export const runAbuse = (machine: Machine, ground: Ground, side: Side, kind: KindKey, timing: Timing): Promise<Run> =>
  onSide(machine, ground, side, (server) =>
    abuse(machine, async (abuser) => {
      const { stage, feeds } = ground
      const bystander = openBystander(server.port)
      const around = [stage.load.pid, feeds.watchfloor.pid, feeds.adapter.pid]
      const pids = { server: server.pid, abuser: abuser.pid, redis: stage.redis.pid, around }
      const phase = (ms: number): Promise<Phase> =>
        watchPhase(ms, pids, bystander, () => stage.load.ask('mark', null), server.gone)
      try {
        const script = await scriptOf(server.port)
        await sleep(timing.warmUpMs)
        const before = await phase(timing.abuseMs)
        const { dialect } = SIDES[side]
        const target = { port: server.port, dialect, redisUrl: stage.redis.url, net: nextNet() }
        const began = performance.now()
        await abuser.ask('start', { kind, target, script, limitMs: timing.abuseMs + SETTLE_MS })
        const during = await phase(timing.abuseMs)
        const diedAfterS = server.gone() ? (performance.now() - began) / 1000 : null
        const outcome = await abuser.ask('stop', null)
        if (diedAfterS !== null) return { before, during, after: null, outcome, harm: null, diedAfterS }
        await sleep(timing.restMs)
        const after = await phase(timing.afterMs)
        const { sent } = await feeds[side].ask('stop', null)
        const { faults } = await stage.load.ask('settle', { sent, limitMs: SETTLE_MS }, SETTLE_MS + 30_000)
        return { before, during, after, outcome, harm: describeFaults(faults), diedAfterS }
      } finally {
        bystander.stop()
      }
    }),
  )
