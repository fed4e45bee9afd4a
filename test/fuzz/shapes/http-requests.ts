import fc from 'fast-check'
import { anyBytes, anyText, changed, oddNumber, toLatin1 } from './bytes.ts'
import { anyJson, editedJson } from './json.ts'
import { POSTS, READS } from './people-requests.ts'
import { SCRATCH, WATCHED } from './requests.ts'

/** A request as bytes. `loose`: where it ends is made unclear on purpose. */
export type HttpRequest = { method: string; bytes: string; loose: boolean }

const NAMES = [...SCRATCH.symbols, ...SCRATCH.devices, WATCHED, 'LIVE0', 'live-0', 'nobody'].map(encodeURIComponent)
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES) },
  fc.constantFrom('%E0%A4%A', '%', '%00', '..', '.', '%2e%2e', '%2F', 'a%2Fb', '%F0%9F%98%80', '%ED%A0%80', '+', ' '),
  anyText.map((text) => encodeURIComponent(text.toWellFormed())),
)
const KEYS = [
  'interval',
  'limit',
  'before',
  'since',
  'until',
  'zoom',
  'at',
  'as',
  'from',
  'to',
  'area',
  'q',
  'after',
  'EIO',
  'transport',
  'sid',
  'x',
  '__proto__',
  'limit[]',
  'a[b][c]',
]
const value = fc.oneof(
  fc.constantFrom(
    '1m',
    '5m',
    '1h',
    '4h',
    'seen',
    '0,0,0.1,0.1',
    '1',
    '500',
    '2000',
    '0',
    'polling',
    'websocket',
    '4',
    'fuzz',
    '',
  ),
  oddNumber.map(encodeURIComponent),
  anyText.map((text) => encodeURIComponent(text.toWellFormed())),
)
const query = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), fc.constantFrom('=', '=', '='), value), { maxLength: 4 })
  .map((pairs) => (pairs.length > 0 ? `?${pairs.map((pair) => pair.join('')).join('&')}` : ''))
const path = fc.oneof(
  { weight: 3, arbitrary: name.map((each) => `/api/symbols/${each}/candles`) },
  { weight: 3, arbitrary: name.map((each) => `/api/devices/${each}/track`) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...['/api/symbols', '/api/devices', '/api/stats', '/api/config', '/healthz', '/readyz', '/'],
      ...['/api/past', '/api/past/slices', '/api/past/area', '/api/past/fleet', '/api/symbols/LIVE0/complete'],
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom('/api/session', '/api/session', '/api/session/renew', '/api/session/') },
  { weight: 3, arbitrary: READS },
  fc.constantFrom(
    ...[
      '/metrics',
      '/metrics/',
      '/METRICS',
      '/index.html',
      '/assets/',
      '/assets/../package.json',
      '/assets/%2e%2e/%2e%2e/package.json',
    ],
    ...[
      '//etc/passwd',
      '/..%2f..%2fetc/passwd',
      '/api',
      '/api/',
      '/API/symbols',
      '/api//symbols',
      '/socket.io/',
      '/.git/config',
    ],
    ...[
      '*',
      'http://localhost/api/config',
      '//evil.example/api/symbols',
      `/${'a'.repeat(9000)}`,
      '/\xff',
      '/api/symbols/;x=1/candles',
    ],
  ),
  name.map((each) => `/${each}`),
)

