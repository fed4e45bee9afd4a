import type { Floor } from '../../floor.ts'
import { formatPercent, formatPrice } from '../../state/format.ts'
import { minuteText } from '../../state/past/moment.ts'
import type { Past } from '../../state/past/past.ts'
import { troubleOf } from '../../state/trouble.ts'

/** A title that tells how much waits in the inbox. */
export const withCount = (title: string, count: number): string => (count === 0 ? title : `(${count}) ${title}`)

type Shown = Pick<Floor, 'place' | 'workspace' | 'market' | 'link' | 'paused'>

/** The selected symbol's price, to be seen from other tabs; without it once it may be out of date. */
const wordsOf = ({ place, workspace, market, link, paused }: Shown): string => {
  const { symbol } = place.peek()
  if (symbol === null || workspace.peek() === 'fleet') return 'Watchfloor'
  const quoted = market.entry(symbol).quoted.peek()
  if (quoted.last === null || paused() || troubleOf(link)?.old) return `${symbol} · Watchfloor`
  const share = quoted.share === null ? '' : ` ${formatPercent(quoted.share)}`
  return `${symbol} ${formatPrice(quoted.last, quoted.decimals)}${share} · Watchfloor`
}

/** The tab's title. Of the past it begins with the moment: a price of then is not to be taken for one of now. */
export const titleOf = (floor: Shown & { past: Pick<Past, 'moment'> | null }): string =>
  floor.past === null ? wordsOf(floor) : `⏪ ${minuteText(floor.past.moment.peek())} ${wordsOf(floor)}`
