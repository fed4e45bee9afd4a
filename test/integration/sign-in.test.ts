import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Person } from '../../server/people/person.ts'
import type { Tokens } from '../../server/people/tokens.ts'
import type { SessionReply } from '../../wire/people.ts'
import { connectClient, type TestClient } from '../support/client.ts'
import { TEST_SECRET } from '../support/environment.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { fromOwnPage, somebody, testTokens } from '../support/people.ts'
import { startSingleRedis, type TestRedis } from '../support/redis.ts'

/** One floor that is open, and one that asks who is there; whoever is let in there is let in by a token of this test. */
let redis: TestRedis
let open: TestNode
let closed: TestNode
let tokens: Tokens
const shown: string[] = []

beforeAll(async () => {
  redis = await startSingleRedis()
  tokens = await testTokens()
  const env = { LOG_LEVEL: 'debug', HTTP_SHARE_PER_ADDRESS: '1' }
  open = await startNode({ redisUrl: redis.url, env })
  closed = await startNode({ redisUrl: redis.url, env: { ...env, ACCESS: 'invitations', PROXIES: 'loopback' } })
})
afterAll(async () => {
  await Promise.all([open.stop(), closed.stop()])
  await redis.stop()
})

/** Every token that is shown to a node: none of them may be told by it. */
const sign = async (use: Parameters<Tokens['sign']>[0], person: Person): Promise<string> => {
  const text = await tokens.sign(use, person)
  shown.push(text)
  return text
}
const session = (url: string, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<Response> =>
  fetch(`${url}/api/session`, { ...init, headers })
const signIn = (url: string, body: unknown, headers: Record<string, string> = fromOwnPage): Promise<Response> =>
  session(url, headers, { method: 'POST', body: JSON.stringify(body) })
const meOf = async (response: Response): Promise<SessionReply['me']> => ((await response.json()) as SessionReply).me
const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? ''

/** How joining ends: `hello`, or what the error says. */
const joining = (url: string, options: Parameters<typeof connectClient>[1]): Promise<string> =>
  connectClient(url, { ...options, reconnection: false }).then(
    (client: TestClient) => {
      client.close()
      return 'hello'
    },
    (error: Error) => error.message,
  )
const NOBODY = 'refused: Sign in first.'

const invited = (more: Partial<Person> = {}): Person => somebody({ via: 'invitation', ...more })
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('an open floor', () => {
  it('lets everybody in, and says so', async () => {
    const response = await session(open.url)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      me: {
        id: null,
        name: '',
        grants: 'watch:* say:* announce:* share:* command:* danger:* manage:*',
        via: 'open',
        until: null,
      },
      ways: { open: true, invitations: false, openid: false },
    })
    expect(await joining(open.url, {})).toBe('hello')
  })

  it('takes a name, and knows it again by a cookie', async () => {
    const response = await signIn(open.url, { name: ' Ann Lee ' })
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const { me, ticket } = (await response.json()) as SessionReply
    expect(me).toMatchObject({ id: 'ann-lee', name: 'Ann Lee', via: 'open', until: null })
    expect(response.headers.get('set-cookie')).toMatch(
      /^wf_session=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/,
    )
    expect(await tokens.read(['ticket'], ticket ?? '')).toMatchObject({ id: 'ann-lee', until: null })
    const cookie = cookieOf(response)
    shown.push(cookie.replace('wf_session=', ''), ticket ?? '')
    expect(await meOf(await session(open.url, { cookie }))).toEqual(me)
    expect(await joining(open.url, { extraHeaders: { cookie } })).toBe('hello')
    const renewed = await fetch(`${open.url}/api/session/renew`, {
      method: 'POST',
      headers: { cookie, ...fromOwnPage },
    })
    expect([renewed.status, await meOf(renewed)]).toEqual([200, me])
  })

  it.each([{ name: '' }, { name: ' ' }, { name: 7 }, { name: '\ud800' }, { name: 'x'.repeat(61) }, {}, [], 'x', null])(
    'takes %j for no name',
    async (body) => {
      const response = await signIn(open.url, body)
      expect([response.status, cookieOf(response)]).toEqual([400, ''])
    },
  )

  it('forgets a name again', async () => {
    const cookie = cookieOf(await signIn(open.url, { name: 'Ann' }))
    const response = await session(open.url, { cookie, ...fromOwnPage }, { method: 'DELETE' })
    expect([response.status, await response.json()]).toEqual([200, { next: null }])
    expect(response.headers.get('set-cookie')).toBe('wf_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0')
  })
})

