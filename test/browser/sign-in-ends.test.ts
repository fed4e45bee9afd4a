import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { enterBy, gate, link, MANAGER, openOffices, text } from './door.ts'
import { type Stage, startStage } from './stage.ts'

let stage: Stage
const T = Date.now()
const PLACE = '#/markets/AAPL/1m'

beforeAll(async () => {
  stage = await startStage([], {}, { ACCESS: 'invitations' })
  await stage.feed.describe('AAPL')
  await stage.feed.market('AAPL', [{ id: 1, t: T, price: 100, size: 1 }])
})
afterAll(async () => {
  await stage.stop()
  expect(stage.errors).toEqual([])
})

/** Renews somebody's invitation for an hour: on the screen it is for as long again, which here is a minute. */
const prolong = (boss: Page, name: string): Promise<number> =>
  boss.evaluate(async (whom) => {
    const { invitations } = await (await fetch('/api/invitations')).json()
    const { id } = invitations.find((each: { name: string }) => each.name === whom)
    const body = JSON.stringify({ until: Date.now() + 3_600_000 })
    const headers = { 'Content-Type': 'application/json' }
    return (await fetch(`/api/invitations/${id}/renew`, { method: 'POST', headers, body })).status
  }, name)

test('what lets somebody in ends in time; what was renewed goes on with its watches', {
  timeout: 400_000,
}, async () => {
  const boss = await enterBy(stage, await link(stage, 'Lea', MANAGER))
  const kim = await enterBy(stage, await link(stage, 'Kim', 'watch:s:*', '1m'), PLACE)
  expect(await prolong(boss, 'Kim')).toBe(200)
  const short = await link(stage, 'Jo', 'watch:s:*', '1m')
  const jo = await enterBy(stage, short, PLACE)
  await openOffices(boss)
  await boss.getByRole('button', { name: 'Renew the invitation of Kim' }).click()
  await boss.waitForSelector('[data-link]')
  let joined = 0
  kim.on('websocket', () => joined++)
  await jo.waitForSelector('[data-banner="fading"]', { timeout: 150_000 })
  await gate(jo, 'expired')
  await stage.feed.market('AAPL', [{ id: 9, t: T + 9, price: 109, size: 1 }])
  const last = () => kim.textContent('tr[data-symbol="AAPL"] [data-field="last"]')
  await eventually('Kim sees the next price', async () => (await last()) === '109.00')
  expect([joined, await kim.locator('[data-banner="fading"]').count()]).toEqual([0, 0])
  await jo.goto(short)
  await gate(jo, 'link')
  expect(await text(jo)).toContain('This link has ended')
  for (const page of [jo, kim, boss]) await page.context().close()
})
