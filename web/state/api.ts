import type { CandlesReply, ConfigReply, DevicesReply, ErrorReply, SymbolsReply, TrackReply } from '../../wire/api.ts'
import type { Interval } from '../../wire/market.ts'
import type { CompleteReply, PastReply, SlicesReply } from '../../wire/past.ts'
import type { PeopleReply } from '../../wire/people.ts'
import type { MessagesReply, RoomsReply } from '../../wire/rooms.ts'

/** Candles in one page of a chart's history, messages in one of a room's. */
export const PAGE = 500
export const MESSAGES_PAGE = 100
/** Devices in one page of their list. */
export const DEVICES_PAGE = 500

const WITHIN = 10_000
/** A busy node says when to ask again: this many tries, each after at most so many milliseconds. */
const TRIES = 4
const LONGEST_WAIT = 10_000

export type ApiPorts = {
  fetch: (path: string, init: { signal: AbortSignal }) => Promise<Response>
  wait: (ms: number) => Promise<unknown>
  random: () => number
}

const older = (before: number | undefined): string => (before === undefined ? '' : `&before=${before}`)
/** `at`: as of that moment of the past; `seen`: as it was seen then. */
const asOf = (at: number | undefined, seen = false): string =>
  at === undefined ? '' : `&at=${at}${seen ? '&as=seen' : ''}`

/** The node's HTTP calls. Each rejects with a text for people. */
export const createApi = ({ fetch, wait, random }: ApiPorts) => {
  const ask = (path: string): Promise<Response> =>
    fetch(path, { signal: AbortSignal.timeout(WITHIN) }).catch(() => {
      throw new Error('Can’t reach the node.')
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
        throw new Error('The node stopped in the middle of its answer.')
      })) as T
    const reply = (await response.json().catch(() => null)) as ErrorReply | null
    throw new Error(reply?.error?.message ?? `The node returned an error (${response.status}).`)
  }
  return {
    config: () => get<ConfigReply>('/api/config'),
    symbols: (at?: number) => get<SymbolsReply>(at === undefined ? '/api/symbols' : `/api/symbols?at=${at}`),
    candles: (symbol: string, interval: Interval, before?: number, at?: number, seen?: boolean) =>
      get<CandlesReply>(
        `/api/symbols/${encodeURIComponent(symbol)}/candles?interval=${interval}&limit=${PAGE}${older(before)}${asOf(at, seen)}`,
      ),
    track: (id: string, since: number, at?: number, seen?: boolean) =>
      get<TrackReply>(
        `/api/devices/${encodeURIComponent(id)}/track?since=${Math.round(since)}&limit=2000${asOf(at, seen)}`,
      ),
    /** Devices that have this in their id, name or route. */
    devices: (text: string, at?: number) =>
      get<DevicesReply>(`/api/devices?q=${encodeURIComponent(text)}&limit=8${asOf(at)}`),
    /** A page of the same, with what an empty text finds: all. */
    devicePage: (text: string, after: string, at?: number) =>
      get<DevicesReply>(
        `/api/devices?q=${encodeURIComponent(text)}&limit=${DEVICES_PAGE}${after && `&after=${encodeURIComponent(after)}`}${asOf(at)}`,
      ),
    rooms: () => get<RoomsReply>('/api/rooms'),
    messages: (room: string, before: number) =>
      get<MessagesReply>(`/api/rooms/${encodeURIComponent(room)}/messages?before=${before}&limit=${MESSAGES_PAGE}`),
    people: () => get<PeopleReply>('/api/people'),
    past: () => get<PastReply>('/api/past'),
    /** Where there is data in a stretch (Unix ms). */
    slices: (from: number, to: number) =>
      get<SlicesReply>(`/api/past/slices?from=${Math.floor(from)}&to=${Math.ceil(to)}`),
    complete: (what: 'symbols' | 'devices', id: string) =>
      get<CompleteReply>(`/api/${what}/${encodeURIComponent(id)}/complete`),
  }
}
export type Api = ReturnType<typeof createApi>
