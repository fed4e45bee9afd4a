import fc from 'fast-check'
import { anyText, oddNumber } from './bytes.ts'
import type { Json } from './json.ts'

/** Texts that people, and those who are after them, write to each other: of every sort, and as long as it takes. */
const LONG = [
  `a${'\u0301'.repeat(32_768)}`,
  '\u0301\u200d'.repeat(1000),
  `e${'\u0323\u0301'.repeat(900)}`,
  '\u202e'.repeat(1000),
  `\u2067${'\u05d0'.repeat(50)}\u202eexe.doc\u2069`,
  '\ud83d\ude00'.repeat(1000),
  '\ud800'.repeat(200),
  `@a${'.'.repeat(3900)}`,
  '@ann.'.repeat(790),
  '@fuzzer @fuzzer, @nobody https://x/@fuzzer',
  `x${'\u0489\u200d'.repeat(900)}`,
  `${'.'.repeat(3900)}@`,
  'http://'.repeat(570),
  `${'\u3164'.repeat(900)}`,
  'x'.repeat(4001),
  '\n'.repeat(4000),
  '\ufdfa'.repeat(1300),
]
const PLAIN = ['hello', '', ' ', '@ann look at $AAPL and #BUS-1', '<img src=x onerror=alert(1)>', 'javascript:alert(1)']
const text = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PLAIN) }, fc.constantFrom(...LONG), anyText)
const room = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('m:fuzz', 'm:desk', 'm:s:FUZZ-1', 'm:m:m:fuzz') },
  fc.constantFrom('m:', 'i:ann', 'p:floor', 's:FUZZ-1', 'm:a:access', 'm:i:ann', `m:${'x'.repeat(300)}`, 'm:é'),
  anyText.map((name) => `m:${name}`),
)
const id = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('1', 'a-b', 'x:y.z') },
  fc.constantFrom('', ' ', 'x'.repeat(65), 'ann x', '\u0000'),
  anyText,
)
const n = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 9 }) },
  fc.constantFrom(0, -1, 0.5, 2 ** 53, 1e300),
)
const topic = fc.oneof(fc.constantFrom('s:FUZZ-1', 'd:fuzz-1', 'p:floor', 'nothing', 's:'), anyText)
const some = { requiredKeys: [] as never[] }

const device = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('fuzz-1', 'live-0') },
  fc.constantFrom('', '{', '..'),
  anyText,
)
const to = fc.oneof(
  fc.record({ devices: fc.array(device, { minLength: 0, maxLength: 4 }) }),
  fc.record({ group: fc.constantFrom('other', 'buses', '__proto__', 'A B') }),
)
const kind = fc.constantFrom('report_every', 'message', 'go_to', 'follow', 'stop', 'lock', 'fly', '__proto__', '')
const amount = fc.constantFrom(1, 10, 0.5, 0, -1, 1e300)
const inside = fc.constantFrom({ west: -98, south: 30, east: -97, north: 31 }, { west: 1, south: 1, east: 0, north: 0 })
const args = fc.oneof(
  fc.constantFrom({ seconds: 10 }, { place: '30.2,-97.7' }, { route: '30.2,-97.7 30.3,-97.8' }, { text: 'Hi' }, {}),
  fc.record({ text }),
  fc.dictionary(fc.constantFrom('seconds', 'text', '__proto__', 'x'), fc.oneof(text, amount, fc.boolean())),
)

/** Words of the header of a token that is none of ours, and of what it claims. */
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const CLAIMS = { sub: 'ann', name: 'Ann', grants: 'watch:* manage:*', via: 'invitation', iat: 1, aud: 'session' }
export const FORGED: readonly string[] = [
  ...[
    { alg: 'none' },
    { alg: 'HS256' },
    { alg: 'RS256', jwk: { kty: 'oct', k: 'AA' } },
    { alg: 'HS256', crit: ['x'] },
  ].map((head) => `${part(head)}.${part(CLAIMS)}.`),
  `${part({ alg: 'HS256' })}.${part(CLAIMS)}.${'A'.repeat(43)}`,
  `${part({ alg: 'HS256', zip: 'DEF' })}.${part({ ...CLAIMS, exp: 1e308 })}.${'A'.repeat(43)}`,
  `${part({ alg: 'dir', enc: 'A256GCM' })}..AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA`,
  'a.b.c',
  '..',
  '',
  `${'A'.repeat(3000)}.${'B'.repeat(900)}.C`,
  `${'A'.repeat(9000)}.B.C`,
]
const token = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...FORGED) }, anyText)

