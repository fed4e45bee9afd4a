import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { after, enterBy, gate, link, MANAGER, openOffices, shownLink, text } from './door.ts'
import { serious } from './serious.ts'
import { type Stage, startStage, untilLink } from './stage.ts'

let stage: Stage
const T = Date.now()
const PHONE = { viewport: { width: 390, height: 844 } }

beforeAll(async () => {
  stage = await startStage([], {}, { ACCESS: 'invitations' })
  for (const symbol of ['AAPL', 'MSFT']) {
    await stage.feed.describe(symbol)
    await stage.feed.market(symbol, [{ id: 1, t: T - 60_000, price: 100, size: 1 }])
  }
  await bus(1, 30.2672)
})
afterAll(async () => {
  await stage.stop()
  expect(stage.errors).toEqual([])
})

const bus = (n: number, lat: number) =>
  stage.feed.fix({ id: 'BUS-1', n, t: T - 600_000 + n * 60_000, lat, lon: -97.7431, speed: 5, heading: 0, route: '7' })
const linkFor = (name: string, grants: string): Promise<string> => link(stage, name, grants)
const enter = (by: string, place?: string, options = {}): Promise<Page> => enterBy(stage, by, place, options)

test('nobody sees the page for signing in; a link signs in, leaves the address and is no request’s', async () => {
  const page = await stage.open('#/split/AAPL/1m')
  await gate(page, 'nobody')
  const link = await linkFor('Ann', MANAGER)
  const asked: string[] = []
  page.on('request', (request) => asked.push(`${request.url()} ${request.headers().referer ?? ''}`))
  await page.getByLabel('Invitation link').fill(link)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await untilLink(page, 'live')
  expect(await page.getAttribute('.who > button', 'data-who')).toBe('ann')
  expect(page.url()).toContain('#/split/AAPL/1m')
  const key = after(link).slice('#in='.length)
  // Opened where the dashboard is open already, it makes the page begin anew.
  await page.evaluate(() => document.body.setAttribute('data-before', ''))
  await page.goto(link)
  await page.waitForSelector('body:not([data-before]) .link > button[data-state="live"]')
  expect(page.url()).not.toContain(key)
  expect(asked.filter((each) => each.includes(key))).toEqual([])
  expect(await page.evaluate(() => document.cookie)).toBe('')
  await page.context().close()
})

test('a wrong link says so, and lets whoever is signed in go on', async () => {
  const stranger = await stage.open('#in=wrong.link.here')
  await gate(stranger, 'link')
  expect(await text(stranger)).toContain('This link does not let you in')
  expect(stranger.url()).not.toContain('wrong')
  await stranger.context().close()
  const page = await enter(await linkFor('Ben', 'watch:s:*'))
  await page.goto(`${stage.node.url}/#in=wrong.link.here`)
  await gate(page, 'link')
  await page.getByRole('button', { name: 'Go on as Ben' }).click()
  await untilLink(page, 'live')
  await page.context().close()
})

test('signing out leaves nothing of the floor on the page, and a reload does not bring it back', async () => {
  const page = await enter(await linkFor('Cleo', 'watch:*'))
  await page.waitForSelector('tr[data-symbol="AAPL"]')
  await page.locator('.who > button').click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await gate(page, 'signed_out')
  expect(await text(page)).not.toContain('AAPL')
  expect(await page.title()).toBe('Watchfloor')
  await page.reload()
  await gate(page, 'nobody')
  await page.context().close()
})

test('somebody is invited from the screen, comes in with a browser of their own, and is cut off while they watch', async () => {
  const boss = await enter(await linkFor('Boss', MANAGER))
  await openOffices(boss)
  await boss.getByRole('button', { name: 'Invite somebody' }).click()
  await boss.getByLabel('Name').fill('Dora')
  await boss.getByRole('radio', { name: /^Trader/ }).check()
  await boss.getByRole('button', { name: 'Make the link' }).click()
  await boss.waitForSelector('[data-link]')
  const guest = await enter(await shownLink(boss), '#/markets/AAPL/1m')
  await guest.waitForSelector('tr[data-symbol="AAPL"] [data-field="last"]')
  await boss.getByRole('button', { name: 'Revoke the invitation of Dora' }).click()
  await boss.getByRole('button', { name: /Revoke for good/ }).click()
  await gate(guest, 'revoked')
  expect(await text(guest)).not.toContain('AAPL')
  await eventually('the list says so', async () => (await text(boss)).includes('Revoked'))
  await guest.context().close()
  await boss.context().close()
})

