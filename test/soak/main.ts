import type { RedisMode } from '../../redis/address.ts'
import { openLongRun } from '../support/long-run.ts'
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

const { flags, minutes, seed, fail, say, stopping } = openLongRun(process, HELP, ['redis', 'faults'])
const redis = MODES.find((mode) => mode === (flags.redis ?? 'single')) ?? fail(`--redis ${flags.redis}: no such kind.`)

const only = flags.faults?.split(',') ?? null
const unknown = (only ?? []).filter((name) => !(name in FAULTS[redis]))
if (unknown.length > 0) fail(`--faults ${unknown}: not among ${Object.keys(FAULTS[redis]).join(', ')}.`)

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
