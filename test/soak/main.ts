import { parseArgs } from 'node:util'
import type { RedisMode } from '../../redis/address.ts'
import { FAULTS } from './faults.ts'
import { runSoak } from './soak.ts'

const HELP = `Usage: npm run soak -- [--minutes N] [--seed S] [--redis single|sentinel|cluster] [--faults name,name]
Runs clients that come, go and change their minds, on three nodes, while faults happen at random. Prints a line for
everything that happens; the last line is JSON. Default: 10 minutes, a random seed, a single Redis. The exit code is 1 if
any client differs from Redis, or something is left over in the end.
`
/** What a soak may take beyond its time, to begin and to end, before it is given up. */
const GRACE_MS = 180_000
const MODES: readonly RedisMode[] = ['single', 'sentinel', 'cluster']

const fail = (reason: string): never => {
  process.stderr.write(`${reason}\n${HELP}`)
  process.exit(2)
}
const readOptions = () => {
  try {
    const text = { type: 'string' } as const
    return parseArgs({ options: { minutes: text, seed: text, redis: text, faults: text, help: { type: 'boolean' } } })
      .values
  } catch (error) {
    return fail((error as Error).message)
  }
}
const values = readOptions()
if (values.help) {
  process.stdout.write(HELP)
  process.exit(0)
}
const minutes = Number(values.minutes ?? 10)
const seed = Number(values.seed ?? Date.now() % 1_000_000)
const redis =
  MODES.find((mode) => mode === (values.redis ?? 'single')) ?? fail(`--redis ${values.redis}: no such kind.`)
if (!(minutes > 0)) fail(`--minutes ${values.minutes}: not a number of minutes.`)
if (!Number.isSafeInteger(seed)) fail(`--seed ${values.seed}: not a whole number.`)

const only = values.faults?.split(',') ?? null
const unknown = (only ?? []).filter((name) => !(name in FAULTS[redis]))
if (unknown.length > 0) fail(`--faults ${unknown}: not among ${Object.keys(FAULTS[redis]).join(', ')}.`)

const began = performance.now()
const say = (line: string): void => {
  const seconds = Math.round((performance.now() - began) / 1000)
  const clock = `${String(Math.floor(seconds / 60)).padStart(3)}:${String(seconds % 60).padStart(2, '0')}`
  process.stdout.write(`${clock}  ${line}\n`)
}
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (stopping.signal.aborted) process.exit(130)
    stopping.abort(new Error(`stopped by ${signal}`))
  })
setTimeout(() => stopping.abort(new Error('it did not end in time')), minutes * 60_000 + GRACE_MS).unref()

say(`soak: ${minutes} minutes, ${redis}, seed ${seed}`)
try {
  const report = await runSoak({ minutes, seed, redis, only, say, signal: stopping.signal })
  for (const failure of report.failures) say(`FAILED: ${failure}`)
  process.stdout.write(`${JSON.stringify(report)}\n`)
  process.exit(report.differences + report.violations + report.failures.length > 0 ? 1 : 0)
} catch (error) {
  const reason = stopping.signal.aborted ? String((stopping.signal.reason as Error).message) : String(error)
  process.stdout.write(`${JSON.stringify({ minutes, seed, redis, failures: [reason] })}\n`)
  process.exit(stopping.signal.aborted ? 130 : 1)
}
