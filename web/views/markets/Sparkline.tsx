import { useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { Entry } from '../../state/entry.ts'
import { referencePrice } from '../../state/quoted.ts'
import { SPARK_SPAN } from '../../state/spark.ts'
import { colour } from '../shared/theme.ts'

const WIDTH = 76
const HEIGHT = 20
/**
 * A sparkline is an hour wide: drawing it more often than this, in milliseconds, shows nothing new unless minutes were
 * added.
 */
const EVERY = 1_000

const draw = (canvas: HTMLCanvasElement, entry: Entry): void => {
  const context = canvas.getContext('2d')
  const { spark, state } = entry
  if (!context) return
  const ratio = Math.min(devicePixelRatio, 2)
  if (canvas.width !== WIDTH * ratio) {
    canvas.width = WIDTH * ratio
    canvas.height = HEIGHT * ratio
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, WIDTH, HEIGHT)
  const last = spark.at(-1)
  if (spark.length < 2 || last === undefined) return
  const prices = spark.map(({ price }) => price)
  const low = Math.min(...prices)
  const span = Math.max(...prices) - low || 1
  const x = (minute: number): number => WIDTH - 4 - ((last.minute - minute) / SPARK_SPAN) * (WIDTH - 5)
  const y = (price: number): number => HEIGHT - 3 - ((price - low) / span) * (HEIGHT - 6)
  context.strokeStyle = context.fillStyle = colour(
    last.price >= (referencePrice(state) ?? spark[0]?.price ?? last.price) ? 'up' : 'down',
  )
  context.lineWidth = 1.25
  context.lineJoin = 'round'
  context.beginPath()
  for (const { minute, price } of spark) context.lineTo(x(minute), y(price))
  context.stroke()
  context.beginPath()
  context.arc(x(last.minute), y(last.price), 1.75, 0, 7)
  context.fill()
}

/**
 * The last hour of a symbol, small. Its numbers stand in the row beside it, so that it is hidden from screen readers.
 */
export const Sparkline = ({ entry, shade }: { entry: Entry; shade: string }) => {
  const canvas = useRef<HTMLCanvasElement>(null)
  const drawnAt = useRef(Number.NEGATIVE_INFINITY)
  const minutes = useRef(0)
  useEffect(() => {
    if (canvas.current) draw(canvas.current, entry)
  }, [entry, shade])
  useSignalEffect(() => {
    void entry.quoted.value
    const now = performance.now()
    if (!canvas.current || (entry.spark.length === minutes.current && now - drawnAt.current < EVERY)) return
    drawnAt.current = now
    minutes.current = entry.spark.length
    draw(canvas.current, entry)
  })
  return <canvas ref={canvas} width={WIDTH} height={HEIGHT} />
}
