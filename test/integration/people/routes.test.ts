import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import type { ErrorReply } from '../../../wire/api.ts'
import type {
  InvitationReply,
  InvitationsReply,
  PeopleReply,
  RecordReply,
  SessionReply,
  ShareReply,
  SharesReply,
} from '../../../wire/people.ts'
import { ACCESS, topicPart } from '../../../wire/topics.ts'
import type { TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import type { RedisClient } from '../../support/redis-client.ts'
import { type Desk, openDesk } from './desk.ts'

const PARTS = ['people', 'invitations', 'shares', 'record', 'arrivals'] as const

let redis: TestRedis
let client: RedisClient
let desk: Desk
let node: TestNode
let boss: string
let trader: string

beforeAll(async () => {
  redis = await startRedis()
  client = redis.client()
  desk = await openDesk(redis)
  node = await desk.start()
})
afterAll(async () => {
  await desk?.stop()
  await redis?.stop()
})
beforeEach(async () => {
  // What was taken back stays: a node would have to tell it again.
  await client.del(...PARTS.map((part) => topicPart(ACCESS, part)))
  boss = (await desk.invite('Boss', 'watch:* share:* manage:*')).token
  trader = (await desk.invite('Trader', 'watch:s:* share:s:AAPL')).token
})

const inAnHour = (): number => Date.now() + 3_600_000
const get = <T>(path: string, token: string) => desk.ask<T>(node, path, token)
const post = <T = ErrorReply>(path: string, token: string, body: object) => desk.ask<T>(node, path, token, body)
const invite = (token: string, grants: string, until = inAnHour()) =>
  post<InvitationReply & ErrorReply>('/invitations', token, { name: 'Ann Lee', grants, until })
const show = { kind: 'symbol', symbol: 'AAPL' }
const share = (token: string, more: object = {}) =>
  post<ShareReply & ErrorReply>('/shares', token, { show, until: inAnHour(), ...more })

describe('invitations', () => {
  it('are made, listed, opened, renewed and taken back', async () => {
    const { status, reply } = await invite(boss, 'watch:s:*   say:m:desk'.replace('say:m:desk', 'share:s:*'))
    expect(status).toBe(200)
    expect(reply.invitation).toMatchObject({ person: 'ann-lee', grants: 'watch:s:* share:s:*', by: 'boss', used: null })
    expect(reply.link).toMatch(/^\/#in=[\w.-]+$/)
    const opened = await desk.open(node, reply.link)
    expect(opened).toMatchObject({ status: 200, reply: { me: { id: 'ann-lee', name: 'Ann Lee', via: 'invitation' } } })
    const until = inAnHour() + 1000
    const renewed = await post<InvitationReply>(`/invitations/${reply.invitation.id}/renew`, boss, { until })
    expect(renewed.reply.invitation).toMatchObject({ until, used: expect.any(Number) })
    const { reply: all } = await get<InvitationsReply>('/invitations', boss)
    expect(all.invitations.map(({ person }) => person)).toEqual(['ann-lee', 'trader', 'boss'])
    expect(await post('/revoke', boss, { invitation: reply.invitation.id })).toEqual({
      status: 200,
      reply: { done: true },
    })
    for (const link of [reply.link, renewed.reply.link]) expect((await desk.open(node, link)).status).toBe(401)
    expect((await post(`/invitations/${reply.invitation.id}/renew`, boss, { until })).status).toBe(404)
  })

  it('give nothing that whoever makes them may not do, and go on only for what they may', async () => {
    const helper = (await desk.invite('Helper', 'watch:s:* manage:people')).token
    expect((await invite(helper, 'watch:s:A*')).status).toBe(200)
    for (const grants of ['watch:*', 'watch:d:*', 'say:m:desk', 'manage:*', 'manage:shares'])
      expect((await invite(helper, grants)).reply.error.code, grants).toBe('not_allowed')
    const { reply } = await invite(boss, 'watch:*')
    const { status } = await post(`/invitations/${reply.invitation.id}/renew`, helper, { until: inAnHour() })
    expect(status).toBe(403)
  })

  it.each([
    ['no grants', { grants: 'see:*' }],
    ['no name', { name: ' ' }],
    ['an end that is over', { until: Date.now() - 1 }],
    ['an end in ten years', { until: Date.now() + 3_650 * 86_400_000 }],
    ['more than is asked for', { admin: true }],
  ])('are refused with %s', async (_what, wrong) => {
    const request = { name: 'Ann', grants: 'watch:s:*', until: inAnHour(), ...wrong }
    expect((await post('/invitations', boss, request)).status).toBe(400)
  })
})

describe('shares', () => {
  it('are made of what one may share, and their page sees nothing else', async () => {
    const { status, reply } = await share(trader, { name: ' For you ' })
    expect([status, reply.share.name, reply.share.by]).toEqual([200, 'For you', 'trader'])
    const opened = await desk.open(node, reply.link)
    expect(opened.reply).toMatchObject({ me: { id: null, via: 'share', grants: 'watch:s:AAPL' }, show })
    const seat = opened.reply.bearer ?? ''
    for (const path of ['/people', '/shares', '/invitations', '/record', '/symbols/MSFT/candles', '/devices/A/track'])
      expect((await get<ErrorReply>(path, seat)).reply.error?.code, path).toBe('not_allowed')
    expect((await share(seat)).status).toBe(403)
    expect((await post('/revoke', seat, { share: reply.share.id })).status).toBe(403)
    expect((await get<SharesReply>('/shares', trader)).reply.shares).toMatchObject([{ opened: 1, revoked: false }])
  })

  it('are refused where one may not see it, or not share it, or shows nothing', async () => {
    expect((await share(trader, { show: { kind: 'symbol', symbol: 'MSFT' } })).status).toBe(403)
    expect((await share(trader, { show: { kind: 'device', device: 'A' } })).status).toBe(403)
    const world = { west: -180, east: 180, south: -80, north: 80 }
    const wide = await share(boss, { show: { kind: 'view', bounds: world, groups: null } })
    expect([wide.status, wide.reply.error.code]).toEqual([400, 'view_too_wide'])
    for (const wrong of [
      { show: { kind: 'layout', symbols: [], device: null, view: null } },
      { show: { kind: 'screen' } },
      { ends: world },
      { until: Date.now() + 40 * 86_400_000 },
    ])
      expect((await share(boss, wrong)).status, JSON.stringify(wrong)).toBe(400)
  })

  it('end with the invitation of their maker at the latest', async () => {
    const { reply } = await share(trader, { until: inAnHour() + 86_400_000 })
    expect(reply.share.until).toBeLessThanOrEqual(inAnHour())
  })

  it('are taken back by their maker, or whoever manages shares, and by nobody else', async () => {
    const [own, other] = [(await share(trader)).reply.share.id, (await share(boss)).reply.share.id]
    const refused = [await post('/revoke', trader, { share: other }), await post('/revoke', trader, { share: 'none' })]
    expect(refused[0]).toEqual(refused[1])
    expect(refused[0]?.status).toBe(403)
    expect((await post('/revoke', trader, { share: own })).status).toBe(200)
    expect((await post('/revoke', boss, { share: other })).status).toBe(200)
    expect((await post('/revoke', boss, { share: 'none' })).status).toBe(404)
    const { shares } = (await get<SharesReply>('/shares', boss)).reply
    expect(shares.map(({ revoked }) => revoked)).toEqual([true, true])
    expect((await get<SharesReply>('/shares', trader)).reply.shares).toHaveLength(1)
  })
})

test('what only managers may is refused to others in the same words, whether or not it exists', async () => {
  const { id } = (await invite(boss, 'watch:s:*')).reply.invitation
  const asked = await Promise.all([
    get<ErrorReply>('/invitations', trader),
    get<ErrorReply>('/record', trader),
    invite(trader, 'watch:s:*'),
    ...[id, 'none'].map((each) => post(`/invitations/${each}/renew`, trader, { until: inAnHour() })),
    ...[id, 'none'].map((each) => post('/revoke', trader, { invitation: each })),
    ...['boss', 'nobody'].map((person) => post('/revoke', trader, { person })),
  ])
  for (const { status, reply } of asked) {
    expect(status).toBe(403)
    expect(reply.error).toEqual(asked[0]?.reply.error)
  }
})

test('people are listed for whoever has a name, and the record for whoever may read it', async () => {
  const { people } = (await get<PeopleReply>('/people', trader)).reply
  expect(people.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
    { id: 'boss', name: 'Boss' },
    { id: 'trader', name: 'Trader' },
  ])
  const { id } = (await share(trader)).reply.share
  await post('/revoke', boss, { person: 'trader' })
  const page = async (before?: number) =>
    (await get<RecordReply>(`/record?limit=2${before ? `&before=${before}` : ''}`, boss)).reply
  const first = await page()
  const lines = first.entries.map(({ who, what, about }) => `${who} ${what} ${about}`)
  expect(lines).toEqual(['boss revoked trader', `trader shared s:AAPL ${id}`])
  const second = await page(first.next ?? 0)
  expect(second.entries.map(({ what, about }) => `${what} ${about}`)).toEqual(['invited trader', 'invited boss'])
  expect(second.next).toBeNull()
})

test('nothing about people is kept by caches, and nobody gets anything without signing in', async () => {
  for (const path of ['/invitations', '/shares', '/people', '/record']) {
    const response = await fetch(`${node.url}/api${path}`, { headers: { Authorization: `Bearer ${boss}` } })
    expect([response.status, response.headers.get('cache-control')], path).toEqual([200, 'no-store'])
    const nobody = await fetch(`${node.url}/api${path}`)
    expect([nobody.status, ((await nobody.json()) as ErrorReply).error.code], path).toEqual([401, 'not_signed_in'])
  }
  const me = (await get<SessionReply>('/session', boss)).reply.me
  expect(me).toMatchObject({ id: 'boss', via: 'token' })
})
