import { expect, test } from 'vitest'
import { createEveryone } from '../../../../web/state/everyone.ts'
import { createInvitations } from '../../../../web/state/invitations.ts'
import { createRecord } from '../../../../web/state/record.ts'
import { createShares, standingOf } from '../../../../web/state/shares.ts'
import type { Invitation, RecordEntry, Share } from '../../../../wire/people.ts'
import { fakeNode, refusal } from './node.ts'

const invitation = (id: string, made: number): Invitation => ({
  ...{ id, person: id, name: id, grants: 'watch:s:*', until: 9, by: 'ann', made, used: null, revoked: false },
})
const share = (id: string, made: number, more: Partial<Share> = {}): Share => ({
  ...{ id, by: 'ann', show: { kind: 'symbol', symbol: 'X' }, name: '', made, until: 9_000, ends: null, opened: 0 },
  ...{ revoked: false, ...more },
})
const entry = (n: number): RecordEntry => ({ n, t: n, who: 'ann', what: 'invited', about: '' })

test('invitations are listed, the newest first, and again after each change', async () => {
  const node = fakeNode(Response.json({ invitations: [invitation('a', 1), invitation('b', 2)] }))
  const invitations = createInvitations(node.calls)
  expect(invitations.list.value.phase).toBe('loading')
  await invitations.load()
  expect(invitations.list.value.rows.map(({ id }) => id)).toEqual(['b', 'a'])
  const made = { invitation: invitation('c', 3), link: '/#in=C' }
  node.next(Response.json(made), Response.json({ invitations: [invitation('c', 3)] }))
  expect(await invitations.invite({ name: 'C', grants: 'watch:s:*', until: 9 })).toEqual(made)
  expect(invitations.list.value.rows).toHaveLength(1)
  node.next(Response.json(made), Response.json({ invitations: [] }))
  await invitations.renew('c/1', 20)
  node.next(refusal(403, 'not_allowed'))
  expect(await invitations.revoke('c')).toMatchObject({ code: 'not_allowed' })
  expect(node.asked.filter(({ method }) => method === 'POST').map(({ path, body }) => [path, body])).toEqual([
    ['/api/invitations', { name: 'C', grants: 'watch:s:*', until: 9 }],
    ['/api/invitations/c%2F1/renew', { until: 20 }],
    ['/api/revoke', { invitation: 'c' }],
  ])
  expect(node.asked).toHaveLength(6)
})

test('a list that cannot be read says why, keeps what was read, and is read again', async () => {
  const node = fakeNode(Response.json({ invitations: [invitation('a', 1)] }), refusal(503, 'unavailable', 'Away.'))
  const invitations = createInvitations(node.calls)
  await invitations.load()
  await invitations.load()
  expect(invitations.list.value).toMatchObject({ phase: 'error', error: 'Away.', rows: [{ id: 'a' }] })
  node.next(Response.json({ invitations: [] }))
  const again = invitations.load()
  expect(invitations.list.value.phase).toBe('loading')
  await again
  expect(invitations.list.value).toEqual({ phase: 'ready', error: null, rows: [] })
})

test('shares that are open come first, then the newest; one is taken back', async () => {
  const all = [
    share('old', 1),
    share('ended', 5, { until: 10 }),
    share('revoked', 4, { revoked: true }),
    share('new', 3),
  ]
  const node = fakeNode(Response.json({ shares: all }))
  const shares = createShares(node.calls, () => 1_000)
  await shares.load()
  expect(shares.list.value.rows.map(({ id }) => id)).toEqual(['new', 'old', 'ended', 'revoked'])
  expect(all.map((one) => standingOf(one, 1_000))).toEqual(['open', 'ended', 'revoked', 'open'])
  node.next(Response.json({ done: true }), Response.json({ shares: [] }))
  expect(await shares.takeBack('new')).toBeNull()
  expect(node.asked[1]).toMatchObject({ path: '/api/revoke', body: { share: 'new' } })
  expect(shares.list.value.rows).toEqual([])
})

test('the record comes page by page, each line once', async () => {
  const node = fakeNode(
    Response.json({ entries: [entry(9), entry(8)], next: 8 }),
    Response.json({ entries: [entry(7)], next: null }),
  )
  const record = createRecord(node.calls)
  await record.load()
  expect([record.list.value.rows.map(({ n }) => n), record.next.value]).toEqual([[9, 8], 8])
  await record.loadOlder()
  expect([record.list.value.rows.map(({ n }) => n), record.next.value]).toEqual([[9, 8, 7], null])
  expect(node.told()).toEqual(['GET /api/record?limit=50', 'GET /api/record?limit=50&before=8'])
})

test('everyone is listed by name, and can be cut off', async () => {
  const people = ['Bea', 'ann', 'Carl'].map((name) => ({ id: name.toLowerCase(), name }))
  const node = fakeNode(Response.json({ people }))
  const everyone = createEveryone(node.calls)
  await everyone.load()
  expect(everyone.list.value.rows.map(({ id }) => id)).toEqual(['ann', 'bea', 'carl'])
  node.next(Response.json({ done: true }), refusal(403, 'not_allowed'))
  expect(await everyone.cutOff('bea')).toBeNull()
  expect(await everyone.cutOff('ann')).toMatchObject({ code: 'not_allowed' })
  expect(node.asked[1]).toMatchObject({ path: '/api/revoke', body: { person: 'bea' } })
})