const header = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'Connection: close',
      'Connection: keep-alive',
      'Accept-Encoding: gzip, br',
      'Accept: */*',
    ),
  },
  fc.constantFrom(
    'Origin: null',
    'Origin: https://evil.example',
    'Origin: http://localhost',
    'X-Forwarded-For: 1.2.3.4, x',
    'X-Forwarded-For: ,,',
  ),
  fc.constantFrom(
    'Range: bytes=0-0',
    'Range: bytes=9999999-',
    'Range: bytes=-',
    'Range: lines=1-2',
    'Range: bytes=0-1,2-3',
    'Range: bytes=5-1',
  ),
  fc.constantFrom(
    'If-None-Match: *',
    'If-None-Match: W/"x"',
    'If-Modified-Since: x',
    'If-Match: "y"',
    'Expect: 100-continue',
    'Expect: x',
  ),
  fc.constantFrom(
    'Content-Type: application/json',
    'Sec-Fetch-Site: same-origin',
    'Cookie: wf_session=a.b.c',
    'Cookie: wf_session=; =; ;wf_session',
    'Authorization: Bearer a.b.c',
    'X-Forwarded-Proto: https, x',
  ),
  fc.constantFrom(
    'Upgrade: h2c',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'HTTP2-Settings: AA',
  ),
  fc.constantFrom(
    `X-Long: ${'x'.repeat(20_000)}`,
    'X-Odd: \xff\xfe',
    'Cookie: a=b; a=b',
    'Transfer-Encoding: identity',
    ': x',
    'A B: c',
  ),
  fc
    .tuple(fc.constantFrom('Range', 'If-None-Match', 'Accept', 'X-Forwarded-For', 'Origin', 'Cookie'), anyText)
    .map(([key, text]) => `${key}: ${toLatin1(text.replaceAll(/[\r\n\0]/g, ''))}`),
)
const host = fc.oneof(
  { weight: 12, arbitrary: fc.constant('Host: localhost') },
  fc.constantFrom(
    'Host: evil.example',
    'Host:',
    'Host: localhost:99999',
    'Host: [::1]',
    'Host: 127.0.0.1',
    'Host: a@b',
    'X-No: host',
    'Host: a\r\nHost: b',
  ),
)
/** A body, and the headers that tell of it, rightly or not. */
const body = fc.oneof(
  { weight: 10, arbitrary: fc.constant({ headers: [] as string[], bytes: '', loose: false }) },
  anyBytes(300).map((bytes) => ({ headers: [`Content-Length: ${bytes.length}`], bytes, loose: false })),
  anyBytes(50).map((bytes) => ({
    headers: ['Transfer-Encoding: chunked'],
    bytes: `${bytes.length.toString(16)}\r\n${bytes}\r\n0\r\n\r\n`,
    loose: bytes === '',
  })),
  fc
    .tuple(oddNumber, anyBytes(60))
    .map(([length, bytes]) => ({ headers: [`Content-Length: ${toLatin1(length)}`], bytes, loose: true })),
  fc.constantFrom(
    { headers: ['Transfer-Encoding: chunked'], bytes: 'zz\r\nabc', loose: true },
    {
      headers: ['Transfer-Encoding: chunked', 'Content-Length: 3'],
      bytes: '0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n',
      loose: true,
    },
    { headers: ['Content-Length: 5', 'Content-Length: 6'], bytes: 'abcdef', loose: true },
    { headers: ['Content-Length: 100000'], bytes: 'x'.repeat(100_000), loose: false },
  ),
)
/** What changes something about people, rightly or not, in a body of a right or wrong length, or in pieces. */
const posted = fc
  .tuple(
    fc
      .constantFrom(...Object.keys(POSTS))
      .chain((at) =>
        fc
          .oneof({ weight: 8, arbitrary: editedJson(POSTS[at] ?? fc.constant({})) }, anyJson)
          .map((json) => ({ at, bytes: toLatin1(json) })),
      ),
    fc.oneof(
      { weight: 8, arbitrary: fc.constant<'whole'>('whole') },
      fc.constantFrom<('whole' | 'short' | 'long' | 'chunked' | 'other')[]>('short', 'long', 'chunked', 'other'),
    ),
  )
  .map(([{ at, bytes }, how]) => {
    const length = how === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${lengthOf(bytes, how)}`
    const type = how === 'other' ? 'text/plain' : 'application/json'
    const lines = [
      `POST ${at} HTTP/1.1`,
      'Host: localhost',
      'Sec-Fetch-Site: same-origin',
      `Content-Type: ${type}`,
      length,
    ]
    const body = how === 'chunked' ? `${bytes.length.toString(16)}\r\n${bytes}\r\n0\r\n\r\n` : bytes
    return { method: 'POST', loose: how !== 'whole', bytes: `${lines.join('\r\n')}\r\n\r\n${body}` }
  })
const lengthOf = ({ length }: string, how: string): number => length + ({ short: -1, long: 1 }[how] ?? 0)
const signedOut = fc.constant({
  method: 'DELETE',
  loose: false,
  bytes: 'DELETE /api/session HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\r\n',
})
const method = fc.oneof(
  { weight: 10, arbitrary: fc.constant('GET') },
  fc.constantFrom('HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'CONNECT', 'PROPFIND', 'get', 'X', ''),
)
const version = fc.oneof(
  { weight: 15, arbitrary: fc.constant('HTTP/1.1') },
  fc.constantFrom('HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/9.9', 'http/1.1', '', 'ICY/1.1'),
)

const rightRequest = fc
  .record({ method, path, query, version, host, headers: fc.array(header, { maxLength: 5 }), body })
  .map(({ method, path, query, version, host, headers, body }) => ({
    method,
    loose: body.loose,
    bytes: `${[`${method} ${path}${query} ${version}`.trim(), host, ...headers, ...body.headers].join('\r\n')}\r\n\r\n${body.bytes}`,
  }))
const changedRequest = rightRequest.chain(({ method, bytes }) =>
  changed(fc.constant(bytes), 3).map((other) => ({ method, bytes: other, loose: other !== bytes })),
)
const request = fc.oneof(
  { weight: 6, arbitrary: rightRequest },
  { weight: 2, arbitrary: posted },
  { weight: 1, arbitrary: signedOut },
  { weight: 1, arbitrary: changedRequest },
)
/** Requests for one connection: right ones, such as differ from them in a place or some, and many alike. */
export const requests: fc.Arbitrary<HttpRequest[]> = fc.oneof(
  { weight: 12, arbitrary: fc.array(request, { minLength: 1, maxLength: 4 }) },
  fc
    .tuple(rightRequest, fc.integer({ min: 20, max: 150 }))
    .map(([one, times]) => new Array<typeof one>(times).fill(one)),
)
