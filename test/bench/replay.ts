import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inherited, ROOT } from '../support/environment.ts'
import { startRedis } from '../support/redis.ts'
import type { Bench, BenchOptions } from './bench.ts'
import { cpuSeconds, peakBytes } from './machine.ts'
import { emptyReport, rounded, show } from './report.ts'

const ROWS = { quick: 1_000_000, full: 60_000_000 }
/** How long each plays, in milliseconds, once it is read. */
const PLAYS = 10_000
const BEGAN = 1_570_752_000_000
/** A number that has no divisor in common with any count of rows that is used: it mixes their places. */
const STRIDE = 387_911

/** How the rows of a file are ordered, by the place of each in time. */
const ORDERS = {
  'in order of time': (i: number) => i,
  'in no order': (i: number, count: number) => (i * STRIDE) % count,
}
type Order = keyof typeof ORDERS

type Outcome = { bytes: number; seconds: number; cpu: number | null; peak: number | null; played: number }

const rowOf = (place: number): string =>
  `[${BEGAN + place * 7},"${place + 1}",null,"${place % 3 === 0 ? 'sell' : 'buy'}",0.00${141_342 + (place % 1000)},${place % 90}.5,0.03]`

/** Writes a JSON array of trades as a stream, and says now and then how far it is. */
const writeFile = async (path: string, count: number, order: Order, signal: AbortSignal): Promise<void> => {
  const file = openSync(path, 'w')
  try {
    writeSync(file, '[')
    for (let from = 0; from < count && !signal.aborted; from += 10_000) {
      const rows = Array.from({ length: Math.min(10_000, count - from) }, (_, i) =>
        rowOf(ORDERS[order](from + i, count)),
      )
      writeSync(file, `${from === 0 ? '' : ','}${rows.join(',')}`)
      if (from % 1_000_000 === 0) await sleep(0)
    }
    writeSync(file, ']')
  } finally {
    closeSync(file)
  }
}

/** Replays a file as fast as Redis takes it, for some seconds, in a process of its own. */
const replay = async (
  path: string,
  redisUrl: string,
  { say, signal }: BenchOptions,
): Promise<Omit<Outcome, 'bytes'>> => {
  const began = performance.now()
  // As `npm run simulate` does.
  const args = [
    '--max-semi-space-size=8',
    'simulators/main.ts',
    '--speed',
    'max',
    '--replay',
    path,
    '--redis',
    redisUrl,
  ]
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: inherited(),
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  })
  const ended = once(child, 'close')
  const pid = child.pid ?? 0
  let [out, read] = ['', { seconds: 0, cpu: null as number | null }]
  await new Promise<void>((resolve) => {
    child.on('close', () => resolve())
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out = `${out}${text}`.slice(-10_000)
      if (!/ rows, as fast/.test(text)) return
      read = { seconds: (performance.now() - began) / 1000, cpu: cpuSeconds(pid) }
      resolve()
    })
  })
  say(`read and in order after ${show(read.seconds)} s`)
  await sleep(PLAYS, undefined, { signal })
  const peak = peakBytes(pid)
  child.kill('SIGINT')
  await ended
  const played = Number(/^Taken (\d+)/m.exec(out)?.[1] ?? 0)
  if (played === 0) throw new Error(`nothing was taken: ${out.slice(-300)}`)
  return { ...read, peak, played }
}

const replayOnce = async (order: Order, options: BenchOptions): Promise<Outcome> => {
  const count = options.quick ? ROWS.quick : ROWS.full
  // Not in the system's temporary folder, which may be a part of memory.
  mkdirSync(join(ROOT, 'dist'), { recursive: true })
  const folder = mkdtempSync(join(ROOT, 'dist/bench-replay-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const forget = options.machine.atEnd(async () => remove())
  const redis = await startRedis()
  try {
    const path = join(folder, 'recording.json')
    await writeFile(path, count, order, options.signal)
    return { bytes: statSync(path).size, ...(await replay(path, redis.url, options)) }
  } finally {
    await redis.stop()
    remove()
    forget()
  }
}

/** How long a replay takes to read a large file and to put it in order, and how much memory. */
export const replays: Bench = async (options) => {
  const report = emptyReport()
  const count = options.quick ? ROWS.quick : ROWS.full
  const rows: string[][] = []
  for (const order of Object.keys(ORDERS) as Order[]) {
    if (options.signal.aborted) break
    const { bytes, seconds, cpu, peak, played } = await replayOnce(order, options)
    const [megabytes, peakMb] = [bytes / 2 ** 20, peak === null ? null : peak / 2 ** 20]
    rows.push([
      order,
      show(megabytes, 0),
      show(seconds),
      show(cpu),
      show(count / seconds, 0),
      show(played, 0),
      show(peakMb, 0),
    ])
    const name = order === 'in no order' ? 'mixed' : 'sorted'
    report.figures[`replay.${name}.rowsPerSecond`] = rounded(count / seconds)
    report.figures[`replay.${name}.peakMb`] = rounded(peakMb)
  }
  report.tables.push({
    title: `Replay of a JSON array of ${show(count, 0)} trades`,
    head: [
      'rows',
      'MB',
      'read and put in order, s',
      'CPU, s',
      'rows a second',
      `played in ${PLAYS / 1000} s`,
      'peak memory, MB',
    ],
    rows,
  })
  return report
}
