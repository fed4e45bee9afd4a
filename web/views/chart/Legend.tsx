import type { ReadonlySignal } from '@preact/signals'
import type { Candle } from '../../../wire/market.ts'
import { formatPercent, formatPrice, formatVolume, mostDecimals, shareOf, wayOf } from '../../state/format.ts'

type Props = {
  candle: ReadonlySignal<Candle | null>
  /** Starts of the bars that late trades changed. */
  changed: ReadonlySet<number>
}

/** Open, high, low, close, volume of the bar pointed at, or of the newest. */
export const Legend = ({ candle, changed }: Props) => {
  const bar = candle.value
  if (bar === null) return null
  const decimals = mostDecimals([bar.open, bar.high, bar.low, bar.close])
  const way = bar.close >= bar.open ? 'up' : 'down'
  const share = formatPercent(shareOf(bar.close, bar.open))
  const part = (name: string, title: string, text: string) => (
    <span title={title} data-bar={name}>
      <i>{name}</i>
      <span class={name === 'V' ? '' : way}>{text}</span>
    </span>
  )
  return (
    <div class="legend" data-bar-time={bar.t}>
      {part('O', 'Open', formatPrice(bar.open, decimals))}
      {part('H', 'High', formatPrice(bar.high, decimals))}
      {part('L', 'Low', formatPrice(bar.low, decimals))}
      {part('C', 'Close', formatPrice(bar.close, decimals))}
      {part('V', 'Volume', formatVolume(bar.volume))}
      <span class={wayOf(share)}>{share}</span>
      {changed.has(bar.t) && <span class="late">▲ changed by late trades</span>}
    </div>
  )
}
