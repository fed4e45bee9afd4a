/**
 * What a bench answers: figures for the last line's JSON, tables for people, and runs in which something went wrong.
 */
export type Report = {
  figures: Record<string, number | null>
  tables: { title: string; head: string[]; rows: string[][] }[]
  /** A line for each run that lost or repeated anything, or did not end as it should. */
  failures: string[]
  /** A line for each thing that makes figures doubtful, such as a load process that was busy all the time. */
  notes: string[]
}

export const emptyReport = (): Report => ({ figures: {}, tables: [], failures: [], notes: [] })

/** The middle of the values, the upper one of two middles; null where there is none. */
export const median = (values: readonly (number | null | undefined)[]): number | null => {
  const sorted = values.filter((value) => typeof value === 'number').sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? null
}

export const ratio = (a: number | null, b: number | null): number | null => (a === null || !b ? null : a / b)

/** A number as people read it, `-` for none. */
export const show = (value: number | null | undefined, digits = 1): string =>
  value === null || value === undefined || Number.isNaN(value)
    ? '-'
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** Rounded to what the measurement can tell, for JSON. */
export const rounded = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(4))

/** A Markdown table, its columns aligned. */
export const renderTable = ({ title, head, rows }: Report['tables'][number]): string => {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i === 0 ? `${'-'.repeat(width + 2)}` : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [`### ${title}`, '', line(head), rule, ...rows.map(line), ''].join('\n')
}
