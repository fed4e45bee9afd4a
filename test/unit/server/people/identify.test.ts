import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createIdentify } from '../../../../server/people/identify.ts'
import { ANYBODY, type Person } from '../../../../server/people/person.ts'
import { createRemembered } from '../../../../server/people/remembered.ts'
import { createTokens, type Use } from '../../../../server/people/tokens.ts'
import { parseGrants } from '../../../../wire/grants.ts'
import type { WaysIn } from '../../../../wire/people.ts'

const SECRET = new Uint8Array(randomBytes(32))
const START = 1_795_000_000_000
const INVITED: WaysIn = { open: false, invitations: true, openid: false }
const OPEN: WaysIn = { open: true, invitations: false, openid: false }

const ann: Person = {
  id: 'ann',
  name: 'Ann',
  grants: parseGrants('watch:s:*') ?? [],
  via: 'invitation',
  credential: 'inv-1',
  by: null,
  since: START,
  until: START + 60_000,
}
const named: Person = { ...ann, via: 'open', credential: null, until: null }
const guest: Person = { ...ann, id: null, via: 'share', credential: 'sh-1', by: 'ann' }
const bot: Person = { ...ann, id: 'bot', via: 'token' }

const setUp = async (ways: WaysIn) => {
  let time = START
  let read = 0
  const revoked = new Set<string>()
  const tokens = await createTokens(SECRET, () => time)
  const counted = {
    ...tokens,
    read: (uses: readonly Use[], text: string) => {
      read++
      return tokens.read(uses, text)
    },
  }
  const standing = ({ credential }: Person) => !revoked.has(credential ?? '')
  const identify = createIdentify({ provider: null, tokens: counted, ways, standing, now: () => time })
  return {
    sign: tokens.sign,
    ask: (headers: IncomingHttpHeaders, more: { secure?: boolean; token?: string } = {}) =>
      identify({ headers: { host: 'floor:3000', ...headers }, secure: false, ...more }),
    revoked,
    reads: () => read,
    pass: (ms: number) => {
      time += ms
    },
  }
}

