import { type Account, refusedTotal } from './publisher/account.ts'

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
  if (refused > 0) parts.push(`${shown(refused)} refused`)
  if (account.dropped > 0) parts.push(`${shown(account.dropped)} dropped`)
  return parts.join(' · ')
}

/** The closing account: what was sent and what became of it. */
export const closingLines = (account: Account, left: number): string[] => {
  const { trades, quotes, fixes, accepted, repeats, conflated, dropped, retries, refused } = account
  const lines = [
    `Sent ${shown(trades)} trades, ${shown(quotes)} quotes and ${shown(fixes)} fixes: ${shown(accepted)} taken, ${shown(repeats)} known already, ${shown(refusedTotal(refused))} refused.`,
  ]
  for (const [reason, { count, example }] of refused)
    lines.push(`  refused ${shown(count)}: ${reason}, for example ${example}`)
  if (conflated > 0) lines.push(`Quotes replaced by newer ones before they went: ${shown(conflated)}.`)
  if (retries > 0) lines.push(`Calls sent again because Redis was away or not ready: ${shown(retries)}.`)
  if (dropped > 0) lines.push(`Dropped because the buffer was full: ${shown(dropped)}.`)
  if (left > 0) lines.push(`Not sent, since Redis took nothing more at the end: ${shown(left)}.`)
  return lines
}
