import { expect, it } from 'vitest'
import type { Notice } from '../../../wire/protocol.ts'
import { eventually } from '../../support/eventually.ts'
import type { RawClient } from '../../support/raw-client.ts'
import { AUSTIN, fix, type Stage, watch } from './stage.ts'

const HOUR = 3_600_000

/** What is said to those who may not do everything, and whose right ends. */
export const testPeople = (stage: () => Stage): void => {
  const told = (client: RawClient, kind: Notice['kind']) =>
    client.heard<Notice>('notice').filter((notice) => notice.kind === kind)

  it('says what of a view may not be watched', async () => {
    const { feed, somebody } = stage()
    await feed.describeDevice('PEOPLE1', { group: 'people' })
    const cell = await feed.fix(fix('PEOPLE1'))
    const one = await somebody(`watch:c:${cell}`, null)
    const ask = { view: { bounds: AUSTIN, groups: ['people', 'other'] } }
    // Each look is a request of a client that may make so many a second.
    const look = async () => {
      const reply = await one.ask<{ view?: { groups: string[] } }>('watch', ask)
      return reply.view?.groups.length === 1 && reply
    }
    expect(await eventually('the group is known', look, { everyMs: 250 })).toMatchObject({
      view: { cells: [cell], groups: ['people'], leftOut: { groups: ['other'], area: true } },
    })
  })

  it('renews what lets somebody in, takes away what is given no more, and says how that went', async () => {
    const { feed, somebody, bearer } = stage()
    await feed.describe('PEOPLE2')
    const one = await somebody('watch:s:*', Date.now() + 20_000)
    await watch(one, { topics: [{ topic: 's:PEOPLE2' }] })
    expect(told(one, 'renew')).toMatchObject([{ withinMs: expect.any(Number) }])
    const later = Date.now() + HOUR
    expect(await one.ask('renew', { token: await bearer('watch:s:*', later) })).toEqual({ until: later })
    expect(await one.ask('renew', { token: await bearer('watch:d:*', null) })).toEqual({ until: null })
    expect(told(one, 'withdrawn')).toEqual([{ kind: 'withdrawn', topics: ['s:PEOPLE2'] }])
    expect(await watch(one, { topics: [{ topic: 's:PEOPLE2' }] })).toMatchObject([{ error: { code: 'not_allowed' } }])
    expect(await one.ask('renew', { token: 'none' })).toMatchObject({ error: { code: 'not_signed_in' } })
    expect(told(one, 'signed_out')).toEqual([])
  })

  it('says last of all why a connection ends', async () => {
    const { somebody, revoke } = stage()
    const late = await somebody('watch:s:*', Date.now() + 12_000)
    const out = await somebody('watch:s:*', null, 'eve')
    await revoke('eve')
    for (const [client, reason] of [
      [late, 'expired'],
      [out, 'revoked'],
    ] as const) {
      await eventually('the end', () => !client.isOpen())
      expect(client.packets.at(-1)?.payload).toEqual({ kind: 'signed_out', reason })
    }
  })
}
