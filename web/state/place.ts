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
  /** The moment of the past that is looked at (Unix ms); left out on the live floor. */
  at?: number | undefined
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

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z$/

/** The moment in a part of an address, as `2026-11-30T08:15:00Z`; undefined where it holds none. */
const momentIn = (part: string | undefined): number | undefined => {
  const text = decode(part ?? '')
  const at = MOMENT.test(text) ? Date.parse(text) : Number.NaN
  // A day that no month has would be one of the next month.
  return at >= 0 && new Date(at).toISOString().startsWith(text.slice(0, 16)) ? at : undefined
}

/** A moment as an address has it: to the second where it is a whole one. */
const formatMoment = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')

/** What a field of an address holds, as it stands there. */
export const fieldOf = (query: string, name: string): string | undefined =>
  new RegExp(`(?:^|&)${name}=([^&]*)`).exec(query)?.[1]

/**
 * The place in `#/split/AAPL/5m?device=BUS-12&order=ann.k3j2&at=2026-11-30T08:15:00Z`; names are encoded, as
 * `BTC%2FUSD`. Takes from `fallback` what it cannot read.
 */
export const parsePlace = (hash: string, fallback: Place): Place => {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [workspace, symbol, interval] = path.split('/')
  if (!isWorkspace(workspace)) return fallback
  return {
    workspace,
    symbol: nameIn(symbol) ?? fallback.symbol,
    interval: isInterval(interval) ? interval : fallback.interval,
    device: nameIn(fieldOf(query, 'device')),
    order: nameIn(fieldOf(query, 'order')) ?? undefined,
    at: momentIn(fieldOf(query, 'at')),
  }
}

/** The address of a place, to be read by {@link parsePlace}. */
export const formatPlace = ({ workspace, symbol, interval, device, order, at }: Place): string => {
  const path = symbol ? `#/${workspace}/${encodeURIComponent(symbol)}/${interval}` : `#/${workspace}`
  const named = Object.entries({ device, order }).flatMap(([what, id]) =>
    id ? [`${what}=${encodeURIComponent(id)}`] : [],
  )
  if (at !== undefined) named.push(`at=${formatMoment(at)}`)
  return named.length === 0 ? path : `${path}?${named.join('&')}`
}
