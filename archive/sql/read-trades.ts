import type { Archive, TradeRow } from '../archive.ts'
import { unscaled } from './decimals.ts'
import type { Engine } from './engine.ts'
import type { Names } from './names.ts'
import type { Trades } from './schema.ts'

const SIDES = ['buy', 'sell'] as const

const tradeOf = (symbol: string, row: Trades): TradeRow => {
  const side = row.side === null ? undefined : SIDES[row.side]
  const price = unscaled(row.price, row.scale)
  return { symbol, trade: { id: row.id, t: row.t, price, size: row.size, ...(side && { side }) }, at: row.t + row.at }
}

/** Questions about trades. */
export const tradeReader = (engine: Engine, names: Names): Pick<Archive, 'trades' | 'lastTrade'> => ({
  trades: async (symbols, from, to, limit) => {
    const ids = [...(await names.find(engine.reader, 's', symbols)).values()]
    if (ids.length === 0) return []
    const query = engine.reader
      .selectFrom('trades')
      .selectAll()
      .where(engine.among('symbol', ids))
      .where('t', '>=', from)
      .where('t', '<', to)
    const rows = await query.orderBy('t').orderBy('id').orderBy('symbol').limit(limit).execute()
    const known = await names.of(engine.reader, ids)
    return rows.map((row) => tradeOf(known.get(row.symbol) ?? '', row))
  },
  lastTrade: async (symbol, before) => {
    const id = (await names.find(engine.reader, 's', [symbol])).get(symbol)
    if (id === undefined) return null
    const query = engine.reader.selectFrom('trades').selectAll().where('symbol', '=', id).where('t', '<', before)
    const row = await query.orderBy('t', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst()
    return row ? tradeOf(symbol, row) : null
  },
})
