import { createHmac, randomBytes } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { newId } from '../../../../server/people/ids.ts'
import type { Person } from '../../../../server/people/person.ts'
import { createTokens, MOST_TOKEN_LETTERS, USES } from '../../../../server/people/tokens.ts'
import { ALL_GRANTS, parseGrants } from '../../../../wire/grants.ts'

const SECRET = new Uint8Array(randomBytes(32))
const START = 1_795_000_000_000
const HOUR = 3_600_000

const ann: Person = {
  id: 'ann',
  name: 'Ann 株',
  grants: parseGrants('watch:s:* say:m:night') ?? [],
  via: 'invitation',
  credential: 'inv-1',
  by: null,
  since: START + 123,
  until: START + HOUR + 456,
}
const desk: Person = { ...ann, session: 'sign-in-1' }
const anybody: Person = { ...ann, id: null, grants: ALL_GRANTS, via: 'share', by: 'bob', until: null }

const setUp = async (secret = SECRET) => {
  let time = START + 500
  const tokens = await createTokens(secret, () => time)
  return {
    ...tokens,
    pass: (ms: number) => {
      time += ms
    },
  }
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
/** A token as somebody else may make it; with the right secret, if they had it. */
const forged = (header: unknown, payload: unknown, secret: Uint8Array | null, hash = 'sha256'): string => {
  const text = `${encoded(header)}.${encoded(payload)}`
  const signature = secret === null ? '' : createHmac(hash, secret).update(text).digest('base64url')
  return `${text}.${signature}`
}
const CLAIMS = { aud: 'session', sub: 'ann', name: 'Ann', grants: 'watch:s:*', via: 'invitation', iat: START / 1000 }
const HS256 = { alg: 'HS256' }

describe('a token', () => {
  it('lets in whom it was signed for, to the millisecond', async () => {
    const { sign, read } = await setUp()
    for (const person of [ann, desk, anybody])
      for (const use of USES) expect(await read([use], await sign(use, person)), use).toEqual(person)
  })

  it('is worth nothing for anything but its use', async () => {
    const { sign, read } = await setUp()
    for (const use of USES) {
      const others = USES.filter((each) => each !== use)
      expect(await read(others, await sign(use, ann)), use).toBe('bad')
    }
  })

  it('ends with its person, to the millisecond; one without an end does not', async () => {
    const { sign, read, pass } = await setUp()
    const [ends, stays] = [await sign('session', ann), await sign('session', anybody)]
    pass(HOUR - 45)
    expect(await read(['session'], ends)).toEqual(ann)
    pass(1)
    expect(await read(['session'], ends)).toBe('expired')
    expect(await read(['invitation'], ends)).toBe('bad')
    pass(10_000 * HOUR)
    expect(await read(['session'], stays)).toEqual(anybody)
  })

  it('as a ticket is good for a minute, and says how long its person is', async () => {
    const { sign, read, pass } = await setUp()
    const [ends, stays] = [await sign('ticket', ann), await sign('ticket', anybody)]
    pass(59_999)
    expect(await read(['ticket'], ends)).toEqual(ann)
    expect(await read(['ticket'], stays)).toEqual(anybody)
    pass(1)
    expect(await read(['ticket'], ends)).toBe('expired')
    expect(await read(['ticket'], stays)).toBe('expired')
  })

  it('counts only with the secret of this floor, whole and unchanged', async () => {
    const { sign, read } = await setUp()
    const text = await sign('session', ann)
    const other = await setUp(new Uint8Array(randomBytes(32)))
    expect(await other.read(['session'], text)).toBe('bad')
    for (let at = 0; at < text.length; at += 7) {
      const letter = text[at] === 'A' ? 'B' : 'A'
      expect(await read(['session'], text.slice(0, at) + letter + text.slice(at + 1)), `at ${at}`).toBe('bad')
    }
    for (const bad of ['', '.', '..', 'a.b', 'a.b.c', text.slice(1), `${text}.`, `${text}A`, ` ${text}`, `${text}\n`])
      expect(await read(['session'], bad), bad).toBe('bad')
    expect(await read(['session'], 'x'.repeat(MOST_TOKEN_LETTERS + 1))).toBe('bad')
  })

  it('is signed one way only, whatever its head says', async () => {
    const { read } = await setUp()
    expect(await read(['session'], forged(HS256, CLAIMS, SECRET))).toMatchObject({ id: 'ann' })
    for (const alg of ['none', 'None', 'NONE', '', 'HS512', 'RS256', undefined]) {
      expect(await read(['session'], forged({ alg }, CLAIMS, SECRET)), `${alg}`).toBe('bad')
      expect(await read(['session'], forged({ alg }, CLAIMS, null)), `${alg}`).toBe('bad')
    }
    expect(await read(['session'], forged({ alg: 'HS512' }, CLAIMS, SECRET, 'sha512'))).toBe('bad')
    const jwk = { kty: 'oct', k: Buffer.from('mine').toString('base64url') }
    expect(await read(['session'], forged({ ...HS256, jwk }, CLAIMS, Buffer.from('mine')))).toBe('bad')
    expect(await read(['session'], forged({ ...HS256, crit: ['x'], x: 1 }, CLAIMS, SECRET))).toBe('bad')
  })

  it('of another shape lets nobody in, though it is signed', async () => {
    const { read } = await setUp()
    const wrong: object[] = [
      { ...CLAIMS, grants: 'everything' },
      { ...CLAIMS, grants: undefined },
      { ...CLAIMS, via: 'magic' },
      { ...CLAIMS, sub: 'No Handle' },
      { ...CLAIMS, name: 7 },
      { ...CLAIMS, iat: undefined },
      { ...CLAIMS, iat: 'now' },
      { ...CLAIMS, exp: 'never' },
      { ...CLAIMS, aud: undefined },
      { ...CLAIMS, aud: ['share'] },
      {},
      [],
    ]
    for (const payload of wrong)
      expect(await read(['session'], forged(HS256, payload, SECRET)), JSON.stringify(payload)).toBe('bad')
  })

  it('is a JWT, as libraries read and write them', async () => {
    const { sign, read } = await setUp()
    const { payload } = await jwtVerify(await sign('session', ann), SECRET, { currentDate: new Date(START) })
    expect(payload).toEqual({
      aud: 'session',
      sub: 'ann',
      name: 'Ann 株',
      grants: 'watch:s:* say:m:night',
      via: 'invitation',
      cred: 'inv-1',
      iat: (START + 123) / 1000,
      exp: (START + HOUR + 456) / 1000,
    })
    const written = await new SignJWT({ ...CLAIMS, iat: START / 1000 }).setProtectedHeader(HS256).sign(SECRET)
    expect(read(['session'], written)).toMatchObject({ id: 'ann', since: START })
  })

  it('has room in a cookie, or is not made', async () => {
    const { sign } = await setUp()
    const long = (letters: number) => parseGrants(`watch:s:${'x'.repeat(letters)}`) ?? []
    expect((await sign('session', { ...ann, grants: long(1900) })).length).toBeLessThan(MOST_TOKEN_LETTERS)
    await expect(sign('session', { ...ann, grants: long(1900), name: '株'.repeat(1000) })).rejects.toThrow(/too long/)
  })
})

it('an id may stand behind an option of a command: it never looks like one itself', () => {
  const ids = Array.from({ length: 2000 }, newId)
  expect(ids.filter((id) => !/^\w[\w-]{15}$/.test(id))).toEqual([])
  expect(new Set(ids).size).toBe(ids.length)
})
