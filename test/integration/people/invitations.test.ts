import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { SessionReply } from '../../../wire/people.ts'
import { connectClient } from '../../support/client.ts'
import { inherited, ROOT, TEST_SECRET } from '../../support/environment.ts'
import { eventually } from '../../support/eventually.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { fromOwnPage } from '../../support/people.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

const run = promisify(execFile)

let redis: TestRedis
let nodes: TestNode[]
beforeAll(async () => {
  redis = await startRedis()
  const options = { redisUrl: redis.url, env: { ACCESS: 'invitations', LOG_LEVEL: 'info' } }
  nodes = [await startNode(options), await startNode(options)]
})
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  await redis.stop()
})

/** What `npm run invite` prints. */
const invite = async (...args: string[]): Promise<string[]> => {
  const env = { ...inherited(), REDIS_URL: redis.url, SECRET_FILE: TEST_SECRET, PUBLIC_URL: nodes[0]?.url ?? '' }
  const { stdout } = await run(process.execPath, ['server/people/invite/main.ts', ...args], { cwd: ROOT, env })
  return stdout.split('\n')
}
const tokenOf = (link = ''): string => new URL(link).hash.replace(/^#in=/, '')
const idOf = (line = ''): string => /--revoke (\S+)/.exec(line)?.[1] ?? ''
const signIn = (node: TestNode | undefined, token: string): Promise<Response> =>
  fetch(`${node?.url}/api/session`, { method: 'POST', headers: fromOwnPage, body: JSON.stringify({ token }) })
const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? ''
const statusAt = async (node: TestNode | undefined, headers: Record<string, string>): Promise<number> =>
  (await fetch(`${node?.url}/api/symbols`, { headers })).status

it('an invitation lets somebody in, at each node, until it is taken back', async () => {
  const [what, link] = await invite('--name', 'Ann Lee', '--grants', 'watch:s:* say:m:*', '--for', '1h')
  expect(what).toContain('Ann Lee (@ann-lee)')
  const opened = await signIn(nodes[0], tokenOf(link))
  expect(opened.status).toBe(200)
  const { me } = (await opened.json()) as SessionReply
  expect(me).toMatchObject({ id: 'ann-lee', name: 'Ann Lee', grants: 'watch:s:* say:m:*', via: 'invitation' })
  const headers = { cookie: cookieOf(opened) }
  const clients = await Promise.all(nodes.map(({ url }) => connectClient(url, { extraHeaders: headers })))
  expect(await Promise.all(nodes.map((node) => statusAt(node, headers)))).toEqual([200, 200])
  expect((await invite('--list')).join()).toMatch(/Ann Lee \(@ann-lee\) {2}until .*last used .*watch:s:\* say:m:\*/)

  const ended = clients.map(
    ({ socket }) => new Promise((resolve) => socket.once('disconnect', () => resolve('disconnected'))),
  )
  await invite('--revoke', idOf(what))
  expect(await Promise.all(ended)).toEqual(['disconnected', 'disconnected'])
  for (const { notices, close } of clients) {
    expect(notices).toContainEqual({ kind: 'signed_out', reason: 'revoked' })
    close()
  }
  for (const node of nodes) {
    await eventually('the node has heard it', async () => (await statusAt(node, headers)) === 401)
    const again = await signIn(node, tokenOf(link))
    expect([again.status, (await again.json()).error.message]).toEqual([
      401,
      'Sign in first. This link was taken back.',
    ])
  }
  expect((await invite('--list')).join()).toContain('taken back')
})

it('signing out ends one sign-in on every node, and none of the others by the same invitation', async () => {
  const [, link] = await invite('--name', 'Cleo', '--grants', 'watch:s:*', '--for', '1h')
  const [phone, desk] = [await signIn(nodes[0], tokenOf(link)), await signIn(nodes[1], tokenOf(link))].map(cookieOf)
  const client = await connectClient(nodes[1]?.url ?? '', { extraHeaders: { cookie: phone ?? '' } })
  const gone = new Promise((resolve) => client.socket.once('disconnect', resolve))
  const headers = { cookie: phone ?? '', ...fromOwnPage }
  expect((await fetch(`${nodes[0]?.url}/api/session`, { method: 'DELETE', headers })).status).toBe(200)
  await gone
  // A copy of the cookie is worth nothing from now on.
  for (const node of nodes) {
    await eventually('the node has heard it', async () => (await statusAt(node, { cookie: phone ?? '' })) === 401)
    expect(await statusAt(node, { cookie: desk ?? '' })).toBe(200)
    expect((await signIn(node, tokenOf(link))).status).toBe(200)
  }
})

it('whoever is in is renewed with the invitation, and the new link works as well', async () => {
  const [what, link] = await invite('--name', 'Bob', '--grants', 'all', '--for', '1h')
  const opened = await signIn(nodes[0], tokenOf(link))
  const before = ((await opened.json()) as SessionReply).me?.until ?? 0
  const [, newLink] = await invite('--renew', idOf(what), '--for', '2h')
  const headers = { cookie: cookieOf(opened), ...fromOwnPage }
  const renewed = await fetch(`${nodes[1]?.url}/api/session/renew`, { method: 'POST', headers })
  const { me, ticket } = (await renewed.json()) as SessionReply
  expect(me?.until).toBeGreaterThan(before + 3_000_000)
  const client = await connectClient(nodes[1]?.url ?? '', { extraHeaders: headers })
  expect(await client.socket.timeout(60_000).emitWithAck('renew', { token: ticket ?? '' })).toEqual({
    until: me?.until,
  })
  client.close()
  expect((await signIn(nodes[1], tokenOf(newLink))).status).toBe(200)
})

it('a program gets a token, and loses it', async () => {
  const [what, token = ''] = await invite('--bearer', '--name', 'Price bot', '--grants', 'watch:s:*')
  expect(await statusAt(nodes[0], { authorization: `Bearer ${token}` })).toBe(200)
  expect((await signIn(nodes[0], token)).status).toBe(401)
  await invite('--revoke', idOf(what))
  await eventually('it is let in no longer', async () => {
    return (await statusAt(nodes[1], { authorization: `Bearer ${token}` })) === 401
  })
})

it('tells whoever invites what is wrong, and nobody a token', async () => {
  const refused = (...args: string[]) => invite(...args).catch(({ code, stderr }) => [code, stderr])
  expect(await refused('--revoke', 'nothing')).toEqual([1, expect.stringMatching(/no invitation "nothing"/)])
  expect(await refused('--name', 'Ann')).toEqual([1, expect.stringMatching(/--grants takes/)])
  const [, link] = await invite('--name', 'Cy', '--grants', 'watch:s:*')
  const [, body = '', signature = ''] = tokenOf(link).split('.')
  await signIn(nodes[0], tokenOf(link))
  await signIn(nodes[0], `${tokenOf(link)}x`)
  for (const { output } of nodes) {
    expect(output()).not.toContain(body)
    expect(output()).not.toContain(signature)
  }
  expect(nodes[0]?.output()).toContain('Somebody signed in')
})
