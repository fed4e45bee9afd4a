import { describe, expect, test } from 'vitest'
import { createSeat } from '../../../../web/state/seat.ts'
import type { Me, Shown } from '../../../../wire/people.ts'
import { fakeNode, refusal } from './node.ts'

const WAYS = { open: false, invitations: true, openid: false }
const SHOW: Shown = { kind: 'device', device: 'BUS-1' }
const ME: Me = { id: null, name: 'Your sofa', grants: 'watch:d:BUS-1', via: 'share', until: 5_000 }
const opened = () => Response.json({ me: ME, ways: WAYS, bearer: 'B', show: SHOW })
const OPEN = { at: 'open', show: SHOW, name: 'Your sofa', until: 5_000 }

/** What a tab remembers. */
const createShelf = () => {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
  }
}

const setUp = (shelf = createShelf(), now = 1_000) => {
  const node = fakeNode()
  return { ...node, shelf, seat: createSeat({ fetch: node.fetch, shelf, now: () => now }) }
}

describe('the page of a share', () => {
  test('shows what its link is for, and asks with a token of its own, without cookies', async () => {
    const { seat, asked, next } = setUp()
    next(opened())
    await seat.open('KEY')
    expect(seat.phase.value).toEqual(OPEN)
    expect(asked[0]).toMatchObject({ body: { token: 'KEY' }, credentials: 'omit' })
    expect(asked[0]?.headers.authorization).toBeUndefined()
    next(Response.json({ symbols: [] }))
    await seat.fetch('/api/symbols', { headers: { 'X-Y': '1' } })
    expect(asked[1]).toMatchObject({ headers: { authorization: 'Bearer B', 'x-y': '1' }, credentials: 'omit' })
    expect(seat.bearer()).toBe('B')
  })

  test('is the same after a reload', async () => {
    const { seat, next, shelf } = setUp()
    next(opened())
    await seat.open('KEY')
    const again = setUp(shelf)
    again.next(Response.json({ me: ME, ways: WAYS }))
    await again.seat.check()
    expect(again.seat.phase.value).toEqual(OPEN)
    expect(again.asked[0]).toMatchObject({ method: 'GET', headers: { authorization: 'Bearer B' } })
  })

  test('is the same after a reload while the node is away', async () => {
    const { seat, next, shelf } = setUp()
    next(opened())
    await seat.open('KEY')
    const again = setUp(shelf)
    await again.seat.check()
    expect(again.seat.phase.value).toEqual(OPEN)
  })

  test('without its link it says that the link is needed', async () => {
    const { seat, told } = setUp()
    await seat.check()
    expect(seat.phase.value).toEqual({ at: 'ended', ending: { why: 'forgotten', until: null } })
    expect(told()).toEqual([])
  })

  test.each([
    ['taken back', refusal(401, 'not_signed_in', 'Taken back.'), 'not_signed_in'],
    ['of nobody that a page can show', Response.json({ me: ME, ways: WAYS }), 'not_signed_in'],
    ['tried while the node cannot say', refusal(503, 'unavailable'), 'unavailable'],
  ])('a link that is %s shows nothing', async (_, answer, code) => {
    const { seat, next, shelf } = setUp()
    next(answer)
    await seat.open('KEY')
    expect(seat.phase.value).toMatchObject({ at: 'ended', ending: { why: 'refused', error: { code } } })
    expect(JSON.parse(shelf.getItem('watchfloor.seat') ?? 'null')).toBeNull()
  })
})

describe('its end', () => {
  const open = async () => {
    const all = setUp()
    all.next(opened())
    await all.seat.open('KEY')
    return all
  }

  test('is told at once, and nothing is remembered', async () => {
    const { seat, shelf } = await open()
    seat.end('revoked')
    expect(seat.phase.value).toEqual({ at: 'ended', ending: { why: 'revoked', until: 5_000 } })
    expect([seat.bearer(), shelf.getItem('watchfloor.seat')]).toEqual(['', 'null'])
  })

  test.each([
    [4_999, 'revoked'],
    [5_000, 'expired'],
  ])('found at %i after it was away, it is %s', async (now, why) => {
    const { seat, shelf, next } = setUp()
    next(opened())
    await seat.open('KEY')
    const later = setUp(shelf, now)
    later.next(Response.json({ me: null, ways: WAYS }))
    await later.seat.check()
    expect(later.seat.phase.value).toEqual({ at: 'ended', ending: { why, until: 5_000 } })
    expect(seat.phase.value).toEqual(OPEN)
  })

  test('a share is not prolonged', async () => {
    const { seat, next } = await open()
    next(Response.json({ me: ME, ways: WAYS, bearer: 'B2' }))
    expect(await seat.renew()).toMatchObject({ error: { code: 'not_allowed' } })
  })
})