/** Right acts, or nearly, by the event that they go with. */
export const ACT_REQUESTS = {
  say: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ room, id, text, announce: fc.boolean() }, { requiredKeys: ['room', 'id', 'text'] }),
    },
    fc.record({ room, n, text }),
  ),
  mark: fc.record({ read: fc.dictionary(room, n, { maxKeys: 120 }), done: fc.array(n, { maxLength: 120 }) }, some),
  here: fc.record({ on: fc.option(topic), typing: room, place: fc.option(text) }, some),
  renew: fc.record({ token }),
  command: fc.record(
    { id, to, kind, args, within: amount, if: fc.record({ slowerThan: amount, fresherThan: amount, inside }, some) },
    { requiredKeys: ['id', 'to', 'kind'] },
  ),
  cancel: fc.oneof(fc.record({ device, id }), fc.record({ order: id })),
} as unknown as Record<'say' | 'mark' | 'here' | 'renew' | 'command' | 'cancel', fc.Arbitrary<Json>>

const until = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(4_102_444_800_000, 1_795_000_000_000) },
  fc.constantFrom(0, -1, 1e300, 0.5),
)
const bounds = fc.constantFrom(
  { west: -97.8, east: -97.68, south: 30.22, north: 30.32 },
  { west: -180, east: 180, south: -90, north: 90 },
  { west: 1, east: -1, south: 1, north: -1 },
)
const groups = fc.option(fc.array(fc.constantFrom('other', 'buses', '__proto__', 'A B'), { maxLength: 20 }))
const view = fc.record({ bounds, groups })
const show = fc.oneof(
  fc.record({ kind: fc.constant('symbol'), symbol: fc.constantFrom('FUZZ-1', 'LIVE0', '', '{') }),
  fc.record({ kind: fc.constant('device'), device: fc.constantFrom('fuzz-1', 'live-0', 's:x') }),
  view.map((each) => ({ kind: 'view', ...each })),
  fc.record({
    kind: fc.constant('layout'),
    symbols: fc.array(fc.constantFrom('FUZZ-1', 'LIVE0'), { maxLength: 30 }),
    device: fc.option(fc.constant('fuzz-1')),
    view: fc.option(view),
  }),
)
const grants = fc.oneof(
  fc.constantFrom('watch:s:*', 'watch:* say:* manage:*', 'watch:s:%', '*:*', 'watch:%00', 'say:m:*'.repeat(400)),
  anyText,
)

/** What may be posted, and where; right or nearly. */
export const POSTS = {
  '/api/session': fc.oneof(fc.record({ token }), fc.record({ name: fc.oneof(text, anyText) })),
  '/api/session/renew': fc.constant({}),
  '/api/invitations': fc.record({ name: fc.oneof(fc.constant('Fuzz'), text), grants, until }),
  '/api/invitations/none/renew': fc.record({ until }),
  '/api/shares': fc.record({ show, until, ends: bounds, name: text }, { requiredKeys: ['show', 'until'] }),
  '/api/revoke': fc.oneof(
    fc.record({ person: fc.oneof(fc.constantFrom('nobody', 'Ann', 'a'.repeat(33)), anyText) }),
    fc.record({ share: id }),
    fc.record({ invitation: id }),
  ),
} as unknown as Record<string, fc.Arbitrary<Json>>

/** Where people and rooms are read. */
export const READS: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '/api/rooms',
    '/api/people',
    '/api/shares',
    '/api/invitations',
    '/signin/openid',
    '/signin/openid/back',
  ),
  fc
    .tuple(fc.constantFrom('m%3Afuzz', 'm%3Adesk', 'm%3Aa%3Aaccess', 'i%3Aann', 'm:', '%6d%3a%00', '..%2f'), oddNumber)
    .map(([of, number]) => `/api/rooms/${of}/messages?limit=${encodeURIComponent(number)}`),
  oddNumber.map((number) => `/api/record?before=${encodeURIComponent(number)}`),
  anyText.map((to) => `/signin/openid?to=${encodeURIComponent(to.toWellFormed())}`),
  anyText.map((name) => `/api/rooms/${encodeURIComponent(name.toWellFormed())}/messages`),
)
