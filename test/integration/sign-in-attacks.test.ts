import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Tokens } from '../../server/people/tokens.ts'
import { eventually } from '../support/eventually.ts'
import { scrape } from '../support/metrics.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { fromOwnPage, somebody, testTokens } from '../support/people.ts'
import { askRaw, openRaw, type RawReply, readReplies, requestText } from '../support/raw-http.ts'
import { frame, openRaw as openSocket, upgrade } from '../support/raw-socket.ts'
import { startSingleRedis, type TestRedis } from '../support/redis.ts'

const DESK = 'https://desk.example'

let redis: TestRedis
let open: TestNode
let closed: TestNode
let tokens: Tokens

beforeAll(async () => {
  redis = await startSingleRedis()
  tokens = await testTokens()
  // Each test tries from an address of its own, which it names as a proxy would.
  const env = { HTTP_SHARE_PER_ADDRESS: '1', ORIGINS: DESK, PROXIES: 'loopback' }
  open = await startNode({ redisUrl: redis.url, env })
  closed = await startNode({ redisUrl: redis.url, env: { ...env, ACCESS: 'invitations' } })
})
afterAll(async () => {
  await Promise.all([open.stop(), closed.stop()])
  await redis.stop()
})

const NAME = JSON.stringify({ name: 'Ann' })
const OWN = ['Sec-Fetch-Site: same-origin', 'Content-Type: application/json']

/** A request with a body, as bytes. */
const posted = (body: string, more: readonly string[] = OWN, length = Buffer.byteLength(body)): string =>
  requestText('POST', '/api/session', 'localhost', [`Content-Length: ${length}`, ...more]) + body
const codeOf = ({ status, body }: RawReply): [number, string] => [status, JSON.parse(body).error?.code]
const cookie = async (): Promise<string> =>
  `wf_session=${await tokens.sign('session', somebody({ via: 'invitation' }))}`

describe('what changes something', () => {
  it.each([
    ['from our own page', ['Origin: http://localhost'], 200],
    ['from our own page, of a browser that sends no origin', ['Sec-Fetch-Site: same-origin'], 200],
    ['from a page of another site', ['Origin: https://evil.example'], 403],
    ['from a page of the same host and another port', ['Origin: http://localhost:1'], 403],
    ['from a page that hides where it is', ['Origin: null'], 403],
    ['from a page that may read', [`Origin: ${DESK}`], 403],
    ['from another site, by a form', ['Origin: https://evil.example', 'Sec-Fetch-Site: cross-site'], 403],
    ['from nowhere', [], 403],
    ['from another page of the same site', ['Sec-Fetch-Site: same-site'], 403],
    ['from an address bar', ['Sec-Fetch-Site: none'], 403],
    ['from a page behind a password of the balancer', ['Authorization: Basic YTpi'], 403],
  ])('%s', async (_, headers, status) => {
    const signIn = await askRaw(open.url, posted(NAME, ['Content-Type: application/json', ...headers]))
    expect(signIn.status).toBe(status)
    expect(signIn.headers['set-cookie'] !== undefined).toBe(status === 200)
    const out = await askRaw(closed.url, requestText('DELETE', '/api/session', 'localhost', headers))
    expect(out.status).toBe(status)
    const renew = [`Cookie: ${await cookie()}`, ...headers]
    const renewed = await askRaw(closed.url, requestText('POST', '/api/session/renew', 'localhost', renew))
    // Nothing keeps this invitation: whoever may ask is told so.
    expect(renewed.status === 403).toBe(status === 403)
  })

  it('a program may ask for, that shows a token', async () => {
    const token = await tokens.sign('bearer', somebody())
    const headers = [`Authorization: Bearer ${token}`]
    const reply = await askRaw(closed.url, requestText('POST', '/api/session/renew', 'localhost', headers))
    expect([reply.status, JSON.parse(reply.body).me.id, reply.headers['set-cookie']]).toEqual([200, 'ann', undefined])
  })

  it('never goes with credentials of a page elsewhere', async () => {
    const asked = ['Access-Control-Request-Method: POST', 'Access-Control-Request-Headers: content-type']
    for (const origin of [DESK, 'https://evil.example']) {
      const reply = await askRaw(
        closed.url,
        requestText('OPTIONS', '/api/session', 'localhost', [`Origin: ${origin}`, ...asked]),
      )
      expect(reply.headers['access-control-allow-credentials']).toBeUndefined()
      expect(reply.headers['access-control-allow-methods'] ?? '').not.toContain('POST')
    }
  })
})

