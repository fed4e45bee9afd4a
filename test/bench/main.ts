import { abuse } from './abuse.ts'
import { archiveBench } from './archive.ts'
import type { Bench } from './bench.ts'
import { browser } from './browser.ts'
import { capacity } from './capacity.ts'
import { connections } from './connections.ts'
import { devices } from './devices.ts'
import { fanout } from './fanout.ts'
import { ingest } from './ingest.ts'
import { openMachine } from './machine.ts'
import { type Section, writePage } from './page.ts'
import { replays } from './replay.ts'
import { emptyReport, type Report, renderTable } from './report.ts'
import { renderReports } from './reports.ts'
import { rooms } from './rooms.ts'
import { reckonTable, slopesOf, slopesTable } from './scale/reckon.ts'
import { scale } from './scale.ts'
import { slow } from './slow.ts'

const BENCHES: Record<string, Bench> = {
  fanout,
  capacity,
  connections,
  slow,
  ingest,
  browser,
  scale,
  abuse,
  rooms,
  devices,
  replay: replays,
  archive: archiveBench,
}

const HELP = `Usage: npm run bench -- [${Object.keys(BENCHES).join('|')} ...] [--quick] [--write]
Without names it runs all, in about two hours; abuse takes half of that. abuse:pings,calls runs two parts of abuse only;
archive:100000000 archives so many fixes.
--quick: short runs, one of each. --write: puts the tables into docs/benchmarks.md, which explains them, and what follows
from scale into docs/scale.md.
`
const FLAGS = ['--quick', '--write']
/** How long the bench waits in all for other programs to leave the machine alone. */
const PATIENCE_MS = 240_000
const QUICK_PATIENCE_MS = 15_000

/** Only abuse has parts that can be run by themselves; archive takes how many fixes. */
const isBench = (part?: { name: string; only: string[] }): boolean =>
  part !== undefined &&
  part.name in BENCHES &&
  (part.only.length === 0 || part.name === 'abuse' || (part.name === 'archive' && /^\d{1,10}$/.test(part.only.join())))

const SECTIONS: Record<string, Section> = { scale: 'the last run of scale', abuse: 'the last run of abuse' }

const write = (text: string): void => void process.stdout.write(text)
const [names, flags] = [false, true].map((flag) =>
  process.argv.slice(2).filter((argument) => argument.startsWith('--') === flag),
) as [string[], string[]]
const parts = names.map((text) => {
  const [name = '', only] = text.split(':')
  return { name, only: only?.split(',') ?? [] }
})
const unknown = [...names.filter((_, i) => !isBench(parts[i])), ...flags.filter((flag) => !FLAGS.includes(flag))]
if (unknown.length > 0) {
  process.stderr.write(`${unknown.join(', ')}: no such bench or option.\n${HELP}`)
  process.exit(2)
}

const quick = flags.includes('--quick')
const machine = openMachine(quick ? QUICK_PATIENCE_MS : PATIENCE_MS)
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (stopping.signal.aborted) process.exit(130)
    stopping.abort()
    void machine.endAll().then(() => process.exit(130))
  })

const started = performance.now()
const say = (line: string): void => write(`  ${line}\n`)
const reports: { section: Section; report: Report }[] = []
write(`Watchfloor bench: ${machine.describe}\n`)
const wanted = parts.length > 0 ? parts : Object.keys(BENCHES).map((name) => ({ name, only: [] }))
for (const { name, only } of wanted) {
  const bench = BENCHES[name]
  if (!bench || stopping.signal.aborted) continue
  write(`\n${name}\n`)
  const report = await bench({ machine, quick, only, say, signal: stopping.signal }).catch((error: Error) => ({
    ...emptyReport(),
    failures: [`${name}: ${error.message}`],
  }))
  reports.push({ section: SECTIONS[name] ?? 'the last full run', report })
}
// Being ended by a signal, the rest is not reached.
if (stopping.signal.aborted) await new Promise(() => {})
await machine.endAll()

const { text, figures, failures } = renderReports(reports.map(({ report }) => report))
write(`\n${text}\n`)
const today = new Date().toISOString().slice(0, 10)
const kindOf = (section?: Section): string => {
  if (quick) return 'short runs, one of each'
  return section === 'the last run of abuse' ? 'one run of each' : 'medians of three runs'
}
const slopes = slopesOf(figures)
if (flags.includes('--write') && slopes) {
  const tables = [slopesTable(slopes), reckonTable(slopes)].map(renderTable).join('\n')
  await writePage('the last run of scale', `${today}: ${machine.describe}; ${kindOf()}.\n\n${tables}`, 'scale.md')
}
if (flags.includes('--write'))
  for (const section of new Set(reports.map(({ section }) => section))) {
    const own = reports.filter((each) => each.section === section).map(({ report }) => report)
    await writePage(section, `${today}: ${machine.describe}; ${kindOf(section)}.\n\n${renderReports(own).text}`)
  }
const seconds = Math.round((performance.now() - started) / 1000)
write(`${JSON.stringify({ machine: machine.describe, quick, seconds, failures, figures })}\n`)
process.exit(failures.length > 0 ? 1 : 0)
