import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SessionReply, SignedOutReply } from '../../wire/people.ts'
import { connectClient } from '../support/client.ts'
import type { IdentityProvider } from '../support/identity-provider.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { openPageWalk, type PageWalk, submit } from '../support/page-walk.ts'
import { type ProviderFloor, startProviderFloor } from '../support/provider-floor.ts'
import { startSingleRedis, type TestRedis } from '../support/redis.ts'

/** A floor that asks a real provider of OpenID Connect who is there. */
let redis: TestRedis
let provided: ProviderFloor
let provider: IdentityProvider
let floor: TestNode

beforeAll(async () => {
  redis = await startSingleRedis()
  provided = await startProviderFloor(
    { ann: { name: 'Ann Lee', groups: ['dispatch'] }, bob: { name: 'Bob' } },
    (id) => [
      { everybody: true, grants: 'watch:s:*' },
      { claim: 'groups', value: 'dispatch', grants: 'watch:c:buses/* watch:d:BUS-*' },
      { claim: 'sub', value: id, grants: 'watch:d:*' },
    ],
  )
  provider = provided.provider
  const { port, env } = provided
  floor = await startNode({
    redisUrl: redis.url,
    port,
    env: { ...env, HTTP_SHARE_PER_ADDRESS: '1', PROXIES: 'loopback', LOG_LEVEL: 'debug' },
  })
})
afterAll(async () => {
  await Promise.all([floor.stop(), provided.stop()])
  await redis.stop()
})

const inFloor = (url: string): boolean => url.startsWith(`${floor.url}/#`) || url === `${floor.url}/`

/** Signs in at the provider's own pages. Resolves with where that ends. */
const signInAs = async (walk: PageWalk, login: string, to = '/'): Promise<string> => {
  let page = await walk.open(`${floor.url}/signin/openid?to=${encodeURIComponent(to)}`)
  for (let form = 0; form < 3 && !inFloor(page.url); form++)
    page = await submit(walk, page, page.text.includes('name="login"') ? { login, password: 'any' } : {})
  return page.url
}
const sessionOf = async (walk: PageWalk): Promise<SessionReply> =>
  (await (
    await fetch(`${floor.url}/api/session`, { headers: { cookie: walk.cookies(floor.url) } })
  ).json()) as SessionReply
const change = (walk: PageWalk, method: string, path: string): Promise<Response> =>
  fetch(`${floor.url}${path}`, {
    method,
    headers: { cookie: walk.cookies(floor.url), 'Sec-Fetch-Site': 'same-origin' },
  })

describe('signing in with an identity provider', () => {
  it('asks the provider who it is, gives what its claims deserve, and leads back to where it was', async () => {
    const walk = openPageWalk(inFloor)
    expect((await sessionOf(walk)).me).toBeNull()
    expect(await signInAs(walk, 'ann', '/#s=AAPL')).toBe(`${floor.url}/#s=AAPL`)
    const { me, ways } = await sessionOf(walk)
    expect(me).toMatchObject({
      id: 'ann-lee',
      name: 'Ann Lee',
      via: 'openid',
      grants: 'watch:s:* watch:c:buses/* watch:d:BUS-*',
    })
    expect(ways).toEqual({ open: false, invitations: false, openid: true })
    const client = await connectClient(floor.url, { extraHeaders: { cookie: walk.cookies(floor.url) } })
    client.close()
  })

  it('knows the same person again, and tells another from them', async () => {
    const [first, second, other] = [openPageWalk(inFloor), openPageWalk(inFloor), openPageWalk(inFloor)]
    for (const walk of [first, second]) await signInAs(walk, 'ann')
    await signInAs(other, 'bob')
    const [a, b, c] = await Promise.all([first, second, other].map(sessionOf))
    expect(a?.me?.id).toBe(b?.me?.id)
    expect(c?.me).toMatchObject({ id: 'bob', grants: 'watch:s:*' })
  })

  it('renews a session, and asks again what the person may', async () => {
    const walk = openPageWalk(inFloor)
    await signInAs(walk, 'ann')
    provider.accounts.ann = { name: 'Ann Lee', groups: [] }
    const response = await change(walk, 'POST', '/api/session/renew')
    const { me, ticket } = (await response.json()) as SessionReply
    provider.accounts.ann = { name: 'Ann Lee', groups: ['dispatch'] }
    expect([response.status, me?.id, me?.grants]).toEqual([200, 'ann-lee', 'watch:s:*'])
    expect(ticket).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
  })

  it('renews nobody by what renews somebody else', async () => {
    const [ann, bob] = [openPageWalk(inFloor), openPageWalk(inFloor)]
    await signInAs(ann, 'ann')
    await signInAs(bob, 'bob')
    const [, session = ''] = /(wf_session=[^;]+)/.exec(ann.cookies(floor.url)) ?? []
    const [, renewal = ''] = /(wf_renewal=[^;]+)/.exec(bob.cookies(floor.url)) ?? []
    const headers = { cookie: `${session}; ${renewal}`, 'Sec-Fetch-Site': 'same-origin' }
    const response = await fetch(`${floor.url}/api/session/renew`, { method: 'POST', headers })
    expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null])
  })

  it('renews nobody whom the provider knows no longer', async () => {
    const walk = openPageWalk(inFloor)
    await signInAs(walk, 'carl')
    provider.forget('carl')
    const response = await change(walk, 'POST', '/api/session/renew')
    expect(response.status).toBe(401)
  })

  it('signs out here and at the provider, in every tab', async () => {
    const walk = openPageWalk(inFloor)
    await signInAs(walk, 'bob')
    const cookie = walk.cookies(floor.url)
    const reply = (await (await change(walk, 'DELETE', '/api/session')).json()) as SignedOutReply
    expect(reply.next).toMatch(`${provider.issuer}/session/end?`)
    const again = await fetch(`${floor.url}/api/symbols`, { headers: { cookie } })
    expect(again.status).toBe(401)
  })
})

