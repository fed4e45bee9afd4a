import {
  Chart,
  type ChartConfiguration,
  LinearScale,
  LineController,
  LineElement,
  type Plugin,
  PointElement,
} from 'chart.js'
import { type Measure, type Measured, type Point, pointsOf, type Span, timeMarks } from '../../../state/readings.ts'
import { WALL_CLOCK } from '../../chart/wall-clock.ts'
import { colour } from '../../shared/theme.ts'

Chart.register(LinearScale, LineController, LineElement, PointElement)

/** Pixels of the letters beside a line, and of the room that they have: all lines of a panel begin below each other. */
const LETTERS = 10
const AXIS = 48

/** What stands at a mark of the axis: nothing where the one before says the same. */
const labelOf =
  (write: (value: number) => string) =>
  (value: string | number, i: number, ticks: readonly { value: number }[]): string => {
    const text = write(Number(value))
    const before = ticks[i - 1]
    return before !== undefined && write(before.value) === text ? '' : text
  }

/** What an axis is given before each drawing: Chart.js takes its marks by this function. */
const marksAt = (values: readonly number[]) => (axis: { ticks: { value: number }[] }) => {
  axis.ticks = values.map((value) => ({ value }))
}

/** The axis of what is either so or not has two marks, and room beside them. */
const SWITCH_AXIS = { min: -0.2, max: 1.2, afterBuildTicks: marksAt([0, 1]) }

const options = ({ write, isSwitch }: Measure) => ({
  animation: false as const,
  responsive: false,
  maintainAspectRatio: false,
  normalized: true,
  parsing: false as const,
  spanGaps: false,
  events: [],
  layout: { padding: { top: 4, right: 6 } },
  scales: {
    x: {
      type: 'linear' as const,
      grid: { tickLength: 0 },
      border: { display: false },
      ticks: {
        maxRotation: 0,
        padding: 3,
        callback: (value: string | number) => WALL_CLOCK.label(Number(value), false),
      },
    },
    y: {
      type: 'linear' as const,
      grace: '8%' as const,
      grid: { tickLength: 0 },
      border: { display: false },
      ...(isSwitch && SWITCH_AXIS),
      afterFit: (axis: { width: number }) => {
        axis.width = AXIS
      },
      ticks: {
        maxTicksLimit: 3,
        padding: 5,
        callback: labelOf(write),
      },
    },
  },
})

/** Marks the value that is pointed at. */
const marker = (pointed: () => Measured | null): Plugin<'line'> => ({
  id: 'marker',
  afterDraw: ({ ctx, chartArea, scales: { x, y } }) => {
    const at = pointed()
    if (at === null || !x || !y) return
    const left = Math.round(x.getPixelForValue(at.t)) + 0.5
    ctx.save()
    ctx.strokeStyle = colour('chart-cross')
    ctx.setLineDash([3, 3])
    ctx.beginPath()
    ctx.moveTo(left, chartArea.top)
    ctx.lineTo(left, chartArea.bottom)
    ctx.stroke()
    ctx.fillStyle = colour('accent')
    ctx.beginPath()
    ctx.arc(left, y.getPixelForValue(at.value), 3.5, 0, 7)
    ctx.fill()
    ctx.restore()
  },
})

/** A reading as a line over the time of its device's track. */
export const mountReading = (canvas: HTMLCanvasElement, measure: Measure) => {
  let pointed: Measured | null = null
  const config: ChartConfiguration<'line', Point[]> = {
    type: 'line',
    data: { datasets: [{ data: [], pointRadius: 0, borderWidth: 1.5, stepped: measure.isSwitch }] },
    options: options(measure),
    plugins: [marker(() => pointed)],
  }
  const chart = new Chart<'line', Point[]>(canvas, config)

  return {
    restyle: (): void => {
      const font = { family: getComputedStyle(canvas).fontFamily, size: LETTERS }
      for (const scale of Object.values(chart.options.scales ?? {})) {
        Object.assign(scale?.ticks ?? {}, { color: colour('text-faint'), font })
        Object.assign(scale?.grid ?? {}, { color: colour('chart-grid') })
      }
      for (const dataset of chart.data.datasets) dataset.borderColor = colour('accent')
      chart.update('none')
    },
    draw: (series: readonly Measured[], { from, to }: Span): void => {
      const points = pointsOf(series)
      for (const dataset of chart.data.datasets) {
        dataset.data = points
        // A line of one point is not seen.
        dataset.pointRadius = points.length === 1 ? 2 : 0
      }
      const { x } = chart.options.scales ?? {}
      const max = Math.max(to, from + 1000)
      Object.assign(x ?? {}, { min: from, max, afterBuildTicks: marksAt(timeMarks({ from, to: max })) })
      chart.update('none')
      canvas.dataset.points = String(series.length)
    },
    /** The time under a place of the canvas; null beside the line. */
    timeAt: (x: number): number | null => chart.scales.x?.getValueForPixel(x) ?? null,
    point: (next: Measured | null): void => {
      pointed = next
      chart.draw()
    },
    resize: (width: number, height: number): void => chart.resize(width, height),
    destroy: (): void => chart.destroy(),
  }
}
export type ReadingChart = ReturnType<typeof mountReading>
