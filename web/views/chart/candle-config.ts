import { Chart, type ChartConfiguration, LinearScale } from 'chart.js'
import { colour } from '../shared/theme.ts'
import { BAR_PARTS, type Bar } from './candlesticks.ts'
import { type Overlay, overlayPlugin } from './overlay.ts'

Chart.register(LinearScale, ...BAR_PARTS)

/** Pixels between the axis of prices and the edge of the canvas. */
export const EDGE = 4

export const barColours = () => ({
  up: colour('up'),
  down: colour('down'),
  upGround: colour('up-ground'),
  downGround: colour('down-ground'),
})

/** A chart of candles and their volume, without bars. Its axes are set at each drawing. */
export const candleConfig = (
  overlay: (chart: Chart<'candlestick'>) => Overlay,
): ChartConfiguration<'candlestick', Bar[]> => ({
  type: 'candlestick',
  data: {
    datasets: [
      { type: 'volume', data: [], colours: barColours(), yAxisID: 'volume' } as never,
      { type: 'candlestick', data: [], colours: barColours(), yAxisID: 'y' } as never,
    ],
  },
  options: {
    animation: false,
    responsive: false,
    maintainAspectRatio: false,
    normalized: true,
    events: [],
    layout: { padding: { top: 4, right: EDGE } },
    scales: {
      x: {
        type: 'linear',
        grid: { tickLength: 0 },
        border: { display: false },
        ticks: { autoSkip: false, maxRotation: 0, padding: 6 },
      },
      y: {
        type: 'linear',
        position: 'right',
        border: { display: false },
        grid: { tickLength: 0 },
        ticks: { autoSkip: false, padding: 8 },
      },
      volume: { type: 'linear', display: false, beginAtZero: true },
    },
  } as never,
  plugins: [overlayPlugin(overlay)],
})
