import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { ROOT } from '../environment.ts'
import type { Position } from './fleet.ts'
import type { Print } from './market.ts'

const text = (file: string): string => gunzipSync(readFileSync(`${ROOT}/test/data/whole/${file}`)).toString()

type Row = [t: number, id: string, type: null, side: string, price: number, amount: number, cost: number]

/** A night of XRP/ETH, over midnight. Sizes in thousands, so that volumes are sums of fractions. */
export const readPrints = (): Print[] =>
  (JSON.parse(text('xrp-eth-night.json.gz')) as Row[]).map(([t, id, , side, price, amount]) => ({
    id: Number(id),
    t,
    price,
    size: amount / 1000,
    side,
  }))

/** What the buses' computers tell where they know no speed. */
const NO_SPEED = 113.9952

/**
 * Two hours of fourteen buses in Austin, in order of time, which is the number. Where no speed was known, the position
 * was none either.
 */
export const readPositions = (): Position[] => {
  const [, ...lines] = text('austin-buses.csv.gz').trimEnd().split('\n')
  const positions = lines.map((line): Position => {
    const [id = '', time = '', told = '', route = '', , lat, lon] = line.split(',')
    const [t, speed] = [Date.parse(time), Number(told)]
    const position = { id: `BUS ${id}/Ö`, n: t, t, lat: Number(lat), lon: Number(lon), speed, route }
    return { ...position, ...(speed === NO_SPEED && { doubtful: true }) }
  })
  return positions.sort((a, b) => a.t - b.t)
}
