import { parse } from 'csv-parse/sync'
import type { SymbolDescription } from '../../wire/market.ts'
import { isName } from '../../wire/topics.ts'
import { TICK } from './share.ts'

/** One row of `data/symbols.csv`; `price` in dollars. */
export type Listing = { symbol: string; name: string; sector: string; exchange: string; price: number }

/** What a listing is, for those who trade it. */
export const described = ({ symbol, name, exchange }: Listing): { symbol: string } & SymbolDescription => ({
  symbol,
  name,
  type: 'stock',
  currency: 'USD',
  exchange,
  zone: 'America/New_York',
  sessions: '0930-1600:23456',
  priceStep: TICK,
})

/** Widely known shares come first, so that a small demo shows names that people recognise. */
const WELL_KNOWN =
  'AAPL MSFT NVDA AMZN GOOGL META TSLA BRK.B JPM V MA UNH XOM JNJ PG HD COST WMT KO PEP MCD NKE DIS NFLX AMD INTC IBM ORCL ' +
  'CSCO ADBE CRM QCOM TXN BA CAT GE F GM UPS FDX T VZ PFE MRK ABBV LLY CVX GS MS BAC WFC C AXP PYPL UBER SBUX MMM HON LMT DE'

type Row = Partial<Record<keyof Listing, string>>

/** The listing of a row; throws where it is none, since the file ships with the program. */
const readListing = ({ symbol = '', name = '', sector = '', exchange = '', price = '' }: Row, row: number): Listing => {
  const found = { symbol, name, sector, exchange, price: Number(price) }
  if (isName(symbol) && name !== '' && exchange !== '' && found.price > TICK) return found
  const [where, what] = [`data/symbols.csv, row ${row + 2}`, 'a symbol, a name, an exchange and a price']
  throw new Error(`${where}: ${what} are needed, found "${[symbol, name, exchange, price].join()}"`)
}

/** Reads `data/symbols.csv`: its columns are the fields of a listing. */
export const readListings = (csv: string): Listing[] => {
  const rows = parse(csv, { columns: true, bom: true, skip_empty_lines: true }) as Row[]
  const listings = rows.map(readListing)
  const rank = new Map(WELL_KNOWN.split(' ').map((symbol, place) => [symbol, place]))
  const placeOf = ({ symbol }: Listing) => rank.get(symbol) ?? rank.size
  return listings.sort((a, b) => placeOf(a) - placeOf(b))
}
