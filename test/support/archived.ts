import type { Archive } from '../../archive/archive.ts'
import { type Fix, isNewer } from '../../wire/fleet.ts'
import { MINUTE, type Trade } from '../../wire/market.ts'
import { isBefore } from '../../wire/order.ts'
import { deviceTopic, symbolTopic } from '../../wire/topics.ts'
import { eventually } from './eventually.ts'
import { candlesOf, type Print } from './oracle/market.ts'

/** What was published, and so must be in the archive; each trade of symbols whose names begin with `EACH`. */
export type Told = { trades: Map<string, Trade[]>; fixes: Map<string, Fix[]> }
export const nothing = (): Told => ({ trades: new Map(), fixes: new Map() })

/** Adds what is published of a symbol or a device. Returns it. */
export const add = <T>(map: Map<string, T[]>, name: string, items: T[]): T[] => {
  const known = map.get(name)
  if (known) known.push(...items)
  else map.set(name, [...items])
  return items
}

const ALL = Number.MAX_SAFE_INTEGER
const MOST = 1e6
const tradeRow = ({ id, t, price, size, side }: Trade) => [id, t, price, size, side]
const fixRow = ({ n, t, lat, lon }: Fix) => [n, t, lat, lon]
const byTrade = (a: Trade, b: Trade): number => (isBefore([b.t, b.id], [a.t, a.id]) ? 1 : -1)
const byFix = (a: Fix, b: Fix): number => (isNewer(a, b) ? 1 : -1)

const isSame = (what: string, own: readonly unknown[], wanted: readonly unknown[]): string =>
  JSON.stringify(own) === JSON.stringify(wanted) ? '' : `${what}: ${own.length}, wanted ${wanted.length}`

const ofSymbol = async (archive: Archive, symbol: string, trades: readonly Trade[]): Promise<string> => {
  const minutes = (await archive.minutes([symbol], 0, ALL, MOST)).map(({ candle }) => candle)
  const differs = isSame(`minutes of ${symbol}`, minutes, candlesOf(trades as Print[], MINUTE))
  if (differs !== '' || !symbol.startsWith('EACH')) return differs
  const own = (await archive.trades([symbol], 0, ALL, MOST)).map(({ trade }) => tradeRow(trade))
  return isSame(`trades of ${symbol}`, own, trades.toSorted(byTrade).map(tradeRow))
}

/** The first thing in which the archive is not as was told, row by row; empty where all is the same. */
export const difference = async (archive: Archive, { trades, fixes }: Told): Promise<string> => {
  for (const [symbol, own] of trades) {
    const differs = await ofSymbol(archive, symbol, own)
    if (differs !== '') return differs
  }
  for (const [device, own] of fixes) {
    const rows = (await archive.track({ device, from: 0, to: ALL, limit: MOST })).map(({ fix }) => fixRow(fix))
    const differs = isSame(`fixes of ${device}`, rows, own.toSorted(byFix).map(fixRow))
    if (differs !== '') return differs
  }
  return ''
}

/** Waits until the archive has all that was told, and no gap of it. */
export const untilArchived = async (archive: Archive, told: Told): Promise<void> => {
  let last = ''
  const isThere = async (): Promise<boolean> => {
    last = await difference(archive, told)
    return last === ''
  }
  await eventually('the archive has all that was told', isThere, { everyMs: 50 }).catch((error) => {
    throw new Error(`${error.message}: ${last}`)
  })
  const topics = [...[...told.trades.keys()].map(symbolTopic), ...[...told.fixes.keys()].map(deviceTopic)]
  for (const topic of topics) {
    const { gaps = [] } = (await archive.complete(topic)) ?? {}
    if (gaps.length > 0) throw new Error(`${topic} has gaps: ${JSON.stringify(gaps)}`)
  }
}
