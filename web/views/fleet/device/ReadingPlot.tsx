import type { Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { lineInWords, type Measure, type Measured, nearestAt, type Span } from '../../../state/readings.ts'
import { mountReading, type ReadingChart } from './reading-chart.ts'

const TIME = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

const STEPS: Readonly<Record<string, number>> = {
  ...{ ArrowLeft: -1, ArrowRight: 1, Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY },
}

type Props = {
  measure: Measure
  series: readonly Measured[]
  span: Span
  shade: string
  /** The time that is pointed at, in all lines at once; null: none. */
  at: Signal<number | null>
}

/** Draws the line, and keeps it as wide as its room. */
const useChart = ({ measure, series, span, shade }: Props, pointed: Measured | null) => {
  const canvas = useRef<HTMLCanvasElement>(null)
  const chart = useRef<ReadingChart | null>(null)
  const { name } = measure
  useEffect(() => {
    const box = canvas.current?.parentElement
    if (!canvas.current || !box) return
    const made = mountReading(canvas.current, measure)
    chart.current = made
    const sizes = new ResizeObserver(() => made.resize(box.clientWidth, box.clientHeight))
    sizes.observe(box)
    return () => {
      sizes.disconnect()
      made.destroy()
      chart.current = null
    }
    // Measures are made anew with each fix: what is called the same is the same.
  }, [name])
  useEffect(() => chart.current?.restyle(), [shade, name])
  useEffect(() => chart.current?.draw(series, span), [series, span.from, span.to, name])
  useEffect(() => chart.current?.point(pointed), [pointed, name])
  return { canvas, chart }
}

/** One reading as a line. The pointer, or the arrow keys, tell its value at a time. */
export const ReadingPlot = (props: Props) => {
  const { measure, series, at } = props
  const index = at.value === null ? -1 : nearestAt(series, at.value)
  const pointed = series[index] ?? null
  const { canvas, chart } = useChart(props, pointed)
  const shown = pointed ?? series.at(-1)
  const press = (event: KeyboardEvent): void => {
    const step = STEPS[event.key]
    if (step === undefined) return
    event.preventDefault()
    const from = index < 0 ? series.length - 1 : index
    const next = series[Math.min(series.length - 1, Math.max(0, from + step))]
    if (next) at.value = next.t
  }
  return (
    <div class="reading" data-line={measure.name}>
      <p>
        {measure.title} <b data-value={measure.name}>{shown ? measure.write(shown.value) : ''}</b>{' '}
        {pointed && <span class="soft">{TIME.format(pointed.t)}</span>}
      </p>
      <div
        class="reading-box"
        role="slider"
        tabIndex={0}
        aria-label={lineInWords(measure, series)}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, series.length - 1)}
        aria-valuenow={index < 0 ? series.length - 1 : index}
        aria-valuetext={shown ? `${measure.write(shown.value)} at ${TIME.format(shown.t)}` : ''}
        onKeyDown={press}
        onPointerMove={(event) => {
          at.value = chart.current?.timeAt(event.offsetX) ?? null
        }}
        onPointerLeave={() => {
          at.value = null
        }}
        onBlur={() => {
          at.value = null
        }}
      >
        <canvas ref={canvas} />
      </div>
    </div>
  )
}
