import { expect } from 'vitest'
import type { REQUESTS } from '../../../server/live/requests.ts'
import type { ACTS } from '../../../server/live/who.ts'
import type { Cast, Inside } from '../cast.ts'

/** A request, who may make it, what they get, and what others get. */
export type Asked = {
  what: string
  request: (name: Inside, cast: Cast) => object
  may: readonly Inside[]
  given: object
  refused: object
}

const error = (code: unknown) => ({ error: { code } })
const AUSTIN = { west: -97.76, south: 30.24, east: -97.74, north: 30.26 }

const watched = (topic: string, may: readonly Inside[], given: object = { kind: 'snapshot' }): Asked => ({
  what: topic,
  request: () => ({ topics: [{ topic }] }),
  may,
  given: { results: [{ topic, ...given }] },
  refused: { results: [{ topic, kind: 'error', ...error('not_allowed') }] },
})
const all = ['guest', 'share', 'trader', 'dispatcher', 'manager'] as const satisfies Inside[]
const said = (room: string, may: readonly Inside[]): Asked => ({
  what: room,
  request: (name) => ({ room, id: `${name}-1`, text: 'Good morning' }),
  may,
  given: { message: { text: 'Good morning' } },
  refused: error('not_allowed'),
})

/** A share has no name that a command could be by. */
const commanded = (kind: string, may: readonly Inside[]): Asked => ({
  what: `${kind} of a device`,
  request: (name) => ({ id: `${name}-${kind}`, to: { devices: ['BUS-1'] }, kind }),
  may,
  given: { device: 'BUS-1', command: { kind, state: 'queued' } },
  refused: error(expect.stringMatching(/^not_/)),
})

export const EVENTS: Record<(typeof REQUESTS)[number] | (typeof ACTS)[number], Asked[]> = {
  watch: [
    watched('s:AAPL', ['guest', 'share', 'trader']),
    watched('s:MSFT', ['guest', 'trader']),
    watched('s:NONE', ['guest', 'trader'], { kind: 'error', ...error('unknown_symbol') }),
    watched('d:BUS-1', ['guest', 'dispatcher']),
    watched('d:VAN-1', ['guest']),
    watched('d:VAN-NONE', ['guest'], { kind: 'error', ...error('unknown_device') }),
    watched('r:devices', ['guest']),
    watched('m:desk', ['guest', 'trader']),
    watched('m:s:AAPL', ['guest', 'trader']),
    watched('m:d:BUS-1', ['guest', 'dispatcher']),
    watched('p:floor', ['guest', 'trader']),
    watched('v:trader', ['guest', 'trader']),
    watched('i:trader', ['trader']),
    watched('i:guest', ['guest']),
    watched('a:access', all, { kind: 'error', ...error('bad_topic') }),
    {
      what: 'a view of the map',
      request: () => ({ view: { bounds: AUSTIN } }),
      may: ['dispatcher'],
      given: { view: { groups: ['buses'] } },
      refused: { view: { groups: expect.not.arrayContaining(['nothing']) } },
    },
  ],
  unwatch: [
    {
      what: 'what it does not watch',
      request: () => ({ topics: ['s:MSFT', 's:NONE'] }),
      may: all,
      given: { results: [{ kind: 'unwatched' }, { kind: 'unwatched' }] },
      refused: {},
    },
  ],
  tune: [
    {
      what: 'what it does not watch',
      request: () => ({ topics: [{ topic: 's:MSFT' }, { topic: 's:NONE' }] }),
      may: all,
      given: { results: [error('not_watched'), error('not_watched')] },
      refused: {},
    },
  ],
  say: [
    said('m:desk', ['guest', 'trader']),
    said('m:s:AAPL', ['guest', 'trader']),
    said('m:d:BUS-1', ['guest', 'dispatcher']),
  ],
  mark: [
    {
      what: "one's own inbox",
      request: () => ({ read: { 'm:desk': 1 } }),
      may: ['guest', 'trader', 'dispatcher', 'manager'],
      given: { done: true },
      refused: error('not_signed_in'),
    },
  ],
  here: [
    {
      what: 'what one looks at',
      request: () => ({ on: 's:AAPL' }),
      may: ['guest', 'trader', 'dispatcher', 'manager'],
      given: { done: true },
      refused: error('not_signed_in'),
    },
  ],
  command: [
    commanded('report_now', ['guest', 'dispatcher']),
    commanded('unlock', ['guest']),
    {
      what: 'a group',
      request: (name) => ({ id: `${name}-group`, to: { group: 'vans' }, kind: 'report_now' }),
      may: ['guest'],
      given: { devices: 1, leftOut: 0 },
      refused: error(expect.stringMatching(/^not_/)),
    },
  ],
  cancel: [
    {
      what: 'what nobody asked for',
      request: () => ({ device: 'BUS-1', id: 'none' }),
      may: ['guest', 'dispatcher'],
      given: { cancelled: 0 },
      refused: error(expect.stringMatching(/^not_/)),
    },
  ],
  renew: [
    {
      what: "by a token of one's own",
      request: (name, { tokens }) => ({ token: tokens.get(name) }),
      may: all,
      given: { until: expect.any(Number) },
      refused: {},
    },
    {
      what: 'by a token of somebody else',
      request: (_name, { tokens }) => ({ token: tokens.get('trader') }),
      may: ['trader'],
      given: { until: expect.any(Number) },
      refused: error('not_allowed'),
    },
    {
      what: 'by what is over',
      request: (_name, { tokens }) => ({ token: tokens.get('expired') }),
      may: [],
      given: {},
      refused: error('not_signed_in'),
    },
  ],
}
