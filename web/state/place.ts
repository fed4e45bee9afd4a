import { INTERVALS, type Interval } from '../../wire/market.ts'
import { isName } from '../../wire/topics.ts'

/** Where one is in the dashboard: what the address remembers, so that it can be shared. */
export type Place = { workspace: Workspace; symbol: string | null; interval: Interval; device: string | null }
export const WORKSPACES = ['markets', 'split', 'fleet'] as const
export type Workspace = (typeof WORKSPACES)[number]

const isInterval = (text: string | undefined): text is Interval => text !== undefined && Object.hasOwn(INTERVALS, text)
const isWorkspace = (text: string | undefined): text is Workspace => WORKSPACES.some((workspace) => workspace === text)

/** The place in `#/split/AAPL/5m?device=BUS-12`. What cannot be read falls back to `fallback`. */
export const parsePlace = (hash: string, fallback: Place): Place => {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [workspace, symbol, interval] = path.split('/')
  if (!isWorkspace(workspace)) return fallback
  const device = new URLSearchParams(query).get('device')
  return {
    workspace,
    symbol: symbol && isName(symbol) ? symbol : fallback.symbol,
    interval: isInterval(interval) ? interval : fallback.interval,
    device: device && isName(device) ? device : null,
  }
}

/** The address of a place, to be read by {@link parsePlace}. */
export const formatPlace = ({ workspace, symbol, interval, device }: Place): string => {
  const path = symbol ? `#/${workspace}/${symbol}/${interval}` : `#/${workspace}`
  return device ? `${path}?device=${device}` : path
}
