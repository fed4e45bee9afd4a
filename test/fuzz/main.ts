import { setPriority } from 'node:os'
import { parseArgs } from 'node:util'
import { renderTable } from '../bench/report.ts'
import { runFuzz } from './fuzz.ts'
import { renderFuzz } from './report.ts'
import { SURFACES } from './surfaces.ts'

const HELP = `Usage: npm run fuzz -- [--minutes N] [--seed S] [--only surface,surface] [--case N] [--pace P]
Sends a node under normal load what no client, feed or file should contain, and watches what happens to it and to everybody
else. Default: 10 minutes, a random seed, all surfaces, 50 cases a second. --case runs one case again, by its number or by
its name in test/fuzz/corpus. The exit code is 1 if anything is not as docs/fuzz.md says. Surfaces:
${SURFACES.map(({ name, about }) => `  ${name.padEnd(9)} ${about}`).join('\n')}
`
/** Lower than the node's: what is measured is the node, not who keeps the machine busy. */
const NICE = 10

const fail = (reason: string): never => {
  process.stderr.write(`${reason}\n${HELP}`)
  process.exit(2)
}
const readOptions = () => {
  try {
    const text = { type: 'string' } as const
    return parseArgs({
      options: { minutes: text, seed: text, only: text, case: text, pace: text, help: { type: 'boolean' } },
    }).values
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
if (!(minutes > 0)) fail(`--minutes ${values.minutes}: not a number of minutes.`)
if (!Number.isSafeInteger(seed)) fail(`--seed ${values.seed}: not a whole number.`)
const only = values.only?.split(',') ?? SURFACES.map(({ name }) => name)
const unknown = only.filter((each) => !SURFACES.some(({ name }) => name === each))
if (unknown.length > 0) fail(`--only ${unknown}: no such surface.`)
const pace = Number(values.pace ?? 50)
if (!(pace > 0)) fail(`--pace ${values.pace}: not a number of cases a second.`)
const number = values.case ?? null
if (number !== null && only.length !== 1) fail('--case needs exactly one surface: name it with --only.')

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

say(`fuzz: ${number === null ? `${minutes} minutes` : `case ${number}`}, seed ${seed}`)
try {
  const surfaces = SURFACES.filter(({ name }) => only.includes(name))
  const staged = (): void => setPriority(NICE)
  const report = await runFuzz({ minutes, seed, surfaces, only: number, pace, say, staged, signal: stopping.signal })
  const { figures, tables, failures, notes } = renderFuzz(report)
  process.stdout.write(`\n${tables.map(renderTable).join('\n')}\n`)
  for (const note of notes) process.stdout.write(`  ${note}\n`)
  for (const failure of failures) process.stdout.write(`FAILED ${failure}\n`)
  process.stdout.write(`${JSON.stringify({ minutes, seed, figures, failures })}\n`)
  process.exit(failures.length > 0 ? 1 : 0)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(stopping.signal.aborted ? 130 : 1)
}
