import type { CandlesReply, ConfigReply, ErrorReply, SymbolsReply, TrackReply } from '../../wire/api.ts'
import type { Interval } from '../../wire/market.ts'
import { PAGE } from './chart.ts'

const WITHIN = 10_000

/** The node's HTTP calls. Each rejects with a text for people. */
export const createApi = (fetch: (path: string, init: { signal: AbortSignal }) => Promise<Response>) => {
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(path, { signal: AbortSignal.timeout(WITHIN) }).catch(() => {
      throw new Error('The node cannot be reached.')
    })
    if (response.ok)
      return (await response.json().catch(() => {
        throw new Error('The node stopped answering.')
      })) as T
    const reply = (await response.json().catch(() => null)) as ErrorReply | null
    throw new Error(reply?.error?.message ?? `The node answered ${response.status}.`)
  }
  return {
    config: () => get<ConfigReply>('/api/config'),
    symbols: () => get<SymbolsReply>('/api/symbols'),
    candles: (symbol: string, interval: Interval, before?: number) =>
      get<CandlesReply>(
        `/api/symbols/${encodeURIComponent(symbol)}/candles?interval=${interval}&limit=${PAGE}${before === undefined ? '' : `&before=${before}`}`,
      ),
    track: (id: string, since: number) =>
      get<TrackReply>(`/api/devices/${encodeURIComponent(id)}/track?since=${Math.round(since)}&limit=2000`),
  }
}
export type Api = ReturnType<typeof createApi>
