import { afterAll, beforeAll, expect, it } from 'vitest'
import { startNode, type TestNode } from '../../support/node.ts'
import { askRaw, openRaw, type RawReply, readReplies, requestText } from '../../support/raw-http.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

let redis: TestRedis
let node: TestNode

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { HTTP_SHARE_PER_ADDRESS: '1' } })
})
afterAll(async () => {
  await node?.stop()
  await redis.stop()
})

const ask = (method: string, target: string, more: readonly string[] = []): Promise<RawReply> =>
  askRaw(node.url, requestText(method, target, 'localhost', more))
const isError = ({ headers, body }: RawReply): boolean =>
  headers['content-type'] === 'application/json; charset=utf-8' && typeof JSON.parse(body).error.code === 'string'

const PATHS = ['/', '/healthz', '/metrics', '/api/config', '/api/symbols', '/nothing', '/socket.io/']

it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'SEARCH'])(
  'says which methods it takes: not %s',
  async (method) => {
    for (const path of PATHS) {
      const reply = await ask(method, path)
      expect([reply.status, reply.headers.allow, isError(reply)], path).toEqual([405, 'GET, HEAD, OPTIONS', true])
    }
  },
)

it('answers CONNECT, OPTIONS and HEAD, and none of them with a page', async () => {
  const connected = await askRaw(node.url, 'CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n')
  expect([connected.status, isError(connected)]).toEqual([405, true])
  for (const target of ['*', ...PATHS]) {
    const reply = await ask('OPTIONS', target)
    expect([reply.status, reply.headers.allow, reply.body], target).toEqual([204, 'GET, HEAD, OPTIONS', ''])
  }
  const whole = await ask('GET', '/api/config')
  const head = await ask('HEAD', '/api/config')
  expect(head).toMatchObject({ status: 200, body: '' })
  expect(head.headers['content-length']).toBe(String(whole.body.length))
})

it('takes each address in one spelling', async () => {
  for (const path of [
    '/metrics/',
    '/METRICS',
    '//metrics',
    '/./metrics',
    '/x/../metrics',
    '/%6detrics',
    '/metrics%00',
    '/metrics;x',
  ])
    expect((await ask('GET', path)).status, path).toBe(404)
  for (const path of [
    '/Healthz',
    '/healthz/',
    '/API/config',
    '/api/config/',
    '/api//config',
    '/api/symbols/',
    '/Index.html',
    '/api',
    '/api/',
  ])
    expect((await ask('GET', path)).status, path).toBe(404)
  expect((await ask('GET', '/metrics?x')).status).toBe(200)
})

it('answers what cannot be decoded, leads elsewhere or is no path as a mistake', async () => {
  for (const path of [
    '/%',
    '/%zz',
    '/assets/%ff',
    '/api/%',
    '/..%2f..%2fpackage.json',
    '/assets/..%2f..%2fpackage.json',
    '/%2e%2e/package.json',
    '/../package.json',
    '/\\..\\package.json',
    '*',
    'metrics',
    '/assets/',
    '/assets',
  ]) {
    const reply = await ask('GET', path)
    expect([400, 404], path).toContain(reply.status)
    expect(isError(reply), path).toBe(true)
  }
})

it('takes no bodies, however they are sent, and ends the connection', async () => {
  for (const more of [['Content-Length: 5'], ['Transfer-Encoding: chunked'], ['Content-Length: 100000000000']]) {
    const reply = await ask('GET', '/api/config', more)
    expect([reply.status, reply.headers.connection, isError(reply)], more.join()).toEqual([413, 'close', true])
  }
  const expected = await ask('GET', '/api/config', ['Content-Length: 5', 'Expect: 100-continue'])
  expect(expected.status).toBe(413)
  expect((await ask('GET', '/api/config', ['Expect: a-miracle'])).status).toBe(417)
  expect((await ask('GET', '/api/config', ['Content-Length: 0'])).status).toBe(200)
  for (const more of [
    ['Content-Length: 5', 'Transfer-Encoding: chunked'],
    ['Content-Length: -1'],
    ['Content-Length: 1', 'Content-Length: 2'],
    ['Transfer-Encoding: strange'],
  ]) {
    const reply = await ask('GET', '/api/config', more)
    expect([400, 413], more.join()).toContain(reply.status)
    expect(isError(reply)).toBe(true)
  }
})

it('answers an upgrade to anything but its own socket like any request', async () => {
  for (const [path, protocol, status] of [
    ['/api/config', 'websocket', 200],
    ['/api/config', 'h2c', 200],
    ['/socket.io/', 'h2c', 400],
    ['/socket.io', 'websocket', 404],
    ['/socket.io/x', 'websocket', 404],
    ['//socket.io/?EIO=4&transport=websocket', 'websocket', 404],
  ] as const) {
    const reply = await askRaw(
      node.url,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: ${protocol}\r\n\r\n`,
    )
    expect([reply.status, status === 200 || isError(reply)], `${path} ${protocol}`).toEqual([status, true])
  }
  expect((await ask('GET', '/socket.io/?EIO=4&transport=polling')).status).toBe(400)
})

it('answers what is no HTTP in words, and ends the connection', async () => {
  for (const bytes of [
    'GET\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01',
    'GET / HTTP/9.9\r\n\r\n',
    'GET / HTTP/1.1\r\nno header\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  ]) {
    const reply = await askRaw(node.url, bytes)
    expect([reply.status, isError(reply)], JSON.stringify(bytes)).toEqual([400, true])
  }
  const long = await askRaw(node.url, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)
  expect([long.status, isError(long)]).toEqual([431, true])
})

it('goes on after an error on the same connection', async () => {
  const { send, heard, ended } = await openRaw(node.url)
  for (const path of ['/nothing', '/%', '/api/config']) send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  send(requestText('GET', '/healthz', 'localhost'))
  await ended
  expect(readReplies(heard()).map(({ status }) => status)).toEqual([404, 400, 200, 200])
})
