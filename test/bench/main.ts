import type { Bench } from './bench.ts'
import { browser } from './browser.ts'
import { capacity } from './capacity.ts'
import { connections } from './connections.ts'
import { fanout } from './fanout.ts'
import { goalTable } from './goals.ts'
import { ingest } from './ingest.ts'
import { openMachine } from './machine.ts'
import { writePage } from './page.ts'
import { emptyReport, renderTable } from './report.ts'
import { slow } from './slow.ts'

const BENCHES: Record<string, Bench> = { fanout, capacity, connections, slow, ingest, browser }

const HELP = `Usage: npm run bench -- [${Object.keys(BENCHES).join('|')} ...] [--quick] [--write]
Without names all of them run, in some 35 minutes. --quick: short runs, one of each. --write: put the tables into
docs/benchmarks.md, where it stands what they mean.
`
const FLAGS = ['--quick', '--write']

const write = (text: string): void => void process.stdout.write(text)
const [names, flags] = [false, true].map((flag) =>
  process.argv.slice(2).filter((argument) => argument.startsWith('--') === flag),
) as [string[], string[]]
const unknown = [...names.filter((name) => !(name in BENCHES)), ...flags.filter((flag) => !FLAGS.includes(flag))]
if (unknown.length > 0) {
  process.stderr.write(`${unknown.join(', ')}: no such bench or option.\n${HELP}`)
  process.exit(2)
}

const machine = openMachine()
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (stopping.signal.aborted) process.exit(130)
    stopping.abort()
    void machine.endAll().then(() => process.exit(130))
  })

const started = performance.now()
const quick = flags.includes('--quick')
const say = (line: string): void => write(`  ${line}\n`)
const all = emptyReport()
write(`Watchfloor bench: ${machine.describe}\n`)
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
  const bench = BENCHES[name]
  if (!bench || stopping.signal.aborted) continue
  write(`\n${name}\n`)
  try {
    const report = await bench({ machine, quick, say, signal: stopping.signal })
    Object.assign(all.figures, report.figures)
    all.tables.push(...report.tables)
    all.failures.push(...report.failures)
    all.notes.push(...report.notes)
  } catch (error) {
    all.failures.push(`${name}: ${(error as Error).message}`)
  }
}
// Being ended by a signal, the rest is not reached.
if (stopping.signal.aborted) await new Promise(() => {})
await machine.endAll()

const { figures, failures, notes, tables } = all
const text = [
  ...[...tables, ...goalTable(figures)].map(renderTable),
  ...notes.map((note) => `- Note: ${note}.`),
  ...failures.map((failure) => `- FAILED: ${failure}.`),
].join('\n')
write(`\n${text}\n`)
if (flags.includes('--write')) {
  const kind = quick ? 'short runs, one of each' : 'medians of three runs'
  await writePage(`${new Date().toISOString().slice(0, 10)}: ${machine.describe}; ${kind}.\n\n${text}`)
}
const seconds = Math.round((performance.now() - started) / 1000)
write(`${JSON.stringify({ machine: machine.describe, quick, seconds, failures, figures })}\n`)
process.exit(failures.length > 0 ? 1 : 0)
