import { describe, expect, test } from 'vitest'
import { createPeople } from '../../../../web/state/people.ts'
import { homeOf } from '../../../../web/state/rights.ts'
import type { Me, SessionReply } from '../../../../wire/people.ts'
import { fakeNode, refusal } from './node.ts'

const WAYS = { open: false, invitations: true, openid: false }
const OPEN = { open: true, invitations: false, openid: false }
const ANN: Me = { id: 'ann', name: 'Ann', grants: 'watch:s:* manage:people', via: 'invitation', until: 9_000 }
const reply = (me: Me | null, more: Partial<SessionReply> = {}): Response => Response.json({ me, ways: WAYS, ...more })

const setUp = (...answers: Parameters<typeof fakeNode>) => {
  const node = fakeNode(...answers)
  return { ...node, people: createPeople(node.calls) }
}

describe('who this is', () => {
  test('is asked of the node: somebody comes in, nobody stays out', async () => {
    const { people } = setUp(reply(ANN))
    expect(people.door.value).toEqual({ at: 'asking' })
    await people.check()
    expect([people.door.value, people.me.value]).toEqual([{ at: 'in' }, ANN])
    const other = setUp(reply(null))
    await other.people.check()
    expect(other.people.door.value).toEqual({ at: 'out', why: { kind: 'nobody' } })
    expect(other.people.ways.value).toEqual(WAYS)
  })

  test('is nobody where the identity provider let nobody in, and the page can say why; or whoever was in before', async () => {
    const out = setUp(reply(null))
    await out.people.check('away')
    expect(out.people.door.value).toEqual({ at: 'out', why: { kind: 'provider', refused: 'away' } })
    const ann = setUp(reply(ANN))
    await ann.people.check('denied')
    expect(ann.people.door.value).toEqual({ at: 'in' })
  })

  test('is everybody on an open floor, with all that can be done', async () => {
    const { people } = setUp(reply(null, { ways: OPEN }))
    await people.check()
    expect(people.door.value).toEqual({ at: 'in' })
    expect([people.may('command', 'd:BUS-1'), people.manages('node'), people.mayAny('share', 'c:')]).toEqual([
      true,
      true,
      true,
    ])
  })

  test('is asked again once a node is there, where none was: the floor tells of that by itself meanwhile', async () => {
    const { people, told, next } = setUp(new Error('away'))
    await people.check()
    expect([people.door.value, people.me.value]).toEqual([{ at: 'in' }, null])
    expect(people.may('watch', 's:X')).toBe(false)
    next(reply(null))
    people.met()
    await new Promise((resolve) => setTimeout(resolve))
    expect(people.door.value).toEqual({ at: 'out', why: { kind: 'expired' } })
    people.met()
    expect(told()).toEqual(['GET /api/session', 'GET /api/session'])
  })

  test('a node that is away for a moment signs nobody out', async () => {
    const { people, next } = setUp(reply(ANN))
    await people.check()
    next(refusal(503, 'unavailable'), new Error('away'))
    await people.check()
    await people.check()
    expect([people.door.value, people.me.value]).toEqual([{ at: 'in' }, ANN])
  })
})

describe('a link', () => {
  test('signs in', async () => {
    const { people, asked } = setUp(reply(ANN))
    expect(await people.signIn('KEY')).toBeNull()
    expect([people.door.value, people.me.value]).toEqual([{ at: 'in' }, ANN])
    expect(asked).toMatchObject([{ method: 'POST', path: '/api/session', body: { token: 'KEY' } }])
    expect(asked[0]?.headers['content-type']).toBe('application/json')
  })

  test('that lets nobody in says why; whoever was signed in before may go on', async () => {
    const { people } = setUp(refusal(401, 'not_signed_in', 'Taken back.'), reply(ANN))
    await people.signIn('KEY')
    const error = { code: 'not_signed_in', message: 'Taken back.' }
    expect(people.door.value).toEqual({ at: 'out', why: { kind: 'link', error } })
    expect(people.me.value).toEqual(ANN)
    people.goOn()
    expect(people.door.value).toEqual({ at: 'in' })
  })

  test('can be tried again where the node is away', async () => {
    const { people, next } = setUp(new Error('away'), new Error('away'))
    expect((await people.signIn('KEY'))?.code).toBe('unavailable')
    next(reply(ANN))
    await people.signIn('KEY')
    expect(people.door.value).toEqual({ at: 'in' })
  })
})

