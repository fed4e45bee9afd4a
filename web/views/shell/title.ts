import type { Floor } from '../../floor.ts'
import { formatPercent, formatPrice } from '../../state/format.ts'

/** The title of the tab: the chosen symbol's price, so that it is seen from other tabs. */
export const titleOf = ({ place, workspace, market }: Pick<Floor, 'place' | 'workspace' | 'market'>): string => {
  const { symbol } = place.peek()
  const quoted = symbol && workspace.peek() !== 'fleet' ? market.entry(symbol).quoted.peek() : null
  return quoted?.last == null
    ? 'Watchfloor'
    : `${symbol} ${formatPrice(quoted.last)} ${formatPercent(quoted.share)} · Watchfloor`
}
