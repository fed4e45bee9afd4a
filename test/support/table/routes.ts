import type { Inside } from '../cast.ts'

/**
 * A request, and who may make it. Those who may get `given` (200 unless it says so); others who are let in `refused`
 * (403); all others 401. `everybody`: no matter who.
 */
export type Row = {
  path: string
  body?: unknown
  may: readonly Inside[] | 'inside'
  given?: number
  refused?: number
  everybody?: true
}

const everybody = (path: string, given = 200): Row[] => [{ path, given, may: 'inside', everybody: true }]
const inside = (path: string): Row[] => [{ path, may: 'inside' }]
const only = (path: string, may: readonly Inside[], more: Partial<Row> = {}): Row => ({ path, may, ...more })

const ONE = 'interval=1h&limit=1'
const LATER = Date.now() + 3_600_000
/** Those who are somebody. */
const NAMED = ['guest', 'trader', 'dispatcher', 'manager'] as const
const MANAGERS = ['guest', 'manager'] as const
const share = (symbol: string) => ({ show: { kind: 'symbol', symbol }, until: LATER })

/** By route, as the code writes it. */
export const ROUTES: Record<string, Row[]> = {
  'get /healthz': everybody('/healthz'),
  'get /readyz': everybody('/readyz'),
  'get /metrics': everybody('/metrics'),
  'get socketPath': everybody('/socket.io/', 400),
  'get /config': everybody('/api/config'),
  'get /session': everybody('/api/session'),
  'post /session': everybody('/api/session', 401).map((row) => ({ ...row, body: { token: 'none' } })),
  'post /session/renew': [only('/api/session/renew', NAMED, { refused: 401 })],
  'delete /session': everybody('/api/session'),
  'get /symbols': inside('/api/symbols'),
  'get /symbols/:symbol/candles': [
    only(`/api/symbols/AAPL/candles?${ONE}`, ['guest', 'share', 'trader']),
    only(`/api/symbols/MSFT/candles?${ONE}`, ['guest', 'trader']),
    only(`/api/symbols/NONE/candles?${ONE}`, ['guest', 'trader'], { given: 404 }),
    only(`/api/symbols/AAPL/candles?${ONE}&at=1`, ['guest', 'trader'], { given: 404 }),
  ],
  // These nodes keep no archive: that is told to all but guests.
  'get /symbols/:symbol/complete': [
    only('/api/symbols/AAPL/complete', ['guest', 'trader'], { given: 404 }),
    only('/api/symbols/NONE/complete', ['guest', 'trader'], { given: 404 }),
  ],
  'get /devices/:id/complete': [
    only('/api/devices/BUS-1/complete', ['guest', 'dispatcher'], { given: 404 }),
    only('/api/devices/VAN-1/complete', ['guest'], { given: 404 }),
  ],
  'get /past': [only('/api/past', NAMED)],
  'get /past/slices': [only('/api/past/slices?from=0&to=1', NAMED, { given: 404 })],
  'get /past/area': [only('/api/past/area?area=0,0,1,1&from=0&to=1', NAMED, { given: 404 })],
  'get /past/fleet': [only('/api/past/fleet?at=1', NAMED, { given: 404 })],
  'get /devices': inside('/api/devices'),
  'get /devices/:id/track': [
    only('/api/devices/BUS-1/track', ['guest', 'dispatcher']),
    only('/api/devices/BUS-NONE/track', ['guest', 'dispatcher'], { given: 404 }),
    only('/api/devices/VAN-1/track', ['guest']),
    only('/api/devices/VAN-NONE/track', ['guest'], { given: 404 }),
  ],
  'get /devices.csv': [only('/api/devices.csv', MANAGERS)],
  // A body of another sort than a table.
  'post /devices.csv': [only('/api/devices.csv', MANAGERS, { body: {}, given: 415 })],
  'post /devices': [only('/api/devices', MANAGERS, { body: { devices: [{ id: 'TABLE-1' }] } })],
  'put /devices/:id': [only('/api/devices/TABLE-1', MANAGERS, { body: { name: 'Table' } })],
  'post /devices/:id/key': [only('/api/devices/TABLE-1/key', MANAGERS)],
  'delete /devices/:id/key': [only('/api/devices/TABLE-1/key', MANAGERS)],
  'get /devices/:id/commands': [
    only('/api/devices/BUS-1/commands', ['guest', 'dispatcher']),
    only('/api/devices/VAN-1/commands', ['guest']),
  ],
  'get /command-kinds': inside('/api/command-kinds'),
  'get /orders/:id/devices': [
    only('/api/orders/ann.none/devices', ['guest']),
    only('/api/orders/trader.none/devices', ['guest', 'trader']),
  ],
  'get /stats': inside('/api/stats'),
  // Where there is no identity provider there is no such way in.
  'get /signin/openid': everybody('/signin/openid', 404),
  'get BACK_PATH': everybody('/signin/openid/back', 404),
  'get /rooms': inside('/api/rooms'),
  'get /rooms/:room/messages': [
    only('/api/rooms/m:desk/messages', ['guest', 'trader']),
    only('/api/rooms/m:s:AAPL/messages', ['guest', 'trader']),
    only('/api/rooms/m:d:BUS-1/messages', ['guest', 'dispatcher']),
    only('/api/rooms/m:nobody-wrote-here/messages', ['guest']),
  ],
  'get /people': [only('/api/people', NAMED)],
  'get /record': [only('/api/record', ['guest', 'manager'])],
  'get /invitations': [only('/api/invitations', ['guest', 'manager'])],
  'post /invitations': [
    only('/api/invitations', ['guest', 'manager'], { body: {}, given: 400 }),
    only('/api/invitations', ['guest', 'manager'], { body: { name: 'Mia', grants: 'manage:record', until: LATER } }),
    only('/api/invitations', ['guest'], { body: { name: 'Tim', grants: 'watch:s:AAPL', until: LATER } }),
  ],
  'post /invitations/:id/renew': [
    only('/api/invitations/none/renew', ['guest', 'manager'], { body: { until: LATER }, given: 404 }),
  ],
  'get /shares': [only('/api/shares', NAMED)],
  'post /shares': [
    only('/api/shares', ['guest', 'trader'], { body: share('AAPL') }),
    only('/api/shares', ['guest', 'trader'], { body: share('NONE') }),
    only('/api/shares', ['guest', 'dispatcher'], { body: { show: { kind: 'device', device: 'BUS-1' }, until: LATER } }),
    only('/api/shares', ['guest'], { body: { show: { kind: 'device', device: 'VAN-1' }, until: LATER } }),
  ],
  'post /revoke': [only('/api/revoke', ['guest', 'manager'], { body: { invitation: 'none' }, given: 404 })],
}
