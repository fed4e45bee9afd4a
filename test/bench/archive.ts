import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Archive } from '../../archive/archive.ts'
import { openArchive } from '../../archive/open.ts'
import { ROOT } from '../support/environment.ts'
import { hasPostgres, NO_POSTGRES, startPostgres } from '../support/postgres.ts'
import { fill } from './archive/fill.ts'
import { fixBatches, minuteBatches, type Plan } from './archive/history.ts'
import { type Question, questionsOf } from './archive/questions.ts'
import type { Bench, BenchOptions } from './bench.ts'
import { emptyReport, median, type Report, rounded, show } from './report.ts'

const FIXES = { quick: 200_000, full: 5_000_000 }
const ASKED = { quick: 5, full: 15 }

/** `archive:100000000` makes so many fixes up; the devices are as many as keep that within some weeks. */
const planOf = ({ quick, only }: BenchOptions): Plan => {
  const asked = Number(only[0])
  const fixes = asked > 0 ? asked : FIXES[quick ? 'quick' : 'full']
  return { fixes, devices: fixes >= 50_000_000 ? 1000 : 200, symbols: quick ? 1 : 5, years: quick ? 1 : 10 }
}

type Answered = { rows: number | null; ms: number | null; worst: number | null }
type Outcome = {
  engine: Archive['engine']
  perSecond: Record<'fixes' | 'minutes', number>
  bytes: Record<'fixes' | 'minutes', number>
  answers: Map<Question, Answered>
}

const askOften = async (archive: Archive, { ask }: Question, times: number): Promise<Answered> => {
  const [all, rows]: [number[], number[]] = [[], []]
  for (let i = 0; i < times; i++) {
    const before = performance.now()
    rows.push(await ask(archive))
    all.push(performance.now() - before)
  }
  return { rows: median(rows), ms: median(all), worst: Math.max(...all) }
}

const measureEngine = async (url: string, plan: Plan, options: BenchOptions): Promise<Outcome> => {
  const archive = await openArchive(url)
  try {
    const { engine } = archive
    options.say(`${engine}: ${show(plan.fixes, 0)} fixes of ${plan.devices} devices`)
    const fixes = await fill(archive, fixBatches(plan), 'fixes', options)
    const minutes = await fill(archive, minuteBatches(plan), 'minutes', options)
    const { bytesOf } = await archive.size()
    const answers = new Map<Question, Answered>()
    for (const question of questionsOf(plan)) {
      if (options.signal.aborted) break
      answers.set(question, await askOften(archive, question, ASKED[options.quick ? 'quick' : 'full']))
    }
    return {
      engine,
      perSecond: { fixes: fixes.rows / fixes.seconds, minutes: minutes.rows / minutes.seconds },
      bytes: {
        fixes: bytesOf.fixes / fixes.rows,
        // Hours and days are there because of their minutes.
        minutes: (bytesOf.minutes + bytesOf.candles) / minutes.rows,
      },
      answers,
    }
  } finally {
    await archive.close()
  }
}

/** Each engine with a place of its own, which goes with it. */
const outcomes = async (plan: Plan, options: BenchOptions, report: Report): Promise<Outcome[]> => {
  mkdirSync(join(ROOT, 'dist'), { recursive: true })
  const folder = mkdtempSync(join(ROOT, 'dist/bench-archive-'))
  const remove = async (): Promise<void> => rmSync(folder, { recursive: true, force: true })
  const forget = options.machine.atEnd(remove)
  const all: Outcome[] = []
  try {
    await options.machine.untilQuiet()
    all.push(await measureEngine(`sqlite:${join(folder, 'archive.db')}`, plan, options))
  } finally {
    await remove()
    forget()
  }
  if (options.signal.aborted) return all
  if (!(await hasPostgres())) {
    report.notes.push(NO_POSTGRES)
    return all
  }
  const postgres = await startPostgres()
  const forgetServer = options.machine.atEnd(postgres.stop)
  try {
    all.push(await measureEngine(postgres.url, plan, options))
  } finally {
    await postgres.stop()
    forgetServer()
  }
  return all
}

const addOutcome = (report: Report, { engine, perSecond, bytes, answers }: Outcome): void => {
  for (const kind of ['fixes', 'minutes'] as const) {
    report.figures[`archive.${engine}.${kind}PerSecond`] = rounded(perSecond[kind])
    report.figures[`archive.${engine}.${kind}Bytes`] = rounded(bytes[kind])
  }
  for (const [{ name }, { ms }] of answers) report.figures[`archive.${engine}.${name}Ms`] = rounded(ms)
}

/** Rows a second, bytes a row, and how long questions take, in SQLite and in PostgreSQL. */
export const archiveBench: Bench = async (options) => {
  const report = emptyReport()
  const plan = planOf(options)
  const all = await outcomes(plan, options, report)
  for (const outcome of all) addOutcome(report, outcome)
  report.tables.push({
    title: `Archive: ${show(plan.fixes, 0)} fixes of ${plan.devices} devices, ${plan.years} years of ${plan.symbols} symbols`,
    head: ['engine', 'fixes/s', 'minutes/s', 'bytes a fix', 'bytes a minute'],
    rows: all.map(({ engine, perSecond, bytes }) => [
      engine,
      show(perSecond.fixes, 0),
      show(perSecond.minutes, 0),
      show(bytes.fixes),
      show(bytes.minutes),
    ]),
  })
  report.tables.push({
    title: 'Archive: questions',
    head: ['question', ...all.flatMap(({ engine }) => [`${engine}, rows`, 'ms', 'longest'])],
    rows: questionsOf(plan).map(({ name, what }) => [
      what,
      ...all.flatMap(({ answers }) => {
        const answered = [...answers].find(([question]) => question.name === name)?.[1]
        return [show(answered?.rows, 0), show(answered?.ms), show(answered?.worst)]
      }),
    ]),
  })
  return report
}
