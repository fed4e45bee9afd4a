/** What a stranger does to a node. */
export type Kind = {
  what: string
  /** One client by itself, which may cost a node 5% of a core. */
  alone?: boolean
  /** Whether plain Socket.IO has something like it to abuse. */
  rival: boolean
}

const ONE_CLIENT = { alone: true, rival: true }
const BOTH = { rival: true }

export const KINDS = {
  nothing: { what: 'no abuse at all: what chance alone makes of the figures', rival: false },
  arguments: { what: 'an event with 100,000 arguments, five times a second', ...ONE_CLIENT },
  pipelined: { what: '1,000 GET /api/symbols at once on a connection, nothing read', ...ONE_CLIENT },
  pipelinedMany: { what: 'the same on 60 connections, from 60 addresses', ...BOTH },
  symbols: { what: 'eight loops of GET /api/symbols', ...BOTH },
  candles: { what: 'eight loops of GET candles?limit=1 of 1,000 symbols', ...BOTH },
  tracks: { what: 'eight loops of GET track?limit=2000', ...BOTH },
  devices: { what: 'eight loops of GET /api/devices?q=, all different', ...BOTH },
  assets: { what: "eight loops of GET the dashboard's script", ...BOTH },
  missing: { what: 'eight loops of GET what is not there (404)', ...BOTH },
  unchanged: { what: 'eight loops of GET the script and the symbols by their ETag (304)', ...BOTH },
  everything: { what: 'all of these loops at once, 32, from eight addresses', ...BOTH },
  invalid: { what: 'watch with 2,000 topics of a wrong form, 49/s', ...ONE_CLIENT },
  cursors: { what: 'a view with 11,000 cursors, 49/s', alone: true, rival: false },
  unknown: { what: 'an unknown event of 510 KB, 49/s', ...ONE_CLIENT },
  rewatch: { what: 'watch, unwatch 2,000 valid topics, 49/s', ...ONE_CLIENT },
  pings: { what: 'WebSocket pings, 20,000/s', ...ONE_CLIENT },
  fragments: { what: 'a message in fragments of a byte, 100,000/s', ...ONE_CLIENT },
  events: { what: 'small unknown events, 20,000/s', ...ONE_CLIENT },
  reconnects: { what: 'eight loops of connect, watch 1,000 topics, cut', ...BOTH },
  handshakes: { what: 'eight loops of connect, cut', ...BOTH },
  renewals: { what: 'a loop of 20 watches of 100 topics, DISCONNECT, CONNECT', ...ONE_CLIENT },
  unconnected: { what: '3,000 sockets that never say CONNECT', ...BOTH },
  silent: { what: '3,000 TCP connections that send nothing', ...BOTH },
  silentMany: { what: 'the same from 60 addresses', ...BOTH },
  slowHeaders: { what: '500 connections, a byte of a header each second', ...BOTH },
  slowBodies: { what: '500 connections, a byte of a body each second', ...BOTH },
  slowFrames: { what: '500 sockets, a byte of a 500 KB frame each second', ...BOTH },
  unread: { what: '20 clients that watch, ask again and again, and read nothing', ...BOTH },
  reports: { what: 'a device with its key that reports 1,000 times a second', alone: true, rival: false },
  guesses: { what: 'eight loops of reports with guessed keys', rival: false },
  calls: { what: 'a feed with the largest call that the library takes, in a loop', rival: false },
} as const satisfies Record<string, Kind>

export type KindKey = keyof typeof KINDS
export const KIND_KEYS = Object.keys(KINDS) as KindKey[]
export const isKind = (name: string): name is KindKey => name in KINDS
