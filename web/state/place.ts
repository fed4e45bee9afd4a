import { INTERVALS, type Interval } from '../../wire/market.ts'
import { isName } from '../../wire/topics.ts'

/** Where one is in the dashboard: what the address remembers, so that it can be shared. */
export type Place = {
  workspace: Workspace
  symbol: string | null
  interval: Interval
  device: string | null
  /** An order whose progress is looked at; left out where none is. */
  order?: string | undefined
}
export const WORKSPACES = ['markets', 'split', 'fleet'] as const
export type Workspace = (typeof WORKSPACES)[number]

const isInterval = (text: string | undefined): text is Interval => text !== undefined && Object.hasOwn(INTERVALS, text)
const isWorkspace = (text: string | undefined): text is Workspace => WORKSPACES.some((workspace) => workspace === text)

/** Text of an address as it was before {@link encodeURIComponent}; as it stands where a person wrote it otherwise. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The name in a part of an address, or null where it holds none. */
const nameIn = (part: string | undefined): string | null => {
  const name = decode(part ?? '')
  return isName(name) ? name : null
}

/**
 * The place in `#/split/AAPL/5m?device=BUS-12&order=ann.k3j2`; names are encoded, as `BTC%2FUSD`. Takes from `fallback`
 * what it cannot read.
 */
export const parsePlace = (hash: string, fallback: Place): Place => {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [workspace, symbol, interval] = path.split('/')
  if (!isWorkspace(workspace)) return fallback
  return {
    workspace,
    symbol: nameIn(symbol) ?? fallback.symbol,
    interval: isInterval(interval) ? interval : fallback.interval,
    device: nameIn(/(?:^|&)device=([^&]*)/.exec(query)?.[1]),
    order: nameIn(/(?:^|&)order=([^&]*)/.exec(query)?.[1]) ?? undefined,
  }
}

/** The address of a place, to be read by {@link parsePlace}. */
export const formatPlace = ({ workspace, symbol, interval, device, order }: Place): string => {
  const path = symbol ? `#/${workspace}/${encodeURIComponent(symbol)}/${interval}` : `#/${workspace}`
  const named = Object.entries({ device, order }).flatMap(([what, id]) =>
    id ? [`${what}=${encodeURIComponent(id)}`] : [],
  )
  return named.length === 0 ? path : `${path}?${named.join('&')}`
}
