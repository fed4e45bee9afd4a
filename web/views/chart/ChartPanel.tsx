import { INTERVALS, type Interval } from '../../../wire/market.ts'
import { ARROWS, formatChange, formatPercent, formatPrice, NOTHING, wayOf } from '../../state/format.ts'
import { ShareChart } from '../people/ShareThis.tsx'
import { useFloor } from '../shared/floor-context.ts'
import { BackIcon } from '../shared/icons.tsx'
import { Segments } from '../shared/Segments.tsx'
import { Plot } from './Plot.tsx'

const NAMES = Object.keys(INTERVALS) as Interval[]

/** The last price of a symbol, and its change. */
export const Now = ({ symbol }: { symbol: string }) => {
  const { market } = useFloor()
  const { last, change, share, decimals, changeDecimals } = market.entry(symbol).quoted.value
  const text = formatChange(change, changeDecimals)
  const way = wayOf(text)
  return (
    <span class="now">
      <b data-now="last">{formatPrice(last, decimals)}</b>
      <span class={way} hidden={change === null}>
        {way !== '' && <span aria-hidden="true">{ARROWS[way]} </span>}
        {text}
        {share !== null && ` (${formatPercent(share)})`}
      </span>
    </span>
  )
}

const Skeleton = () => (
  <div class="veil" aria-busy="true">
    <div class="bones" aria-hidden="true">
      {Array.from({ length: 24 }, (_, i) => (
        <span class="bone" key={i} style={{ height: `${30 + ((i * 53) % 60)}%` }} />
      ))}
    </div>
  </div>
)

/** What stands in place of the chart where there is none to see. */
export const Veil = () => {
  const { chart, place, listing, market, past } = useFloor()
  const state = chart.state.value
  const chosen = place.value.symbol !== null && state !== null
  if (!chosen && listing.phase.value.phase === 'loading') return <Skeleton />
  if (!chosen && market.listed.value.length === 0)
    return (
      <div class="veil empty">
        <strong>No candles yet</strong>
        <p>
          {past === null ? 'The chart appears as soon as a feed publishes a symbol.' : 'No symbol had traded by then.'}
        </p>
      </div>
    )
  if (!chosen)
    return (
      <div class="veil empty">
        <strong>No symbol selected</strong>
        <p>Select one in the watchlist to see its chart.</p>
      </div>
    )
  if (state.phase === 'loading') return <Skeleton />
  if (state.phase === 'refused')
    return (
      <div class="veil empty" data-refused="">
        <strong>You may not see {state.symbol}</strong>
        <p>Whoever manages people here can change that.</p>
      </div>
    )
  if (state.phase === 'error' && state.candles.length === 0)
    return (
      <div class="veil empty">
        <strong>Can’t load the candles of {state.symbol}</strong>
        <p>{state.error} Retrying automatically.</p>
        <button type="button" class="button" onClick={chart.reload}>
          Try again
        </button>
      </div>
    )
  if (state.candles.length === 0)
    return (
      <div class="veil empty">
        <strong>
          {past === null ? `${state.symbol} has not traded yet` : `${state.symbol} had not traded by then`}
        </strong>
        <p>The chart starts with its first trade.</p>
      </div>
    )
  return null
}

/** The chart of the chosen symbol. */
export const ChartPanel = ({ shade, onBack }: { shade: string; onBack: (() => void) | null }) => {
  const { place, market, go } = useFloor()
  const { symbol, interval } = place.value
  void market.listed.value
  return (
    <section class="chart" aria-label="Chart">
      <header>
        {onBack && (
          <button type="button" class="icon-button" aria-label="Back to the watchlist" onClick={onBack}>
            <BackIcon />
          </button>
        )}
        <h2 title={symbol ?? undefined}>
          <b>{symbol ?? NOTHING}</b>
          <span>{symbol && market.entry(symbol).name}</span>
        </h2>
        {symbol && <Now symbol={symbol} />}
        <span class="spring" />
        {symbol && <ShareChart symbol={symbol} />}
        <Segments
          label="Interval"
          value={interval}
          options={NAMES.map((value) => ({ value, label: value }))}
          onChoose={(next) => go({ interval: next })}
        />
      </header>
      <div style={{ position: 'relative', display: 'grid', minHeight: 0 }}>
        <Plot shade={shade} />
        <Veil />
      </div>
    </section>
  )
}
