import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Person } from '../../../../server/people/person.ts'
import { createSignIn } from '../../../../server/people/sign-in.ts'
import { createTokens } from '../../../../server/people/tokens.ts'
import { ALL_GRANTS, parseGrants, writeGrants } from '../../../../wire/grants.ts'
import type { Invitation, Share, WaysIn } from '../../../../wire/people.ts'

const START = 1_795_000_000_000
const HOUR = 3_600_000
const INVITED: WaysIn = { open: false, invitations: true, openid: false }

const invitation: Invitation = {
  id: 'inv-1',
  person: 'ann',
  name: 'Ann',
  grants: 'watch:s:*',
  until: START + HOUR,
  by: 'console',
  made: START,
  used: null,
  revoked: false,
}
const share: Share = {
  id: 'sh-1',
  by: 'ann',
  show: { kind: 'symbol', symbol: 'AAPL' },
  name: 'Apple',
  made: START,
  until: START + HOUR,
  ends: null,
  opened: 0,
  revoked: false,
}
const asked: Person = {
  id: 'ann',
  name: 'Ann',
  grants: parseGrants('watch:s:*') ?? [],
  via: 'invitation',
  credential: 'inv-1',
  by: null,
  since: START,
  until: START + HOUR,
}
const guest: Person = { ...asked, id: null, name: 'Apple', via: 'share', credential: 'sh-1', by: 'ann' }

/** A store that holds these two, as they are now; null: they are not there. */
const setUp = async (ways = INVITED) => {
  const kept: { invitation: Invitation | null; share: Share | null } = { invitation, share }
  const done: string[] = []
  const revoked = new Set<string>()
  const tokens = await createTokens(new Uint8Array(randomBytes(32)), () => START + 1000)
  const signIn = createSignIn({
    tokens,
    ways,
    standing: ({ credential }) => !revoked.has(credential ?? ''),
    id: () => 'sign-in-1',
    now: () => START + 1000,
    store: {
      invitation: async (id) => (kept.invitation?.id === id ? kept.invitation : null),
      used: async (id) => done.push(`used ${id}`),
      share: async (id) => (kept.share?.id === id ? kept.share : null),
      opened: async (id) => done.push(`opened ${id}`),
      record: async () => {},
    },
  })
  const by = async (use: 'invitation' | 'share', person: Person) => signIn.byToken(await tokens.sign(use, person))
  return { ...signIn, tokens, by, kept, done, revoked }
}

describe('signing in', () => {
  it('by an invitation lets in whom it names, as it is now', async () => {
    const { by, kept, done } = await setUp()
    expect(await by('invitation', asked)).toEqual({ person: { ...asked, session: 'sign-in-1' } })
    expect(done).toEqual(['used inv-1'])
    kept.invitation = { ...invitation, name: 'Ann Lee', grants: 'watch:d:*', until: START + 2 * HOUR }
    const person = {
      ...asked,
      session: 'sign-in-1',
      name: 'Ann Lee',
      grants: parseGrants('watch:d:*'),
      until: START + 2 * HOUR,
    }
    expect(await by('invitation', asked)).toEqual({ person })
  })

  it('by a share lets in nobody by name, and tells what it shows', async () => {
    const { by, done } = await setUp({ open: true, invitations: false, openid: false })
    expect(await by('share', guest)).toEqual({ person: guest, show: share.show })
    expect(done).toEqual(['opened sh-1'])
  })

  it('is refused, and said why, where that is over or was taken back, or is not kept', async () => {
    const { by, byToken, tokens, kept, done, revoked } = await setUp()
    expect(await byToken('x')).toEqual({ refused: 'bad', about: null })
    expect(await byToken(await tokens.sign('session', asked))).toEqual({ refused: 'bad', about: null })
    expect(await by('invitation', { ...asked, until: START })).toEqual({ refused: 'expired', about: null })
    revoked.add('inv-1').add('sh-1')
    expect(await by('invitation', asked)).toEqual({ refused: 'revoked', about: asked })
    expect(await by('share', guest)).toEqual({ refused: 'revoked', about: guest })
    revoked.clear()
    kept.invitation = { ...invitation, revoked: true }
    kept.share = { ...share, revoked: true }
    expect(await by('invitation', asked)).toMatchObject({ refused: 'revoked' })
    expect(await by('share', guest)).toMatchObject({ refused: 'revoked' })
    kept.invitation = { ...invitation, until: START }
    expect(await by('invitation', asked)).toMatchObject({ refused: 'expired' })
    kept.invitation = null
    kept.share = null
    expect(await by('invitation', asked)).toMatchObject({ refused: 'revoked' })
    expect(await by('share', guest)).toMatchObject({ refused: 'revoked' })
    expect(done).toEqual([])
  })

  it('by an invitation or a name is for floors that have that way', async () => {
    const open = await setUp({ open: true, invitations: false, openid: false })
    expect(await open.by('invitation', asked)).toMatchObject({ refused: 'not_here' })
    const closed = await setUp()
    expect(closed.byName('Ann')).toEqual({ refused: 'not_here', about: null })
    const result = open.byName('Ann Lee')
    expect(result).toMatchObject({ person: { id: 'ann-lee', name: 'Ann Lee', via: 'open', until: null } })
    expect('person' in result && writeGrants(result.person.grants)).toBe(writeGrants(ALL_GRANTS))
  })

  it('is renewed for as long as the invitation is good by now, and not beyond what was taken back', async () => {
    const { renew, kept } = await setUp()
    kept.invitation = { ...invitation, until: START + 5 * HOUR }
    expect(await renew(asked)).toMatchObject({ person: { id: 'ann', since: START, until: START + 5 * HOUR } })
    kept.invitation = { ...invitation, revoked: true }
    expect(await renew(asked)).toMatchObject({ refused: 'revoked' })
    const bot: Person = { ...asked, via: 'token' }
    expect(await renew(bot)).toEqual({ person: bot })
  })
})
