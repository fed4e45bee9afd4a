import { parse } from 'csv-parse/sync'
import { isName } from '../../wire/topics.ts'

export type Listing = { symbol: string; name: string; sector: string }

/** Widely known shares come first, so that a small demo shows names that people recognise. */
const WELL_KNOWN =
  'AAPL MSFT NVDA AMZN GOOGL META TSLA BRK.B JPM V MA UNH XOM JNJ PG HD COST WMT KO PEP MCD NKE DIS NFLX AMD INTC IBM ORCL ' +
  'CSCO ADBE CRM QCOM TXN BA CAT GE F GM UPS FDX T VZ PFE MRK ABBV LLY CVX GS MS BAC WFC C AXP PYPL UBER SBUX MMM HON LMT DE'

/** Reads `data/symbols.csv` (`symbol,name,sector`); throws where a row is not one, since the file ships with the program. */
export const readListings = (csv: string): Listing[] => {
  const rows = parse(csv, { columns: true, bom: true, skip_empty_lines: true }) as Partial<Listing>[]
  const listings = rows.map(({ symbol = '', name = '', sector = '' }, row) => {
    if (!isName(symbol) || name === '')
      throw new Error(`data/symbols.csv, row ${row + 2}: a symbol and a name are needed, found "${symbol},${name}"`)
    return { symbol, name, sector }
  })
  const rank = new Map(WELL_KNOWN.split(' ').map((symbol, place) => [symbol, place]))
  const placeOf = ({ symbol }: Listing) => rank.get(symbol) ?? rank.size
  return listings.sort((a, b) => placeOf(a) - placeOf(b))
}