describe('what comes back from a provider', () => {
  it.each([
    ['nothing', ''],
    ['a code that nobody gave', '?code=made-up&state=x'],
    ['an error', '?error=access_denied&state=x'],
  ])('lets nobody in by %s', async (_name, query) => {
    const walk = openPageWalk(inFloor)
    const { url } = await walk.open(`${floor.url}/signin/openid/back${query}`)
    expect(url).toBe(`${floor.url}/#refused=denied`)
    expect((await sessionOf(walk)).me).toBeNull()
  })

  it('is found by a cookie that over https no other host can set', async () => {
    const headers = { 'X-Forwarded-Proto': 'https' }
    const begun = await fetch(`${floor.url}/signin/openid`, { headers, redirect: 'manual' })
    expect(begun.headers.get('set-cookie')).toMatch(/^__Host-wf_signing_in=[^;]+; Path=\/; HttpOnly; .*; Secure$/)
  })

  it('is for the browser that asked, and for no other', async () => {
    const [asked, other] = [openPageWalk((url) => url.includes('/signin/openid/back')), openPageWalk(inFloor)]
    let page = await asked.open(`${floor.url}/signin/openid`)
    for (let form = 0; form < 3 && !page.url.includes('/back?'); form++)
      page = await submit(asked, page, page.text.includes('name="login"') ? { login: 'ann', password: 'any' } : {})
    expect(page.url).toContain('/signin/openid/back?code=')
    expect((await other.open(page.url)).url).toBe(`${floor.url}/#refused=denied`)
    expect((await sessionOf(other)).me).toBeNull()
  })

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/signin/openid'])(
    'never leads to %s',
    async (to) => {
      const walk = openPageWalk((url) => !url.startsWith(provider.issuer) && !url.includes('/signin/'))
      let page = await walk.open(`${floor.url}/signin/openid?to=${encodeURIComponent(to)}`)
      for (let form = 0; form < 3 && page.url.startsWith(provider.issuer); form++)
        page = await submit(walk, page, page.text.includes('name="login"') ? { login: 'ann', password: 'any' } : {})
      expect(page.url).toBe(`${floor.url}/`)
    },
  )
})

describe('programs', () => {
  const tokenOf = async (): Promise<string> => {
    const response = await fetch(`${provider.issuer}/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: provider.client.id,
        client_secret: provider.client.secret,
        scope: 'floor',
      }).toString(),
    })
    return ((await response.json()) as { access_token: string }).access_token
  }
  const ask = (token: string): Promise<number> =>
    fetch(`${floor.url}/api/symbols`, { headers: { Authorization: `Bearer ${token}` } }).then(({ status }) => status)

  it('are let in by a token of the provider, over HTTP and on a socket', async () => {
    const token = await tokenOf()
    expect(await ask(token)).toBe(200)
    const client = await connectClient(floor.url, { auth: { token } })
    client.close()
    expect(floor.output()).not.toContain(token)
  })

  it('are not let in by one that was changed, or is nobody’s', async () => {
    const token = await tokenOf()
    const [head = '', body = '', mark = ''] = token.split('.')
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object
    const forged = (more: object, header = head): string =>
      `${header}.${Buffer.from(JSON.stringify({ ...claims, ...more })).toString('base64url')}.${mark}`
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    for (const text of [forged({ sub: 'boss' }), forged({}, none), `${none}.${body}.`, 'x.y.z', 'x'])
      expect(await ask(text)).toBe(401)
  })
})

it('tells nobody a secret in its log', () => {
  for (const secret of [provider.client.secret, 'wf_renewal=', 'code=', 'refresh_token'])
    expect(floor.output()).not.toContain(secret)
})