test('a device is shared, seen on a phone as it moves, still there after a reload, and taken back while it is seen', async () => {
  const boss = await enter(await linkFor('Emil', MANAGER), '#/fleet?device=BUS-1')
  await boss.waitForSelector('.device[data-device="BUS-1"]')
  await boss.getByRole('button', { name: 'Share BUS-1' }).click()
  await boss.getByLabel(/title/).fill('Your sofa')
  await boss.getByRole('button', { name: 'Make the link' }).click()
  await boss.waitForSelector('[data-link]')
  const phone = await stage.open(after(await shownLink(boss)), PHONE)
  await phone.waitForSelector('[data-device="BUS-1"][data-lat="30.2672"]')
  expect(phone.url()).toBe(`${stage.node.url}/#share`)
  expect(await phone.textContent('h1')).toBe('Your sofa')
  await bus(2, 30.2685)
  await phone.waitForSelector('[data-device="BUS-1"][data-lat="30.2685"]')
  await phone.reload()
  await phone.waitForSelector('[data-device="BUS-1"][data-lat="30.2685"]')
  expect(await phone.locator('.who, .watchlist, .map-top').count()).toBe(0)
  await boss.keyboard.press('Escape')
  await openOffices(boss)
  await boss.getByRole('tab', { name: 'Shares' }).click()
  await eventually('it was opened', async () => (await boss.textContent('[data-share]'))?.includes('opened once'))
  await boss.getByRole('button', { name: 'Take back the link to BUS-1' }).click()
  await boss.getByRole('button', { name: /Take back for good/ }).click()
  await phone.waitForSelector('[data-ended="revoked"]')
  expect(await text(phone)).not.toContain('BUS-1')
  await phone.context().close()
  await boss.context().close()
})

test('a share that ends where the device arrives says so to whoever sees it', async () => {
  await bus(3, 30.29)
  const boss = await enter(await linkFor('Fay', MANAGER), '#/fleet?device=BUS-1')
  await boss.waitForSelector('[data-nearby="BUS-1"][data-lat="30.29"]', { state: 'attached' })
  await boss.getByRole('button', { name: 'Share BUS-1' }).click()
  await boss.getByRole('radio', { name: /within 300 m/ }).check()
  await boss.getByRole('button', { name: 'Make the link' }).click()
  await boss.waitForSelector('[data-link]')
  const phone = await stage.open(after(await shownLink(boss)), PHONE)
  await phone.waitForSelector('[data-device="BUS-1"]')
  // It counts from the moment at which the share was made.
  await stage.feed.fix({ id: 'BUS-1', n: 900, t: Date.now(), lat: 30.2672, lon: -97.7431, speed: 5 })
  await phone.waitForSelector('[data-ended="revoked"]')
  await phone.context().close()
  await boss.context().close()
})

test('whoever may see some symbols only is told so in the row, in the chart and on the map', async () => {
  const page = await enter(await linkFor('Gus', 'watch:s:AAPL'), '#/split/MSFT/1m')
  await page.waitForSelector('.chart [data-refused]')
  expect(await page.textContent('tr[data-symbol="AAPL"] [data-field="last"]')).toBe('100.00')
  await page.waitForSelector('.hint')
  expect(await text(page)).not.toContain('MSFT Inc.')
  await page.context().close()
})

test('a symbol that is shared shows its price, and its chart grows', async () => {
  const boss = await enter(await linkFor('Hal', MANAGER), '#/markets/AAPL/1m')
  await boss.getByRole('button', { name: 'Share AAPL' }).click()
  await boss.getByRole('button', { name: 'Make the link' }).click()
  await boss.waitForSelector('[data-link]')
  const phone = await stage.open(after(await shownLink(boss)), PHONE)
  await eventually('the price', async () => (await phone.textContent('[data-now="last"]')) === '100.00')
  await stage.feed.market('AAPL', [{ id: 2, t: T, price: 101, size: 1 }])
  await eventually('the next price', async () => (await phone.textContent('[data-now="last"]')) === '101.00')
  await phone.context().close()
  await boss.context().close()
})

const LOOKS = [
  ['on a desk', { colorScheme: 'dark' }],
  ['on a phone', { ...PHONE, colorScheme: 'light' }],
] as const
test.each(LOOKS)('no screen has a serious fault %s', async (_, options) => {
  const outside = await stage.open('', options)
  await gate(outside, 'nobody')
  expect(await serious(outside)).toEqual([])
  await outside.context().close()
  const page = await enter(await linkFor('Ida', MANAGER), '#/fleet?device=BUS-1', options)
  await page.locator('.who > button').click()
  expect(await serious(page)).toEqual([])
  await page.getByRole('button', { name: /Invitations/ }).click()
  await page.waitForSelector('[data-invitation]')
  expect(await serious(page)).toEqual([])
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  expect(await serious(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Share BUS-1' }).click()
  expect(await serious(page)).toEqual([])
  await page.getByRole('button', { name: 'Make the link' }).click()
  await page.waitForSelector('[data-link]')
  expect(await serious(page)).toEqual([])
  const shared = await stage.open(after(await shownLink(page)), options)
  await shared.waitForSelector('[data-device="BUS-1"]')
  expect(await serious(shared)).toEqual([])
  await shared.context().close()
  await page.context().close()
})
