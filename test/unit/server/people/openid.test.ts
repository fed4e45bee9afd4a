import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { grantsOf, readGrantsFile } from '../../../../server/people/openid/grants-file.ts'
import { identityOf } from '../../../../server/people/openid/identity.ts'
import { createSealed } from '../../../../server/people/openid/sealed.ts'
import { writeGrants } from '../../../../wire/grants.ts'

describe('a file of grants', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'grants-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const write = (value: unknown): string => {
    const path = join(folder, 'grants.json')
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
    return path
  }

  it('gives what the claims of a person deserve', () => {
    const rules = readGrantsFile(
      write([
        { everybody: true, grants: 'watch:s:*' },
        { claim: 'groups', value: 'dispatch', grants: 'watch:c:buses/* watch:d:BUS-*' },
        { claim: 'realm_access.roles', value: 'boss', grants: 'manage:*' },
        { claim: 'email_verified', value: true, grants: 'say:m:desk' },
      ]),
    )
    const of = (claims: object): string => writeGrants(grantsOf(rules, claims as Record<string, unknown>))
    expect(of({})).toBe('watch:s:*')
    expect(of({ groups: ['sales', 'dispatch'] })).toBe('watch:s:* watch:c:buses/* watch:d:BUS-*')
    expect(of({ groups: 'dispatch' })).toBe('watch:s:* watch:c:buses/* watch:d:BUS-*')
    expect(of({ groups: 'dispatchers' })).toBe('watch:s:*')
    expect(of({ realm_access: { roles: ['boss'] } })).toBe('watch:s:* manage:*')
    expect(of({ 'realm_access.roles': ['boss'] })).toBe('watch:s:* manage:*')
    expect(of({ email_verified: true })).toBe('watch:s:* say:m:desk')
    expect(of({ email_verified: 'true' })).toBe('watch:s:*')
    expect(of({ realm_access: null })).toBe('watch:s:*')
  })

  it('says what is wrong with it, and where to look', () => {
    const wrong: [unknown, RegExp][] = [
      ['{', /cannot be read.*docs\/openid\.md/],
      [[], /docs\/openid\.md/],
      [[{ everybody: true, grants: 'fly:s:*' }], /"fly:s:\*" are no grants/],
      [[{ claim: 'groups', grants: 'watch:s:*' }], /0/],
      [[{ claim: 'groups', value: 'a', grants: 'watch:s:*', more: 1 }], /docs\/openid\.md/],
    ]
    for (const [value, message] of wrong) expect(() => readGrantsFile(write(value))).toThrow(message)
    expect(() => readGrantsFile(join(folder, 'none.json'))).toThrow(/GRANTS_FILE .*none\.json cannot be read/)
  })
})

describe('an identity', () => {
  it('is named as people know it, and keyed by provider and subject', () => {
    expect(identityOf({ iss: 'https://id.example', sub: '7', name: 'Ann Lee', email: 'a@b.example' })).toMatchObject({
      key: 'openid:https://id.example 7',
      name: 'Ann Lee',
    })
    expect(identityOf({ iss: 'x', sub: '7', name: ' ', preferred_username: 'ann' })?.name).toBe('ann')
    expect(identityOf({ iss: 'x', sub: '7' })?.name).toBe('7')
  })

  it('takes nothing from a name that would turn or break the text around it', () => {
    expect(identityOf({ iss: 'x', sub: '7', name: '\u202eAnn\u0000\n' })?.name).toBe('Ann')
    expect(identityOf({ iss: 'x', sub: '7', name: 'a'.repeat(500) })?.name).toHaveLength(60)
  })

  it('is none without a subject', () => {
    for (const claims of [{}, { iss: 'x' }, { iss: 'x', sub: '' }, { iss: 'x', sub: 7 }])
      expect(identityOf(claims)).toBeNull()
  })
})

describe('what a browser keeps sealed', () => {
  const secret = randomBytes(32)
  const sealed = createSealed<{ a: number }>(secret, 'test')

  it('comes back as it was, and to nobody else', async () => {
    const text = await sealed.seal({ a: 1 }, 60)
    expect(await sealed.open(text)).toEqual({ a: 1 })
    expect(await createSealed(secret, 'other').open(text)).toBeNull()
    expect(await createSealed(randomBytes(32), 'test').open(text)).toBeNull()
    expect(text).not.toContain('"a"')
  })

  it('is nothing once it was changed, or is too old', async () => {
    const text = await sealed.seal({ a: 1 }, 60)
    const parts = text.split('.')
    const changed = [...parts.slice(0, 3), `${parts[3]?.startsWith('A') ? 'B' : 'A'}${parts[3]?.slice(1)}`, parts[4]]
    expect(await sealed.open(changed.join('.'))).toBeNull()
    expect(await sealed.open(await sealed.seal({ a: 1 }, -1))).toBeNull()
    for (const none of ['', 'a.b.c', '....', 'x'.repeat(5000)]) expect(await sealed.open(none)).toBeNull()
  })
})
