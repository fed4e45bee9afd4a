import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Child, startChild } from '../../start/child.ts'
import { inherited, ROOT, searchPath } from '../support/environment.ts'

const run = promisify(execFile)
const LEASH = new URL('../../start/leash.ts', import.meta.url).href

/** The core that servers run on, and the one for everything else: Redis, the feed, the load. */
export const SERVER_CORE = 0
export const LOAD_CORE = 1

/** What this machine lets the bench do. */
export type Machine = {
  /** Runs a program of the project on a core (where there is `taskset`), ended with the bench. */
  start: (
    name: string,
    core: number,
    args: readonly string[],
    env?: Record<string, string>,
    output?: 'inherit' | 'ignore',
  ) => Child
  /** Moves a process that runs already. */
  pin: (pid: number, core: number) => Promise<void>
  /** Waits until programs that are not of the bench leave the machine alone; some minutes in all, then no more. */
  untilQuiet: () => Promise<void>
  /** Has `close` called by {@link endAll} unless what this answers is called before. */
  atEnd: (close: () => Promise<unknown>) => () => void
  /** Ends all that was started and still runs. */
  endAll: () => Promise<void>
  /** In words, for the report. */
  describe: string
}

const hasTaskset = (): boolean =>
  cpus().length > 1 &&
  searchPath()
    .split(':')
    .some((folder) => existsSync(`${folder}/taskset`))

const describe = (pinned: boolean): string => {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
  const placed = pinned ? `servers on core ${SERVER_CORE}, the rest on core ${LOAD_CORE}` : 'not pinned to cores'
  return `${cpus().length} cores, ${memory}, Node ${process.versions.node}, ${placed}`
}

/** `patienceMs`: how long is waited in all for the machine to be quiet. */
export const openMachine = (patienceMs: number): Machine => {
  const pinned = hasTaskset()
  const children = new Set<Child>()
  const closes = new Set<() => Promise<unknown>>()
  return {
    start: (name, core, args, env = {}, output = 'inherit') => {
      const program = [process.execPath, '--import', LEASH, ...args]
      const [file = '', ...rest] = pinned ? ['taskset', '-c', String(core), ...program] : program
      const child = startChild(name, file, rest, {
        cwd: ROOT,
        env: { ...inherited(), ...env },
        stdio: ['ignore', output, output, 'ipc'],
      })
      children.add(child)
      void child.ended.then(() => children.delete(child))
      return child
    },
    pin: async (pid, core) => {
      if (pinned) await run('taskset', ['-acp', String(core), String(pid)])
    },
    untilQuiet: waitsForQuiet(patienceMs),
    atEnd: (close) => {
      closes.add(close)
      return () => closes.delete(close)
    },
    endAll: async () => {
      await Promise.all([...children].map(({ kill }) => kill()))
      await Promise.all([...closes].map((close) => close()))
    },
    describe: describe(pinned),
  }
}

/** Share of a core that is quiet enough to measure. */
const QUIET = 0.2
const LOOK_MS = 500

const waitsForQuiet = (patienceMs: number): (() => Promise<void>) => {
  let left = patienceMs
  return async () => {
    while (left > 0) {
      const before = busySeconds()
      await sleep(LOOK_MS)
      const after = busySeconds()
      if (before === null || after === null || (after - before) * 1000 < QUIET * LOOK_MS) return
      left -= LOOK_MS
    }
  }
}

const TICKS_A_SECOND = 100

/** Processor time that a process has used, in seconds, all its threads; null where the system does not tell. */
export const cpuSeconds = (pid: number): number | null => {
  const stat = readProc(`/proc/${pid}/stat`)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}

/** Resident memory of a process in bytes; null where the system does not tell. */
export const residentBytes = (pid: number): number | null => {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}

/** The most resident memory that a process has had, in bytes; null where the system does not tell. */
export const peakBytes = (pid: number): number | null => {
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}

/**
 * Time that the whole machine has spent working so far, in seconds of one core; null where the system does not tell.
 */
export const busySeconds = (): number | null => {
  const total = readProc('/proc/stat')?.split('\n', 1)[0]?.trim().split(/\s+/).slice(1).map(Number)
  if (total === undefined) return null
  // user, nice, system, (idle, iowait), irq, softirq, steal
  return [0, 1, 2, 5, 6, 7].reduce((sum, i) => sum + (total[i] ?? 0), 0) / TICKS_A_SECOND
}

const readProc = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
