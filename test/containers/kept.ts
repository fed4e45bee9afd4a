import type { Floor } from './floor.ts'

type Candle = { t: number; v?: number }

const candlesOf = async (url: string, symbol: string): Promise<Candle[]> => {
  const answer = await fetch(`${url}/api/symbols/${symbol}/candles?interval=1m&limit=500`)
  return ((await answer.json()) as { candles: Candle[] }).candles
}

/** Takes the floor down and up again. Throws unless each minute that was over is there as it was. */
export const keepsData = async (floor: Floor, up: () => Promise<unknown>): Promise<number> => {
  // The newest minutes may still change.
  const before = (await candlesOf(floor.url, 'AAPL')).slice(0, -3)
  await floor.compose('down')
  await up()
  const after = new Map((await candlesOf(floor.url, 'AAPL')).map((candle) => [candle.t, JSON.stringify(candle)]))
  const first = [...after.keys()].at(0) ?? 0
  const lost = before.filter((candle) => candle.t >= first && after.get(candle.t) !== JSON.stringify(candle))
  if (before.length === 0 || lost.length > 0) throw new Error(`${lost.length} of ${before.length} minutes were lost`)
  return before.length
}
