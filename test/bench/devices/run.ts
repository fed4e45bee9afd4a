import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { addDevices } from '../../support/devices/keys.ts'
import { signIn } from '../../support/talkers/sign-in.ts'
import type { BenchOptions } from '../bench.ts'
import { type Ask, asker } from '../calls.ts'
import { LOAD_CORE, residentBytes } from '../machine.ts'
import { type Report, show } from '../report.ts'
import { seconds, share, type Usage, usage } from '../run.ts'
import { baseline, type RunningServer, startServer, watchfloor } from '../servers.ts'
import { openStage, type Stage } from '../stage.ts'
import type { DevicesCalls, Key, Marked } from './crowd.ts'

const FREE = {
  NODE_ENV: 'production',
  MAX_CONNECTIONS: '30000',
  MAX_CONNECTIONS_PER_ADDRESS: '30000',
  HTTP_SHARE: '1',
  HTTP_SHARE_PER_ADDRESS: '1',
  CLIENT_SHARE: '1000',
  MAX_REQUESTS: '100000',
}
/** Who is measured, by the name of its side. */
export const SIDES = {
  watchfloor: watchfloor('watchfloor', FREE),
  adapter: { ...baseline('devices', 'socket.io'), name: 'adapter' },
} as const
export type SideKey = keyof typeof SIDES
export const SIDE_KEYS = Object.keys(SIDES) as SideKey[]

/** Each device reports once in so many seconds. */
export const EVERY_S = 10
/** Opened first, so that what a server allocates once is not counted as theirs: a tenth. */
const FIRST = 0.1
/** Desks that watch so many devices each; and desks that only command: each may ask for five things a second. */
const WATCHING = { desks: 20, each: 100 }
const COMMANDING = { desks: 400, each: 0 }
/** Commands that are asked for and not done yet. */
const UNDER_WAY = 64
/** Open files that a server needs besides connections. */
const OTHER_FILES = 500
const AT_ONCE = 50
const SETTLE_MS = 4000
const LIMIT_MS = 30_000
const OPEN_LIMIT_MS = 600_000

/** One run of one server. */
export type Measured = {
  failure: string | null
  kb: number | null
  fixMicros: number | null
  fixes: number
  delays: Marked['delays']
  commandsPerSecond: number
  commandMicros: number | null
  cores: { server: number | null; load: number | null; redis: number | null; commanding: number | null }
}

/** As many as are asked for, or as one process may have files for. */
export const possible = async (wanted: number): Promise<number> => {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '')
  const most = Number(/Max open files\s+\d+\s+(\d+)/.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY)
  return Math.min(wanted, most - OTHER_FILES)
}

const keysOf = async (key: SideKey, { port }: RunningServer, count: number): Promise<Key[]> => {
  const ids = Array.from({ length: count }, (_, i) => `BENCH-${i}`)
  if (key === 'adapter') return ids.map((id) => ({ id, key: '' }))
  const url = `http://127.0.0.1:${port}`
  return (await addDevices(url, await signIn(url, 'bench'), ids)).map(({ id, key }) => ({ id, key }))
}

type Window = { from: Marked; to: Marked; before: Usage; after: Usage }
type Run = { ask: Ask<DevicesCalls>; pids: Parameters<typeof usage>[0]; windowMs: number; warmUpMs: number }

const measureWindow = async ({ ask, pids, warmUpMs, windowMs }: Run): Promise<Window> => {
  await sleep(warmUpMs)
  const [before, from] = [usage(pids), await ask('mark', null)]
  await sleep(windowMs)
  const [to, after] = [await ask('mark', null), usage(pids)]
  return { from, to, before, after }
}

const microsEach = ({ before, after }: Window, count: number): number | null => {
  const own = share(before, after, 'server')
  return own === null ? null : (own * seconds(before, after) * 1e6) / count
}

