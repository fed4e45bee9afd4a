import { describe, expect, it, test } from 'vitest'
import { readConfig } from '../../../server/config.ts'
import { MOST_IMPORTED } from '../../../server/devices/importing.ts'
import { MOST_BODY_BYTES, MOST_LIST_BYTES, MOST_REPORT_BYTES } from '../../../server/http/body.ts'
import { MOST_ADDED } from '../../../server/http/devices-shapes.ts'
import { MOST_IN_A_MESSAGE } from '../../../server/live/requests.ts'
import { MOST_SHARE_GRANTS } from '../../../server/people/shares.ts'
import { MOST_TOKEN_LETTERS } from '../../../server/people/tokens.ts'
import { TRIES_A_MINUTE } from '../../../server/people/tries.ts'
import { MAX_VIEW_CELLS, MAX_VIEW_TILES } from '../../../wire/cells.ts'
import { MAX_VIEW_GROUPS, MOST_GROUPS } from '../../../wire/groups.ts'
import { MOST_MESSAGE_BYTES } from '../../../wire/rooms.ts'
import { MAX_NAME_BYTES } from '../../../wire/topics.ts'
import { grouped, inCode, inLua, text } from '../../support/figures.ts'

const page = text('docs/security.md')
const balancer = text('deploy/haproxy.cfg')
const defaults: Record<string, unknown> = readConfig({})