describe('who asks', () => {
  it('is known by a cookie, a header or a token, each for its own use only', async () => {
    const { ask, sign } = await setUp(INVITED)
    const session = await sign('session', ann)
    const bearer = await sign('bearer', bot)
    const seat = await sign('seat', guest)
    expect(await ask({ cookie: `wf_session=${session}` })).toEqual(ann)
    expect(await ask({ cookie: `__Host-wf_session=${session}` }, { secure: true })).toEqual(ann)
    for (const [text, person] of [
      [bearer, bot],
      [seat, guest],
    ] as const) {
      expect(await ask({ authorization: `Bearer ${text}` })).toEqual(person)
      expect(await ask({ authorization: `bearer  ${text}` })).toEqual(person)
      expect(await ask({}, { token: text })).toEqual(person)
      expect(await ask({ cookie: `wf_session=${text}` })).toBeNull()
    }
    for (const use of ['session', 'invitation', 'share', 'ticket'] as const) {
      expect(await ask({}, { token: await sign(use, ann) }), use).toBeNull()
      expect(await ask({ authorization: `Bearer ${await sign(use, ann)}` }), use).toBeNull()
    }
    for (const use of ['invitation', 'share', 'ticket', 'bearer'] as const)
      expect(await ask({ cookie: `wf_session=${await sign(use, ann)}` }), use).toBeNull()
  })

  it('is whom the token names that is shown, whatever cookie comes along', async () => {
    const { ask, sign } = await setUp(INVITED)
    const cookie = `wf_session=${await sign('session', ann)}`
    const bearer = await sign('bearer', bot)
    expect(await ask({ cookie, authorization: `Bearer ${bearer}` })).toEqual(bot)
    expect(await ask({ cookie }, { token: bearer })).toEqual(bot)
    expect(await ask({ cookie }, { token: 'x' })).toBeNull()
    expect(await ask({ cookie, authorization: 'Bearer x' })).toBeNull()
    // What a balancer asks for is none of ours.
    expect(await ask({ cookie, authorization: 'Basic YW5uOng=' })).toEqual(ann)
  })

  it('is nobody by a cookie that comes from a page of another site', async () => {
    const { ask, sign } = await setUp(INVITED)
    const cookie = `wf_session=${await sign('session', ann)}`
    expect(await ask({ cookie, origin: 'http://floor:3000' })).toEqual(ann)
    for (const origin of ['http://evil:3000', 'http://floor:3001', 'https://desk.example', 'null'])
      expect(await ask({ cookie, origin }), origin).toBeNull()
    const bearer = await sign('bearer', bot)
    expect(await ask({ origin: 'https://desk.example', authorization: `Bearer ${bearer}` })).toEqual(bot)
  })

  it('is known at once the second time, until the end or until it is taken back', async () => {
    const { ask, sign, reads, pass, revoked } = await setUp(INVITED)
    const asked = { cookie: `theme=x; wf_session=${await sign('session', ann)}` }
    const other = { authorization: `Bearer ${await sign('bearer', bot)}` }
    await ask(asked)
    await ask(other)
    expect(ask(asked)).toEqual(ann)
    expect(ask(other)).toEqual(bot)
    expect(reads()).toBe(2)
    revoked.add('inv-1')
    expect([ask(asked), ask(other)]).toEqual([null, null])
    revoked.clear()
    expect(ask(asked)).toEqual(ann)
    pass(60_000)
    expect([ask(asked), ask(other)]).toEqual([null, null])
    expect(reads()).toBe(2)
  })

  it('does not mix up uses among what it remembers', async () => {
    const { ask, sign } = await setUp(INVITED)
    const session = await sign('session', ann)
    expect(await ask({ cookie: `wf_session=${session}` })).toEqual(ann)
    expect(await ask({}, { token: session })).toBeNull()
  })

  it('is anybody on an open floor, unless they show a token that is none', async () => {
    const { ask, sign, reads } = await setUp(OPEN)
    expect(ask({})).toBe(ANYBODY)
    expect(ask({ cookie: 'theme=x' })).toBe(ANYBODY)
    expect(reads()).toBe(0)
    expect(await ask({ cookie: 'wf_session=x' })).toBe(ANYBODY)
    expect(await ask({ cookie: `wf_session=${await sign('session', named)}` })).toEqual(named)
    expect(await ask({}, { token: await sign('seat', guest) })).toEqual(guest)
    expect(await ask({}, { token: 'x' })).toBeNull()
  })

  it('is nobody by a way in that the floor no longer has', async () => {
    const asNamed = await setUp(INVITED)
    expect(await asNamed.ask({ cookie: `wf_session=${await asNamed.sign('session', named)}` })).toBeNull()
    const asInvited = await setUp(OPEN)
    expect(await asInvited.ask({ cookie: `wf_session=${await asInvited.sign('session', ann)}` })).toBe(ANYBODY)
    const asProvider = await setUp(INVITED)
    const known: Person = { ...ann, via: 'openid' }
    expect(await asProvider.ask({ cookie: `wf_session=${await asProvider.sign('session', known)}` })).toBeNull()
  })
})

it('what is remembered has a cap, and the longest unused goes first', () => {
  const remembered = createRemembered(30)
  const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(10))
  for (const text of texts) remembered.put(text, ann)
  remembered.get('a'.repeat(10))
  remembered.put('d'.repeat(10), bot)
  expect([...texts, 'd'.repeat(10)].map((text) => remembered.get(text)?.id)).toEqual(['ann', undefined, 'ann', 'bot'])
  remembered.put('d'.repeat(10), ann)
  expect(remembered.get('c'.repeat(10))?.id).toBe('ann')
  remembered.put('e'.repeat(31), bot)
  expect([...texts, 'e'.repeat(31)].map((text) => remembered.get(text))).toEqual(Array(4).fill(undefined))
})
