import type { Bench } from './bench.ts'
import { browser } from './browser.ts'
import { capacity } from './capacity.ts'
import { connections } from './connections.ts'
import { fanout } from './fanout.ts'
import { ingest } from './ingest.ts'
import { openMachine } from './machine.ts'
import { emptyReport, renderTable } from './report.ts'
import { slow } from './slow.ts'

const BENCHES: Record<string, Bench> = { fanout, capacity, connections, slow, ingest, browser }

const HELP = `Usage: npm run bench -- [${Object.keys(BENCHES).join('|')} ...] [--quick]
Without names all of them run. --quick: short runs, one of each. What the figures mean: docs/benchmarks.md.
`

const write = (text: string): void => void process.stdout.write(text)
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'))
const unknown = [...names.filter((name) => !(name in BENCHES)), ...flags.filter((flag) => flag !== '--quick')]
if (unknown.length > 0) {
  process.stderr.write(`${unknown.join(', ')}: no such bench or option.\n${HELP}`)
  process.exit(2)
}

const machine = openMachine()
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    stopping.abort()
    void machine.endAll()
  })

const started = performance.now()
const say = (line: string): void => write(`  ${line}\n`)
const all = emptyReport()
write(`Watchfloor bench: ${machine.describe}\n`)
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
  const bench = BENCHES[name]
  if (!bench || stopping.signal.aborted) continue
  write(`\n${name}\n`)
  try {
    const report = await bench({ machine, quick: flags.includes('--quick'), say, signal: stopping.signal })
    Object.assign(all.figures, report.figures)
    all.tables.push(...report.tables)
    all.failures.push(...report.failures)
    all.notes.push(...report.notes)
  } catch (error) {
    all.failures.push(`${name}: ${(error as Error).message}`)
  }
}
await machine.endAll()
for (const table of all.tables) write(`\n${renderTable(table)}`)
for (const note of all.notes) write(`Note: ${note}\n`)
for (const failure of all.failures) write(`FAILED: ${failure}\n`)
const seconds = Math.round((performance.now() - started) / 1000)
const { figures, failures } = all
write(
  `${JSON.stringify({ machine: machine.describe, seconds, interrupted: stopping.signal.aborted, failures, figures })}\n`,
)
process.exit(failures.length > 0 || stopping.signal.aborted ? 1 : 0)