/** A section of the page, to the next heading. */
const section = (heading: string): string => {
  const [, body = ''] = page.split(new RegExp(`^#+ ${heading}$`, 'm'))
  return body.split(/^#/m)[0] ?? ''
}
/** The rows of its table: cells without what makes it a table. */
const rows = (heading: string): string[][] =>
  section(heading)
    .split('\n')
    .filter((line) => /^\| (?!what \||figure \|)/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )

const KIB = 1024
const MIB = KIB * KIB
const kib = (bytes: number): string => `${bytes / KIB} KiB`
const mib = (bytes: number): string => `${bytes / MIB} MiB`
const seconds = (ms: number): string => `${ms / 1000} s`
const share = (part: number): string => `${Math.round(part * 1000) / 10}% of a core`
/** A number of haproxy.cfg. */
const balanced = (pattern: RegExp): number => Number(pattern.exec(balancer)?.[1])

const LINES = 'server/devices/doors'

/** How the page writes the default of each setting that limits something. */
const OF_SETTINGS: Record<string, (value: number) => string> = {
  MAX_CONNECTIONS: grouped,
  MAX_CONNECTIONS_PER_ADDRESS: grouped,
  CLIENT_SHARE: share,
  ADDRESS_SHARE: share,
  MAX_REQUESTS: grouped,
  MAX_WATCHES: grouped,
  HTTP_SHARE: share,
  HTTP_SHARE_PER_ADDRESS: share,
}

/** What the code has for each limit without a setting, as the page writes it. */
const CONSTANTS: Record<string, string> = {
  'of these, WebSockets that have not joined yet':
    inCode('server/sockets/server.ts', 'HANDSHAKES_SHARE') === 0.25 ? 'a quarter' : 'another share',
  'time to join after the WebSocket is open': `${inCode('server/access/visitor.ts', 'SILENT_SWEEPS')} s`,
  'connections waiting to be accepted': grouped(inCode('server/sockets/listen.ts', 'BACKLOG')),
  'most that it can save up while it asks for nothing': `${seconds(inCode('server/access/visitors.ts', 'CLIENT_SAVES_MS'))} of its share, ${seconds(inCode('server/access/visitors.ts', 'ADDRESS_SAVES_MS'))} for an address`,
  'time that it may be over its share, and not read, before it is cut': `${inCode('server/access/visitor.ts', 'OWING_SWEEPS')} s`,
  'time from the first byte of a message to its last': `${inCode('server/access/visitor.ts', 'UNFINISHED_SWEEPS')} s`,
  'bytes of a message': kib(inCode('server/sockets/server.ts', 'MOST_BYTES')),
  'topics that one message names': grouped(MOST_IN_A_MESSAGE),
  'a piece of work that nobody else can interrupt; a longer one costs its square (6 ms cost 36), up to eight times what it took': `${inCode('server/access/visitor.ts', 'LONG_MS')} ms`,
  'topics of a message that are handled before others have a turn; its client is not read until all are done': grouped(
    inCode('server/access/visitor.ts', 'STEPS_AT_ONCE'),
  ),
  'map tiles of a view': grouped(MAX_VIEW_TILES),
  'groups that a view names': grouped(MAX_VIEW_GROUPS),
  'cells of a view (its tiles times its groups), and cursors of cells': grouped(MAX_VIEW_CELLS),
  // Held by what docs/protocol.md says and test/integration/edge does.
  "an event's arguments": 'one, or the connection ends',
  'data under way to it, in its connection': kib(inCode('server/clients.ts', 'backlogBytes')),
  'data waiting for it; past this it is dropped, and the client catches up from Redis': mib(
    inCode('server/clients.ts', 'waitingBytes'),
  ),
  'time that it may take nothing before its connection is reset': seconds(inCode('server/clients.ts', 'stalledMs')),
  'replayed to it in one answer': `${mib(inCode('server/clients.ts', 'waitingBytes'))}, of one topic ${kib(inCode('server/live/budget.ts', 'MOST_REPLAYED'))}`,
  'requests waiting on one connection; past this it is cut': grouped(inCode('server/http/line.ts', 'MOST_WAITING')),
  'time for a request to arrive completely': seconds(inCode('server/http/server.ts', 'WHOLE_WITHIN_MS')),
  'time that a client may take nothing of an answer': seconds(inCode('server/http/server.ts', 'STALLED_MS')),
  'an idle connection': seconds(inCode('server/http/server.ts', 'KEEP_ALIVE_MS')),
  'bytes of a body, where one is taken': kib(MOST_BODY_BYTES),
  'the same of what a device sends, and of a list of devices; and of all of each that are read at once': [
    [kib(MOST_REPORT_BYTES), mib(MOST_LIST_BYTES)],
    ['devices/doors/http.ts', 'http/devices.ts'].map((path) => mib(inCode(`server/${path}`, 'MOST_AT_ONCE_BYTES'))),
  ]
    .map((pair) => pair.join(', '))
    .join('; '),
  'devices that one request adds, and that one table has': [MOST_ADDED, MOST_IMPORTED].map(grouped).join(', '),
  'bytes of a line of NMEA 0183, and time for the first one': [
    kib(inCode(`${LINES}/nmea-line.ts`, 'MOST_LINE_BYTES')),
    seconds(inCode(`${LINES}/nmea-line.ts`, 'FIRST_LINE_MS')),
  ].join(', '),
  'time on a connection of NMEA 0183 in which nothing comes, or nothing is read': seconds(
    inCode(`${LINES}/nmea-line.ts`, 'IDLE_MS'),
  ),
  'bytes of a message of the broker; messages that are worked on at once, and of them those that it waits for': [
    kib(inCode(`${LINES}/mqtt.ts`, 'MOST_BYTES')),
    inCode(`${LINES}/mqtt.ts`, 'MOST_AT_ONCE'),
    inCode(`${LINES}/mqtt.ts`, 'RECEIVE_MAXIMUM'),
  ].join(', '),
  'bytes of a GTFS-realtime feed, its entities, and time for it to come': [
    mib(inCode(`${LINES}/gtfs-fetch.ts`, 'MOST_FEED_BYTES')),
    grouped(inCode(`${LINES}/gtfs-read.ts`, 'MOST_ENTITIES')),
    seconds(inCode(`${LINES}/gtfs-fetch.ts`, 'FEED_WITHIN_MS')),
  ].join(', '),
  "feeds of the floor's own devices that are kept in memory": mib(inCode(`${LINES}/gtfs-feed.ts`, 'MOST_BYTES')),
  'failed sign-ins that one address may try in a minute; then 429. One that succeeds counts as a tenth':
    grouped(TRIES_A_MINUTE),
  'letters of a token': grouped(MOST_TOKEN_LETTERS),
  'letters of tokens that are remembered: of cookies, of programs': `${inCode('server/people/identify.ts', 'MOST_LETTERS') / MIB} Mi each`,
  'bytes of headers, and how many': `${kib(inCode('server/http/server.ts', 'MOST_HEADER_BYTES'))}, ${inCode('server/http/server.ts', 'MOST_HEADERS')}`,
  'pieces of work waiting, in all and for one address': `${grouped(inCode('server/http/turns.ts', 'MOST'))}, ${grouped(inCode('server/http/turns.ts', 'MOST_OF_ONE'))}`,
  "answers kept in memory: candles and tracks, symbols, devices and figures each, the dashboard's files": [
    inCode('server/http/api.ts', 'MOST_BYTES'),
    inCode('server/http/api.ts', 'MOST_SCOPED_BYTES'),
    inCode('server/http/api.ts', 'MOST_LATE_BYTES'),
    inCode('server/http/kept-files.ts', 'MOST_BYTES'),
  ]
    .map(mib)
    .join(', '),
  'people, and invitations': `${grouped(inLua('MOST_PEOPLE'))}, ${grouped(inLua('MOST_INVITATIONS'))}`,
  'shares of one person, and in all': `${inLua('MOST_SHARES_OF_ONE')}, ${grouped(inLua('MOST_SHARES'))}`,
  'grants of a share': grouped(MOST_SHARE_GRANTS),
  'credentials that are taken back and would let in otherwise; persons, in all': `${grouped(inLua('MOST_REVOKED'))}, ${grouped(2 * inLua('MOST_REVOKED'))}`,
  'revocations that a node knows; past it the node lets nobody new in': grouped(
    inCode('server/people/revoked.ts', 'MOST'),
  ),
  'lines of the record': grouped(inLua('MOST_RECORDED')),
  'messages of one connection: at once, and then a second': ['atOnce', 'perSecond']
    .map((name) => inCode('server/rooms/say.ts', name))
    .join(', '),
  'bytes of what somebody writes': grouped(MOST_MESSAGE_BYTES),
  'combining marks of one letter': grouped(inCode('server/rooms/clean.ts', 'MOST_MARKS')),
  'people whom one message mentions': grouped(inCode('server/rooms/mentions.ts', 'MOST_MENTIONED')),
  'messages kept of a room': grouped(inLua('MOST_MESSAGES')),
  'rooms that are listed, where somebody wrote last': grouped(inLua('MOST_ROOMS')),
  'items kept of an inbox': grouped(inLua('MOST_KEPT')),
  'rooms of which an inbox knows how far they were read': grouped(inLua('MOST_READ')),
  'people who are shown to be here': grouped(inLua('MOST_HERE')),
  'places that followers hear of: bytes, and how many a second': `${grouped(inLua('PLACE_BYTES'))}, ${inCode('server/rooms/here.ts', 'perSecond')}`,
  'bytes of a name': grouped(MAX_NAME_BYTES),
  "bytes of a symbol's description, and of a device's attributes": ['DESCRIPTION_BYTES', 'ATTRIBUTES_BYTES']
    .map((name) => grouped(inLua(name)))
    .join(', '),
  'groups of devices': grouped(MOST_GROUPS),
  'devices that a node lists': grouped(inCode('server/fleet/register.ts', 'MOST_DEVICES')),
  'candles of a symbol': `${grouped(inLua('MOST_CANDLES'))} minutes with trades`,
  "updates in a topic's log": grouped(inLua('MOST_UPDATES')),
  "fixes in a device's track": grouped(inLua('MOST_FIXES')),
  'memory of Redis; past it feeds wait': /^maxmemory 1gb$/m.test(text('deploy/redis/common.conf'))
    ? '1 GB in deploy/'
    : '',
}

const OF_THE_BALANCER: Record<string, string> = {
  'connections in all': grouped(balanced(/^ {4}maxconn (\d+)$/m)),
  'connections of one address': grouped(balanced(/sc0_conn_cur gt (\d+)/)),
  'new connections of one address in 10 s': grouped(balanced(/sc0_conn_rate gt (\d+)/)),
  'requests of one address in 10 s; then 429': grouped(balanced(/deny_status 429 .*sc0_http_req_rate gt (\d+)/)),
  'time for a request to arrive completely, with its body': `${balanced(/timeout http-request (\d+)s/)} s`,
  'a WebSocket that is silent in both directions': `${balanced(/timeout tunnel (\d+)m/)} minutes`,
}

const TABLES = [
  'Connections',
  'What a client sends',
  'What a client is sent',
  'HTTP',
  'Lines',
  'People',
  'What people write',
  'Feeds and Redis',
]

describe('docs/security.md', () => {
  const limits = TABLES.flatMap(rows)

  it.each(limits)('has the figure of the code for: %s', (what = '', limit, setting = '') => {
    const [, name = ''] = /^`([A-Z_]+)`$/.exec(setting) ?? []
    if (name === '') return expect(limit).toBe(CONSTANTS[what])
    expect(limit).toBe(OF_SETTINGS[name]?.(Number(defaults[name])))
  })

  it('has every setting that limits something, and every constant that is known here', () => {
    const limiting = Object.keys(defaults).filter((name) => /^MAX_|SHARE/.test(name) && name !== 'FLUSH_SHARE')
    expect(Object.keys(OF_SETTINGS).sort()).toEqual(limiting.sort())
    const named = limits.flatMap(([, , setting = '']) => /^`([A-Z_]+)`$/.exec(setting)?.[1] ?? [])
    expect(named.sort()).toEqual(limiting.sort())
    const whats = limits.map(([what]) => what)
    expect(Object.keys(CONSTANTS).filter((what) => !whats.includes(what))).toEqual([])
  })

  it('has the limits of the balancer', () => {
    expect(Object.fromEntries(rows('The balancer of deploy/'))).toEqual(OF_THE_BALANCER)
  })

  it('says how everything that decides who is let in is set', () => {
    for (const name of ['ACCESS', 'HOSTS', 'PROXIES', 'METRICS_ADDRESS', 'ORIGINS', 'TILES_URL'])
      expect(page).toContain(`\`${name}`)
  })

  it('names figures that there are', () => {
    const told = text('docs/operations.md')
    const named = rows('Seeing it happen').map(([figure]) => figure ?? '')
    expect(named.length).toBeGreaterThan(4)
    expect(named.filter((figure) => !told.includes(`| ${figure} |`))).toEqual([])
  })
})

test('SECURITY.md and the README lead to it', () => {
  expect(text('SECURITY.md')).toContain('(docs/security.md)')
  expect(text('README.md')).toContain('(docs/security.md)')
  expect(page).toContain('(../SECURITY.md)')
})