/** Resident memory of each device that is connected and says nothing, in KB. */
const openAll = async (ask: Run['ask'], key: SideKey, server: RunningServer, keys: Key[]): Promise<number | null> => {
  const { port, pid } = server
  const first = Math.floor(keys.length * FIRST)
  const options = { port, dialect: SIDES[key].dialect, atOnce: AT_ONCE }
  await ask('open', { ...options, keys: keys.slice(0, first) }, OPEN_LIMIT_MS)
  await sleep(SETTLE_MS)
  const before = residentBytes(pid)
  await ask('open', { ...options, keys: keys.slice(first) }, OPEN_LIMIT_MS)
  await sleep(SETTLE_MS)
  const after = residentBytes(pid)
  return before === null || after === null ? null : (after - before) / 1024 / (keys.length - first)
}

const measureOn = async (options: BenchOptions, stage: Stage, key: SideKey, count: number): Promise<Measured> => {
  const { machine, quick } = options
  const server = await startServer(machine, SIDES[key], stage.redis.url)
  const child = machine.start('devices', LOAD_CORE, ['test/bench/devices/main.ts'])
  const ask = asker<DevicesCalls>(child.process)
  try {
    const pids = { server: server.pid, load: child.process.pid ?? 0, redis: stage.redis.pid, feed: stage.feed.pid }
    const run = { ask, pids, warmUpMs: quick ? 3000 : 12_000, windowMs: quick ? 4000 : 20_000 }
    const keys = await keysOf(key, server, count)
    const kb = await openAll(ask, key, server, keys)
    const desks = { port: server.port, dialect: SIDES[key].dialect }
    await ask('desks', { ...desks, ...WATCHING })
    await ask('report', { rate: count / EVERY_S })
    const reporting = await measureWindow(run)
    const first = await ask('stop', { limitMs: LIMIT_MS }, LIMIT_MS + 10_000)
    await ask('desks', { ...desks, ...COMMANDING })
    await ask('command', { underWay: UNDER_WAY })
    const commanding = await measureWindow({ ...run, warmUpMs: 3000 })
    const second = await ask('stop', { limitMs: LIMIT_MS }, LIMIT_MS + 10_000)
    const faults = [...new Set([...first, ...second])]
    const fixes = reporting.to.reported - reporting.from.reported
    const done = commanding.to.done - commanding.from.done
    const { before, after } = reporting
    return {
      failure: server.gone() ? 'the server ended' : faults.length > 0 ? faults.join(', ') : null,
      kb,
      fixMicros: microsEach(reporting, fixes),
      fixes: fixes / seconds(before, after),
      delays: reporting.to.delays,
      commandsPerSecond: done / seconds(commanding.before, commanding.after),
      commandMicros: microsEach(commanding, done),
      cores: {
        server: share(before, after, 'server'),
        load: share(before, after, 'load'),
        redis: share(before, after, 'redis'),
        commanding: share(commanding.before, commanding.after, 'server'),
      },
    }
  } finally {
    await child.kill()
    await server.child.kill()
  }
}

/** One run; what went wrong is in the report. */
export const runOnce = async (
  options: BenchOptions,
  key: SideKey,
  count: number,
  report: Report,
): Promise<Measured | null> => {
  const name = `devices, ${SIDES[key].name}`
  const stage = await openStage(options.machine)
  try {
    const run = await measureOn(options, stage, key, count)
    if (run.failure) report.failures.push(`${name}: ${run.failure}`)
    options.say(
      `${name}: ${show(run.kb)} KB each, ${show(run.fixMicros, 0)} µs a fix at ${show(run.fixes, 0)}/s, p99 ${show(run.delays.p99)} ms; ${show(run.commandsPerSecond, 0)} commands/s, ${show(run.commandMicros, 0)} µs each${run.failure ? `, FAILED: ${run.failure}` : ''}`,
    )
    return run
  } catch (error) {
    if (!options.signal.aborted) report.failures.push(`${name}: ${(error as Error).message}`)
    return null
  } finally {
    await stage.close()
  }
}