describe('going', () => {
  const inside = async () => {
    const all = setUp(reply(ANN))
    await all.people.check()
    return all
  }

  test('signing out leaves nothing of the person, and tells where else to sign out', async () => {
    const { people, next, told } = await inside()
    next(Response.json({ next: 'https://id.example/out' }))
    expect(await people.signOut()).toEqual({ next: 'https://id.example/out' })
    expect([people.door.value, people.me.value]).toEqual([{ at: 'out', why: { kind: 'signed_out' } }, null])
    expect([told().at(-1), people.may('watch', 's:X')]).toEqual(['DELETE /api/session', false])
  })

  test('whoever signs out may hear of it by the connection first: that is no other reason', async () => {
    const { people, next } = await inside()
    next(Response.json({ next: null }))
    const done = people.signOut()
    people.end('revoked')
    await done
    expect(people.door.value).toEqual({ at: 'out', why: { kind: 'signed_out' } })
  })

  test('who cannot be signed out is told, and stays', async () => {
    const { people, next } = await inside()
    next(new Error('away'))
    expect(await people.signOut()).toMatchObject({ error: { code: 'unavailable' } })
    expect(people.door.value).toEqual({ at: 'in' })
  })

  test('the first reason for being out is the one that is told', async () => {
    const { people, next } = await inside()
    people.end('revoked')
    next(reply(null))
    await people.check()
    expect(people.door.value).toEqual({ at: 'out', why: { kind: 'revoked' } })
  })

  test('whoever the node does not know any more has come to the end of what let them in', async () => {
    const { people, next } = await inside()
    next(reply(null))
    await people.check()
    expect(people.door.value).toEqual({ at: 'out', why: { kind: 'expired' } })
  })

  test('a name is given up on an open floor, which stays', async () => {
    const { people, next } = setUp(reply({ ...ANN, via: 'open' }, { ways: OPEN }))
    await people.check()
    next(Response.json({ next: null }), reply(null, { ways: OPEN }))
    await people.signOut()
    expect([people.door.value, people.me.value]).toEqual([{ at: 'in' }, null])
    next(reply({ ...ANN, via: 'open' }, { ways: OPEN }))
    expect(await people.giveName('Ann')).toBeNull()
    expect(people.me.value?.id).toBe('ann')
  })
})

test('renewing brings a ticket for the open connection, and takes back that the sign-in ends', async () => {
  const { people, next, told } = setUp(reply(ANN))
  await people.check()
  people.fade(9_000, 'The node was away.')
  expect(people.fading.value).toEqual({ until: 9_000, why: 'The node was away.' })
  next(reply({ ...ANN, until: 20_000 }, { ticket: 'T' }))
  expect(await people.renew()).toEqual({ ticket: 'T', until: 20_000 })
  expect([people.me.value?.until, people.fading.value]).toEqual([20_000, null])
  expect(told().at(-1)).toBe('POST /api/session/renew')
})

test('what the screen offers follows the grants', async () => {
  const { people } = setUp(reply({ ...ANN, grants: 'watch:s:A* share:c:buses/02* manage:people' }))
  await people.check()
  expect(['s:AAPL', 's:MSFT', 'd:X'].map((topic) => people.may('watch', topic as 's:X'))).toEqual([true, false, false])
  expect([people.manages('people'), people.manages('record')]).toEqual([true, false])
  expect(['c:', 'c:buses/', 'c:buses/0231', 'c:taxis/', 'd:'].map((start) => people.mayAny('share', start))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ])
})

test.each([
  ['watch:s:*', 'markets'],
  ['watch:c:buses/*', 'fleet'],
  ['watch:d:BUS-1', 'fleet'],
  ['watch:*', 'split'],
  ['watch:m:*', 'split'],
])('whoever may %s begins with %s', async (grants, workspace) => {
  const { people } = setUp(reply({ ...ANN, grants }))
  await people.check()
  expect(homeOf(people)).toBe(workspace)
})
