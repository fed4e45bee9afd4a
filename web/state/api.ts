import type { CandlesReply, ConfigReply, ErrorReply, SymbolsReply, TrackReply } from '../../wire/api.ts'
import type { Interval } from '../../wire/market.ts'
import { PAGE } from './chart.ts'

const WITHIN = 10_000
/** A node that has too much to do says when to ask again: so often that is done, and waited for so long at the most, in milliseconds. */
const TRIES = 4
const LONGEST_WAIT = 10_000

export type ApiPorts = {
  fetch: (path: string, init: { signal: AbortSignal }) => Promise<Response>
  wait: (ms: number) => Promise<unknown>
  random: () => number
}

/** The node's HTTP calls. Each rejects with a text for people. */
export const createApi = ({ fetch, wait, random }: ApiPorts) => {
  const ask = (path: string): Promise<Response> =>
    fetch(path, { signal: AbortSignal.timeout(WITHIN) }).catch(() => {
      throw new Error('The node cannot be reached.')
    })
  const askInTurn = async (path: string): Promise<Response> => {
    for (let tries = 1; ; tries++) {
      const response = await ask(path)
      if (response.status !== 429 || tries === TRIES) return response
      const after = (Number(response.headers.get('Retry-After')) || 1) * 1000
      // Not all pages of one address at the same moment.
      await wait(Math.min(after * (1 + random() / 2), LONGEST_WAIT))
    }
  }
  const get = async <T>(path: string): Promise<T> => {
    const response = await askInTurn(path)
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