describe('a floor that asks who is there', () => {
  it('tells nobody anything but how to sign in', async () => {
    const response = await session(closed.url)
    expect(await response.json()).toEqual({ me: null, ways: { open: false, invitations: true, openid: false } })
    for (const path of ['/', '/healthz', '/readyz', '/api/config'])
      expect((await fetch(closed.url + path)).status, path).toBe(200)
    for (const path of ['/api/symbols', '/api/devices', '/api/stats', '/api/symbols/NONE/candles', '/api/nothing']) {
      const refused = await fetch(closed.url + path)
      expect([refused.status, await refused.json()], path).toEqual([
        401,
        { error: { code: 'not_signed_in', message: 'Sign in first.' } },
      ])
    }
    expect(await joining(closed.url, {})).toBe(NOBODY)
    expect((await signIn(closed.url, { name: 'Ann' })).status).toBe(403)
  })

  it('lets in whoever has a session, by its cookie', async () => {
    const cookie = `wf_session=${await sign('session', invited())}`
    expect(await meOf(await session(closed.url, { cookie }))).toMatchObject({ id: 'ann', via: 'invitation' })
    expect((await fetch(`${closed.url}/api/symbols`, { headers: { cookie } })).status).toBe(200)
    expect(await joining(closed.url, { extraHeaders: { cookie } })).toBe('hello')
  })

  it('lets in programs by a token, in the header or when they join', async () => {
    for (const use of ['bearer', 'seat'] as const) {
      const token = await sign(use, somebody())
      const headers = { authorization: `Bearer ${token}` }
      expect((await fetch(`${closed.url}/api/symbols`, { headers })).status).toBe(200)
      expect(await joining(closed.url, { extraHeaders: headers })).toBe('hello')
      expect(await joining(closed.url, { auth: { token } })).toBe('hello')
    }
  })

  it('takes the cookie of https there only, as a proxy that is trusted tells', async () => {
    const secure = `__Host-wf_session=${await sign('session', invited())}`
    const plain = `wf_session=${await sign('session', invited())}`
    const status = async (cookie: string, proto?: string) => {
      const headers = { cookie, ...(proto && { 'x-forwarded-proto': proto }) }
      return (await fetch(`${closed.url}/api/symbols`, { headers })).status
    }
    expect([await status(secure, 'https'), await status(secure), await status(secure, 'http')]).toEqual([200, 401, 401])
    expect([await status(plain, 'https'), await status(plain), await status(plain, 'http')]).toEqual([401, 200, 200])
    const ended = await session(
      closed.url,
      { cookie: secure, 'x-forwarded-proto': 'https', ...fromOwnPage },
      { method: 'DELETE' },
    )
    expect(ended.headers.get('set-cookie')).toMatch(/^__Host-wf_session=; .*Max-Age=0; Secure$/)
  })

  it('lets in nobody by what is wrong, changed, over, or signed by somebody else', async () => {
    const good = await sign('session', invited())
    const bearer = await sign('bearer', somebody())
    const [head = '', body = ''] = good.split('.')
    const mine = `${encoded({ alg: 'HS256' })}.${body}`
    const bad = {
      'no token': 'x',
      'an empty one': '',
      'without a signature': `${head}.${body}.`,
      'alg none': `${encoded({ alg: 'none' })}.${body}.`,
      'signed by somebody else': `${mine}.${createHmac('sha256', 'mine').update(mine).digest('base64url')}`,
      'with another body': good.replace(body, encoded({ aud: 'session', sub: 'root', grants: 'manage:*' })),
      'over by now': await sign('session', invited({ until: Date.now() - 1 })),
      'for something else': await sign('invitation', invited()),
      'of an open floor': await sign('session', somebody({ via: 'open', until: null })),
      'far too long': 'x'.repeat(9000),
    }
    for (const [what, text] of Object.entries(bad)) {
      const cookie = `wf_session=${text}`
      expect((await fetch(`${closed.url}/api/symbols`, { headers: { cookie } })).status, what).toBe(401)
      expect(await joining(closed.url, { extraHeaders: { cookie } }), what).toBe(NOBODY)
      if (text === '' || text.length > 4000) continue
      const authorization = `Bearer ${text}`
      expect((await fetch(`${closed.url}/api/symbols`, { headers: { authorization } })).status, what).toBe(401)
      expect(await joining(closed.url, { auth: { token: text } }), what).toBe(NOBODY)
    }
    expect(await joining(closed.url, { auth: { token: bearer } })).toBe('hello')
  })
})

it('no log line and no figure tells a token, a cookie or the secret', async () => {
  const figures = await Promise.all([open, closed].map(async ({ url }) => (await fetch(`${url}/metrics`)).text()))
  const told = [open.output(), closed.output(), ...figures].join('\n')
  expect(told).toContain('Somebody signed in')
  expect(shown.length).toBeGreaterThan(8)
  for (const text of [...shown, readFileSync(TEST_SECRET, 'utf8').trim()]) {
    const [, body = text, signature = text] = text.split('.')
    for (const part of [body, signature]) expect(told.includes(part), part).toBe(false)
  }
})
