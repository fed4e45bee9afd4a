import type { Floor } from '../../floor.ts'
import { formatPercent, formatPrice } from '../../state/format.ts'
import { troubleOf } from '../../state/trouble.ts'

/** A title that tells how much waits in the inbox. */
export const withCount = (title: string, count: number): string => (count === 0 ? title : `(${count}) ${title}`)

/** The tab's title: the selected symbol's price, to be seen from other tabs; without it once it may be out of date. */
export const titleOf = ({
  place,
  workspace,
  market,
  link,
  paused,
}: Pick<Floor, 'place' | 'workspace' | 'market' | 'link' | 'paused'>): string => {
  const { symbol } = place.peek()
  if (symbol === null || workspace.peek() === 'fleet') return 'Watchfloor'
  const quoted = market.entry(symbol).quoted.peek()
  if (quoted.last === null || paused() || troubleOf(link)?.old) return `${symbol} · Watchfloor`
  const share = quoted.share === null ? '' : ` ${formatPercent(quoted.share)}`
  return `${symbol} ${formatPrice(quoted.last, quoted.decimals)}${share} · Watchfloor`
}