describe('a cookie', () => {
  /** What comes of joining by a handshake with these headers. */
  const joined = async (headers: Record<string, string>): Promise<string> => {
    const socket = await openSocket(closed.port)
    socket.send(upgrade(undefined, headers))
    await eventually('a session', () => socket.isClosed() || socket.text().includes('0{"sid"'))
    if (!socket.isClosed()) socket.send(frame('40'))
    await eventually('a word', () => socket.isClosed() || /42\["hello"|44\{/.test(socket.text()))
    socket.end()
    return /403 Forbidden|42\["hello"|not_signed_in/.exec(socket.text())?.[0] ?? socket.text()
  }

  it('opens a socket for our own pages only', async () => {
    const Cookie = await cookie()
    expect(await joined({ Cookie, Origin: 'http://localhost' })).toBe('42["hello"')
    expect(await joined({ Cookie })).toBe('42["hello"')
    expect(await joined({ Cookie, Origin: DESK })).toBe('not_signed_in')
    expect(await joined({ Cookie, Origin: 'https://evil.example' })).toBe('403 Forbidden')
    expect(await joined({ Cookie, Origin: 'null' })).toBe('403 Forbidden')
  })

  it('reads for our own pages only', async () => {
    const headers = { cookie: await cookie() }
    const status = async (origin: string) =>
      (await fetch(`${closed.url}/api/symbols`, { headers: { ...headers, origin } })).status
    expect(await status(closed.url)).toBe(200)
    for (const origin of [DESK, 'https://evil.example', 'null']) expect(await status(origin), origin).toBe(401)
  })
})

it('whoever does not say who it is hears why, and its connection ends', async () => {
  const socket = await openSocket(closed.port)
  socket.send(upgrade())
  await eventually('a session', () => socket.text().includes('0{"sid"'))
  socket.send(frame('40'))
  await socket.closed()
  expect(socket.text()).toContain(
    '44{"message":"Sign in first.","data":{"code":"not_signed_in","message":"Sign in first."}}',
  )
  await eventually('nobody is on the way in', async () => {
    const figures = await scrape(closed.url)
    return figures.value('watchfloor_open_connections', { state: 'handshake' }) === 0
  })
  expect((await scrape(closed.url)).value('watchfloor_refused_total', { reason: 'not_signed_in' })).toBeGreaterThan(0)
})

describe('a body', () => {
  it.each<[what: string, request: string, status: number]>([
    ['of another type', posted(NAME, ['Sec-Fetch-Site: same-origin', 'Content-Type: text/plain']), 415],
    ['of no type', posted(NAME, ['Sec-Fetch-Site: same-origin']), 415],
    ['of a form', posted('name=Ann', [OWN[0] ?? '', 'Content-Type: application/x-www-form-urlencoded']), 415],
    ['in other letters', posted(NAME, [OWN[0] ?? '', 'Content-Type: application/json; charset=utf-16']), 415],
    ['of more than 8 KiB', posted('x', OWN, 8193), 413],
    ['of 100 GB', posted('x', OWN, 100_000_000_000), 413],
    ['in pieces', requestText('POST', '/api/session', 'localhost', ['Transfer-Encoding: chunked', ...OWN]), 411],
    ['that is no JSON', posted('{"name":'), 400],
    ['of brackets without end', posted('['.repeat(8000)), 400],
    ['that is empty', requestText('POST', '/api/session', 'localhost', OWN), 400],
    ['with a name in a table', posted('{"name":{"length":1e9}}'), 400],
    ['with a token of 8 KiB', posted(JSON.stringify({ token: 'x'.repeat(8000) })), 400],
  ])('%s is refused, and the connection ends', async (_, request, status) => {
    const reply = await askRaw(open.url, request)
    expect(codeOf(reply)).toEqual([status, 'bad_request'])
    expect(reply.headers['set-cookie']).toBeUndefined()
    expect(reply.headers.connection).toBe('close')
  })

  it('is taken where it is asked for first', async () => {
    const { send, heard, ended } = await openRaw(open.url)
    const [head = '', body = ''] = posted(NAME, [...OWN, 'Expect: 100-continue']).split('\r\n\r\n')
    send(`${head}\r\n\r\n`)
    await eventually('a sign to go on', () => heard().includes('100 Continue'))
    send(body)
    await ended
    expect(heard()).toContain('200 OK')
  })

  it('that does not come is waited for no longer than any request, and others are served meanwhile', async () => {
    const silent = await openRaw(open.url)
    silent.send(posted('{"na', OWN, 100))
    const slow = await openRaw(open.url)
    slow.send(posted('{"na', OWN, 100))
    const trickle = setInterval(() => slow.send(' '), 1000)
    expect((await askRaw(open.url, requestText('GET', '/api/session', 'localhost'))).status).toBe(200)
    await Promise.all([silent.ended, slow.ended])
    clearInterval(trickle)
    for (const { heard } of [silent, slow]) expect(readReplies(heard()).map(codeOf)).toEqual([[408, 'bad_request']])
  })

  it('of which half has come when the connection is reset harms nobody', async () => {
    const half = await openRaw(open.url)
    half.send(posted('{"na', OWN, 100))
    half.socket.destroy()
    expect((await askRaw(open.url, requestText('GET', '/api/session', 'localhost'))).status).toBe(200)
  })

  it('is for nothing that is only read', async () => {
    for (const [method, path, status] of [
      ['GET', '/api/session', 413],
      ['DELETE', '/api/session', 413],
      ['POST', '/api/symbols', 405],
      ['POST', '/', 405],
    ] as const)
      expect(
        (await askRaw(open.url, requestText(method, path, 'localhost', ['Content-Length: 5', ...OWN]))).status,
      ).toBe(status)
  })
})

it('says which methods it takes', async () => {
  for (const [path, allow] of [
    ['/api/session', 'GET, HEAD, POST, DELETE, OPTIONS'],
    ['/api/session/renew', 'POST, OPTIONS'],
    ['/api/session/', 'GET, HEAD, OPTIONS'],
    ['/api/config', 'GET, HEAD, OPTIONS'],
  ]) {
    const asked = await askRaw(open.url, requestText('OPTIONS', path ?? '', 'localhost'))
    expect([asked.status, asked.headers.allow], path).toEqual([204, allow])
    const refused = await askRaw(open.url, requestText('PATCH', path ?? '', 'localhost'))
    expect([refused.status, refused.headers.allow], path).toEqual([405, allow])
  }
})

it('an address that keeps trying has to wait, and others do not', async () => {
  const tried = async (address: string): Promise<Response> =>
    fetch(`${closed.url}/api/session`, {
      method: 'POST',
      headers: { ...fromOwnPage, 'X-Forwarded-For': address },
      body: JSON.stringify({ token: 'a.b.c' }),
    })
  const statuses: number[] = []
  for (let i = 0; i < 10; i++) statuses.push((await tried('198.51.100.7')).status)
  expect(statuses).toEqual(Array(10).fill(401))
  const refused = await eventually('it has to wait', async () => {
    const response = await tried('198.51.100.7')
    return response.status === 429 ? response : null
  })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await tried('198.51.100.8')).status).toBe(401)
  const figures = await scrape(closed.url)
  expect(figures.value('watchfloor_sign_ins_refused_total', { reason: 'limited' })).toBeGreaterThan(0)
  expect(figures.value('watchfloor_sign_ins_refused_total', { reason: 'bad' })).toBeGreaterThan(10)
  expect(closed.output()).toContain('A sign-in was refused (limited)')
})
