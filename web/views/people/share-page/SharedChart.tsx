import { formatPercent, formatPrice, wayOf } from '../../../state/format.ts'
import { Now, Veil } from '../../chart/ChartPanel.tsx'
import { Plot } from '../../chart/Plot.tsx'
import { useFloor } from '../../shared/floor-context.ts'

const Row = ({ symbol }: { symbol: string }) => {
  const { market, place, go } = useFloor()
  const { last, share, decimals, refused } = market.entry(symbol).quoted.value
  const text = formatPercent(share)
  return (
    <li>
      <button type="button" aria-pressed={place.value.symbol === symbol} onClick={() => go({ symbol })}>
        <b>{symbol}</b>
        <span>{refused ?? formatPrice(last, decimals)}</span>
        <span class={wayOf(text)}>{share === null ? '' : text}</span>
      </button>
    </li>
  )
}

/** The price and the chart of a shared symbol; of several, the one that is chosen among them. */
export const SharedChart = ({ symbols, shade }: { symbols: readonly string[]; shade: string }) => {
  const { place, market } = useFloor()
  const symbol = place.value.symbol ?? ''
  void market.listed.value
  return (
    <section class="chart shared-chart" aria-label={`Chart of ${symbol}`}>
      <header>
        <h2>
          <b>{symbol}</b>
          <span>{market.entry(symbol).name}</span>
        </h2>
        <Now symbol={symbol} />
      </header>
      <div class="plot-box">
        <Plot shade={shade} />
        <Veil />
      </div>
      {symbols.length > 1 && (
        <ul class="shared-symbols" aria-label="Symbols">
          {symbols.map((one) => (
            <Row key={one} symbol={one} />
          ))}
        </ul>
      )}
    </section>
  )
}
