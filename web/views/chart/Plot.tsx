import { type Signal, useComputed, useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { INTERVALS } from '../../../wire/market.ts'
import { firstWindow, panWindow, type Window, zoomWindow } from '../../state/bars.ts'
import type { ChartState } from '../../state/chart-state.ts'
import { formatPrice } from '../../state/format.ts'
import { Completeness } from '../past/Completeness.tsx'
import { GoThere } from '../past/GoThere.tsx'
import { useGoing } from '../past/use-going.ts'
import { useFloor } from '../shared/floor-context.ts'
import { type CandleChart, mountCandles } from './candle-chart.ts'
import { listenGestures } from './gestures.ts'
import { Legend } from './Legend.tsx'
import { createPlotter } from './plotter.ts'
import { useMoment } from './use-moment.ts'

/** How near the left edge of what is loaded one may come, in bars, before older ones are read. */
const NEAR = 40
const NONE: ReadonlySet<number> = new Set()

const describe = ({ symbol, interval, candles }: ChartState): string => {
  const newest = candles.at(-1)
  if (!newest) return `${symbol}, no candles yet`
  const low = Math.min(...candles.slice(-120).map((candle) => candle.low))
  const high = Math.max(...candles.slice(-120).map((candle) => candle.high))
  return [
    `Candlestick chart of ${symbol}, ${interval}. Last price ${formatPrice(newest.close)}.`,
    `Low ${formatPrice(low)} and high ${formatPrice(high)} over the last ${Math.min(120, candles.length)} candles.`,
    'Use the arrow keys to move, plus and minus to zoom.',
  ].join(' ')
}

type Hands = {
  pointed: { value: number | null }
  tapped: (bar: { t: number; x: number } | null, alt: boolean) => unknown
}

/** Ties the chart's state, its window and the pointer to the canvas; draws at most once a frame. */
const usePlot = (window: Signal<Window>, { pointed, tapped }: Hands, shade: string) => {
  const { chart, frames } = useFloor()
  const plot = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const drawn = useRef<CandleChart | null>(null)

  useEffect(() => {
    if (!canvas.current || !plot.current) return
    const box = plot.current
    const candles = mountCandles(canvas.current)
    drawn.current = candles
    candles.restyle()
    const plotter = createPlotter({
      candles,
      state: chart.state.peek.bind(chart.state),
      window,
      width: () => box.clientWidth,
    })
    const total = () => chart.state.peek()?.candles.length ?? 0
    const change = (next: Window) => {
      window.value = next
      tapped(null, false)
      const state = chart.state.peek()
      if (state && state.candles.length - next.back - next.count < NEAR) void chart.loadOlder()
      frames.wake()
    }
    const sizes = new ResizeObserver(() => {
      candles.resize(box.clientWidth, box.clientHeight)
      plotter.invalidate()
      frames.wake()
    })
    sizes.observe(box)
    const stopDrawing = frames.add(plotter.draw)
    const stopListening = listenGestures(box, {
      pan: (share) => change(panWindow(window.peek(), share * window.peek().count, total())),
      zoom: (factor, anchor) => change(zoomWindow(window.peek(), factor, anchor, total())),
      reset: () => change(firstWindow(box.clientWidth, total())),
      point: (position) => {
        const at = position && candles.at(position.x, position.y)
        pointed.value = at?.index ?? null
        candles.point(at)
      },
      tap: ({ x, y, alt }) => {
        const at = candles.at(x, y)
        const bar = at && chart.state.peek()?.candles[at.index]
        tapped(bar ? { t: bar.t, x: candles.xOf(at.index) } : null, alt)
      },
    })
    return () => {
      stopDrawing()
      stopListening()
      sizes.disconnect()
      candles.destroy()
    }
  }, [chart, frames, window, pointed, tapped])

  useEffect(() => {
    drawn.current?.restyle()
    const state = chart.state.peek()
    if (state) drawn.current?.draw(state.candles, window.peek(), INTERVALS[state.interval], state.changed)
  }, [chart, window, shade])

  return { plot, canvas }
}

/** What the bars alone do not tell: that more are to come, or that they are not up to date. */
const Note = ({ state }: { state: ChartState | null }) => {
  if (state?.phase === 'error')
    return (
      <p class="chart-note bad" role="status">
        The chart is out of date. {state.error} Retrying automatically.
      </p>
    )
  if (!state?.filling) return null
  return (
    <p class="chart-note" role="status">
      The history of {state.symbol} is still coming in: more candles will appear.
    </p>
  )
}

/** The drawing itself, with its legend. */
export const Plot = ({ shade }: { shade: string }) => {
  const { chart, frames, complete } = useFloor()
  const window = useSignal<Window>(firstWindow(0))
  const pointed = useSignal<number | null>(null)
  const { chosen, choose } = useGoing()
  const { plot, canvas } = usePlot(window, { pointed, tapped: choose }, shade)
  useMoment(window)
  const candle = useComputed(() => {
    const candles = chart.state.value?.candles ?? []
    return candles[pointed.value ?? candles.length - 1] ?? candles.at(-1) ?? null
  })
  const state = chart.state.value
  const total = state?.candles.length ?? 0
  // A label that changed with each trade would never let a screen reader finish it: once a bar is enough.
  const label = useMemo(() => (state ? describe(state) : 'Chart'), [state?.symbol, state?.interval, total])
  useEffect(frames.wake, [frames, state])

  const press = (event: KeyboardEvent) => {
    const { count } = window.peek()
    if (event.key === 'ArrowLeft') window.value = panWindow(window.peek(), count / 10, total)
    else if (event.key === 'ArrowRight') window.value = panWindow(window.peek(), -count / 10, total)
    else if (event.key === '+' || event.key === '=') window.value = zoomWindow(window.peek(), 0.8, 1, total)
    else if (event.key === '-') window.value = zoomWindow(window.peek(), 1.25, 1, total)
    else if (event.key === 'Home' || event.key === 'End')
      window.value = firstWindow(plot.current?.clientWidth ?? 0, total)
    else return
    event.preventDefault()
    frames.wake()
  }

  return (
    <div
      class="plot"
      ref={plot}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the chart is moved with the keyboard
      tabIndex={0}
      role="application"
      aria-label={label}
      onKeyDown={press}
    >
      <canvas ref={canvas} data-candles={total} data-interval={state?.interval} />
      <div class="plot-head">
        <Legend candle={candle} changed={state?.changed ?? NONE} />
        <Completeness complete={complete.chart} />
        <Note state={state} />
      </div>
      <GoThere chosen={chosen} />
      {window.value.back > 4 && (
        <button
          type="button"
          class="button latest"
          onClick={() => {
            window.value = { ...window.peek(), back: firstWindow(0).back }
            frames.wake()
          }}
        >
          Jump to latest
        </button>
      )}
    </div>
  )
}
