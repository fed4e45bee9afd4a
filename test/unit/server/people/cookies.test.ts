import { describe, expect, it } from 'vitest'
import { endCookie, readCookie, writeCookie } from '../../../../server/people/cookies.ts'

describe("a session's cookie", () => {
  it('cannot be read by scripts, comes with no request of another site, and over https only from there', () => {
    expect(writeCookie('a.b.c', false, 61_500, 1500)).toBe(
      'wf_session=a.b.c; Path=/; HttpOnly; SameSite=Lax; Max-Age=60',
    )
    expect(writeCookie('a.b.c', true, 61_501, 1500)).toBe(
      '__Host-wf_session=a.b.c; Path=/; HttpOnly; SameSite=Lax; Max-Age=61; Secure',
    )
  })

  it('lasts as long as browsers keep one where the session has no end', () => {
    expect(writeCookie('x', false, null, Date.now())).toContain('; Max-Age=34560000')
    expect(writeCookie('x', false, 5, 10)).toContain('; Max-Age=0')
  })

  it('is ended by an empty one', () => {
    expect(endCookie(false)).toBe('wf_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0')
    expect(endCookie(true)).toBe('__Host-wf_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure')
  })

  it.each([
    ['wf_session=a.b.c', false, 'a.b.c'],
    ['theme=dark; wf_session=a.b.c; x=y', false, 'a.b.c'],
    ['theme=dark;wf_session=a.b.c', false, 'a.b.c'],
    ['wf_session=one; wf_session=two', false, 'one'],
    ['__Host-wf_session=a.b.c', true, 'a.b.c'],
    // Over https anybody on the way may have set one that is not for https only.
    ['wf_session=a.b.c', true, null],
    ['__Host-wf_session=a.b.c', false, null],
    ['wf_session', false, null],
    ['not_wf_session=a; xwf_session=b', false, null],
    ['=wf_session', false, null],
    ['', false, null],
    [undefined, false, null],
  ])('in %j (https: %j) is %j', (header, secure, token) => {
    expect(readCookie(header, secure)).toBe(token)
  })
})
