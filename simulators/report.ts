import { type Account, refusedTotal } from '../feed/account.ts'

/** A moment's totals, to tell rates between two of them; `at` in milliseconds. */
export type Totals = Pick<Account, 'trades' | 'quotes' | 'fixes'> & { at: number }

export const totalsOf = ({ trades, quotes, fixes }: Account, at: number): Totals => ({ trades, quotes, fixes, at })

const shown = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })

/** What happens now, in one line. */
export const statusLine = (account: Account, before: Totals, now: number, waiting: number): string => {
  const seconds = Math.max(0.001, (now - before.at) / 1000)
  const rate = (kind: 'trades' | 'quotes' | 'fixes') => `${shown((account[kind] - before[kind]) / seconds)} ${kind}/s`
  const kinds = (['trades', 'quotes', 'fixes'] as const).filter((kind) => account[kind] > 0)
  const parts = [kinds.length > 0 ? kinds.map(rate).join(', ') : 'nothing sent yet', `${shown(waiting)} waiting`]
  const refused = refusedTotal(account.refused)
  if (account.old > 0) parts.push(`${shown(account.old)} old`)
  if (refused > 0) parts.push(`${shown(refused)} refused`)
  if (account.dropped > 0) parts.push(`${shown(account.dropped)} dropped`)
  return parts.join(' · ')
}

export const sentLine = ({ trades, quotes, fixes }: Account): string =>
  `Sent ${shown(trades)} trades, ${shown(quotes)} quotes and ${shown(fixes)} fixes.`

/** What a person may want to know of the end besides the summary: what was refused, and troubles. */
export const closingLines = (account: Account, left: number): string[] => {
  const { old, conflated, dropped, retries, refused, failures } = account
  const lines: string[] = []
  for (const [reason, { count, example }] of refused)
    lines.push(`  refused ${shown(count)}: ${reason}, for example ${example}`)
  for (const [reason, { count, example }] of failures)
    lines.push(`  calls that failed, ${shown(count)}: ${reason}, for example ${example}`)
  if (old > 0) lines.push(`Not taken, since they are older than all that the floor keeps: ${shown(old)}.`)
  if (conflated > 0) lines.push(`Quotes replaced by newer ones before they went: ${shown(conflated)}.`)
  if (retries > 0) lines.push(`Calls sent again because Redis was away or not ready: ${shown(retries)}.`)
  if (dropped > 0) lines.push(`Dropped because the buffer was full: ${shown(dropped)}.`)
  if (left > 0) lines.push(`Not sent, since Redis took nothing more at the end: ${shown(left)}.`)
  return lines
}

/** What else became of the rows of a replay. */
export type Rest = { leftOut: number; unneeded: number; unsent: number; interrupted: boolean }

/**
 * The last line: what became of everything, each thing counted once. Programs read it too, so its figures are plain
 * digits, and its beginning is always the same.
 */
export const summaryLine = (account: Account, rest?: Rest): string => {
  const { accepted, repeats, old, refused, conflated, dropped } = account
  const reasons = Array.from(refused, ([reason, { count }]) => `${count} ${reason}`).join(', ')
  const why = reasons === '' ? '' : ` (${reasons})`
  const parts = [`Taken ${accepted}`, `repeats ${repeats}`, `old ${old}`, `refused ${refusedTotal(refused)}${why}`]
  const more = (count: number, name: string) => {
    if (count > 0) parts.push(`${name} ${count}`)
  }
  if (rest) parts.push(`left out ${rest.leftOut}`)
  more(rest?.unneeded ?? 0, 'not needed')
  more(conflated, 'replaced')
  more(dropped, 'dropped')
  more(rest?.unsent ?? 0, 'not sent')
  if (rest?.interrupted) parts.push('interrupted')
  return `${parts.join(', ')}.`
}
