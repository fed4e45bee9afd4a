import { fileURLToPath } from 'node:url'
import express, { type Express } from 'express'

const DASHBOARD = fileURLToPath(new URL('../../../dist/web', import.meta.url))

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** As many symbols as the bench has, each with all that the dashboard's list shows: 730 KB of JSON. */
const symbols = () => {
  const candle = { t: 1_763_900_000_000, open: 100.5, high: 101.2, low: 99.8, close: 100.9, volume: 12_345, count: 321 }
  const last = { id: 400, t: 1_763_900_000_000, price: 100.9, size: 45, side: 'buy' }
  return numbers(1000).map((i) => ({
    symbol: `B${i}`,
    name: `Bench ${i}`,
    last,
    prev: { price: 100.9, t: 1_763_900_000_000, id: 1 },
    day: candle,
    quote: null,
    spark: numbers(60).map((minute) => 100 + minute / 100),
  }))
}

const fixes = (count: number) =>
  numbers(count).map((n) => ({ id: 'BENCH-1', n, t: 1_763_900_000_000 + n, lat: 30.267_21, lon: -97.743_11, speed: 2 }))

/**
 * Pages beside plain Socket.IO as Express's guides have them. What they answer is in memory, ready to be made JSON: a
 * real server would have to read it first.
 */
export const createPages = (): Express => {
  const app = express()
  const [list, track, devices] = [symbols(), fixes(2000), fixes(500)]
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }))
  app.get('/api/symbols', (_request, response) => void response.json({ symbols: list }))
  app.get('/api/symbols/:symbol/candles', (_request, response) => void response.json({ candles: [list[0]?.day] }))
  app.get('/api/devices', (_request, response) => void response.json({ devices }))
  app.get('/api/devices/:id/track', (_request, response) => void response.json({ fixes: track }))
  app.use(express.static(DASHBOARD))
  return app
}
