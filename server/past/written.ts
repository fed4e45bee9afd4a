import type { Fix } from '../../wire/fleet.ts'
import type { Candle, Trade } from '../../wire/market.ts'

// Rows as the function library writes them: with its fields in its order, a text is known by one expression (texts.ts).

export const writtenTrade = ({ id, t, price, size, side }: Trade): Trade => ({
  id,
  t,
  price,
  size,
  ...(side && { side }),
})

export const writtenCandle = ({ t, open, high, low, close, volume, count, first, last }: Candle): Candle => ({
  t,
  open,
  high,
  low,
  close,
  volume,
  count,
  first,
  last,
})

export const writtenFix = (fix: Fix): Fix => {
  const { id, n, t, lat, lon, speed, heading, battery, route, parked, readings, doubtful } = fix
  return {
    id,
    n,
    t,
    lat,
    lon,
    ...(speed !== undefined && { speed }),
    ...(heading !== undefined && { heading }),
    ...(battery !== undefined && { battery }),
    ...(route !== undefined && { route }),
    ...(parked && { parked }),
    ...(readings && { readings }),
    ...(doubtful && { doubtful }),
  }
}
