import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { joinAs, openDesk, type PeopleStage, startPeopleStage, textsIn, untilText, write } from './people-stage.ts'
import { serious } from './serious.ts'

let stage: PeopleStage
let ann: Page
let bob: Page

beforeAll(async () => {
  stage = await startPeopleStage()
  const t = Date.now()
  for (const symbol of ['AAPL', 'MSFT']) {
    await stage.feed.describe(symbol)
    await stage.feed.market(symbol, [{ id: 1, t, price: 100, size: 5 }])
  }
  await stage.feed.fix({ id: 'BUS-1', n: 1, t, lat: 30.2672, lon: -97.7431, speed: 5, route: '7' })
  ann = await stage.open(0, '#/split/AAPL/1m')
  bob = await stage.open(1, '#/split/AAPL/1m')
  await joinAs(ann, 'Ann Lee')
  await joinAs(bob, 'Bob')
})
afterAll(async () => {
  await stage.stop()
  expect(stage.errors).toEqual([])
})

const handleOf = async (page: Page): Promise<string> => (await page.getAttribute('[data-who]', 'data-who')) ?? ''
const address = (page: Page): string => new URL(page.url()).hash

test('what one writes at one node stands at the other, and what it names opens there', async () => {
  await write(ann, 'see $MSFT, #BUS-1 and https://example.org/a_(b).')
  await untilText(bob, 'see $MSFT, #BUS-1 and https://example.org/a_(b).')
  await bob.locator('.log button[data-kind="symbol"]').last().click()
  await eventually('the chart of MSFT', () => address(bob).startsWith('#/split/MSFT/'))
  await bob.locator('.log button[data-kind="device"]').last().click()
  await bob.waitForSelector('.device[data-device="BUS-1"]')
  const link = bob.locator('.log a').last()
  expect([await link.getAttribute('href'), await link.getAttribute('rel')]).toEqual([
    'https://example.org/a_(b)',
    'noopener noreferrer nofollow',
  ])
})

test('Up changes the last message, and a deleted one says so: for everybody', async () => {
  await write(ann, 'buy ten')
  await untilText(bob, 'buy ten')
  const field = ann.locator('.composer textarea')
  await field.press('ArrowUp')
  await field.fill('buy twelve')
  await field.press('Enter')
  await untilText(bob, 'buy twelve')
  await bob.locator('.log .message', { hasText: 'buy twelve' }).locator('small', { hasText: 'edited' }).waitFor()
  const own = ann.locator('.log .message', { hasText: 'buy twelve' })
  await own.hover()
  await own.getByRole('button', { name: 'Delete' }).click()
  await own.getByRole('button', { name: 'Really delete?' }).click()
  await untilText(bob, 'Message deleted')
  expect(await textsIn(bob)).not.toContain('buy twelve')
})

test('nothing that is written is markup', async () => {
  const text = '<img src=x onerror="window.hit=1"> <b>bold</b> javascript:window.hit=1 &lt;script&gt;'
  await write(ann, text)
  await untilText(bob, text)
  expect(await bob.locator('.log img, .log .message .body b, .log script').count()).toBe(0)
  expect(await bob.evaluate(() => 'hit' in window)).toBe(false)
})

test('a mention is in the inbox of whom it names until it is acknowledged in one tab, and so in all', async () => {
  const second = await bob.context().newPage()
  await second.goto(bob.url())
  await write(ann, `@${await handleOf(bob)} please look`)
  for (const page of [bob, second]) await page.waitForSelector('[data-opens="desk"] [data-badge="1"]')
  expect(await ann.locator('[data-opens="desk"] [data-badge="1"]').count()).toBe(0)
  await bob.getByRole('tab', { name: /^Inbox/ }).click()
  await bob
    .getByRole('button', { name: /please look/ })
    .first()
    .click()
  await bob.waitForSelector('.message.sought, .message:focus')
  await bob.getByRole('tab', { name: /^Inbox/ }).click()
  await bob.getByRole('button', { name: 'All done' }).click()
  for (const page of [bob, second]) await page.waitForSelector('[data-badge="1"]', { state: 'detached' })
  await bob.getByRole('tab', { name: /^Rooms/ }).click()
  await second.close()
})

test('how much of a room is unread is the same in two tabs of one person', async () => {
  const second = await bob.context().newPage()
  await second.goto(bob.url())
  await openDesk(second)
  const unread = (page: Page) => page.getAttribute('.rooms [data-room="m:desk"]', 'data-unread')
  for (const page of [bob, second]) {
    await page.getByRole('button', { name: 'Another room' }).click()
    await page.getByLabel('Name of a room').fill('quiet')
    await page.keyboard.press('Enter')
  }
  await eventually('all is read', async () => (await unread(bob)) === '0' && (await unread(second)) === '0')
  await write(ann, 'one')
  await write(ann, 'two')
  for (const page of [bob, second]) await eventually('two are unread', async () => (await unread(page)) === '2')
  await bob.locator('.rooms [data-room="m:desk"]').click()
  await bob.locator('.log .fresh').waitFor()
  for (const page of [bob, second]) await eventually('none is unread', async () => (await unread(page)) === '0')
  await second.close()
})

test('a colleague who shows what they look at can be followed, until one touches the workspace', async () => {
  await bob.getByRole('tab', { name: /^People/ }).click()
  await bob.getByLabel(/Show others what I look at/).check()
  await ann.getByRole('tab', { name: /^People/ }).click()
  const row = ann.locator(`[data-here="${await handleOf(bob)}"]`)
  await row.getByRole('button', { name: /^Follow/ }).click()
  await ann.waitForSelector('.follow-bar')
  await bob.locator('tr[data-symbol="AAPL"]').click()
  await bob.getByRole('button', { name: '5m', exact: true }).click()
  await eventually('Ann is where Bob is', () => address(ann).startsWith('#/split/AAPL/5m'))
  const map = (page: Page) => page.evaluate(() => localStorage.getItem('watchfloor.map'))
  await bob.locator('.fleet .map').focus()
  for (let i = 0; i < 3; i++) await bob.keyboard.press('ArrowRight')
  await eventually('the map goes, too', async () => {
    const [mine, theirs] = (await Promise.all([ann, bob].map(map))).map((text) => JSON.parse(text ?? '{}'))
    return Math.abs(mine.lon - theirs.lon) < 0.001 && mine.zoom === theirs.zoom
  })
  await ann.locator('tr[data-symbol="MSFT"]').click()
  await ann.waitForSelector('.follow-bar', { state: 'detached' })
  await bob.getByRole('button', { name: '15m', exact: true }).click()
  await eventually('Bob has gone on', () => address(bob).includes('/15m'))
  await ann.waitForTimeout(1_000)
  expect(address(ann)).toContain('#/split/MSFT/5m')
  for (const page of [ann, bob]) await page.getByRole('tab', { name: /^Rooms/ }).click()
})

test('what is written while a node is away says so, and stands there once when it is back', async () => {
  await stage.kill(0)
  await ann.waitForSelector('.link > button:not([data-state="live"])')
  for (const text of ['lost one', 'lost two']) await write(ann, text)
  await eventually('both wait', async () => (await ann.locator('[data-unsent="waiting"]').count()) === 2)
  await ann.reload({ waitUntil: 'commit' }).catch(() => {})
  await stage.revive(0)
  await ann.goto(`${stage.nodes[0].url}/#/split/AAPL/1m`)
  await untilText(bob, 'lost two')
  await eventually('nothing waits', async () => (await ann.locator('[data-unsent]').count()) === 0)
  await untilText(ann, 'lost two')
  for (const page of [ann, bob])
    expect((await textsIn(page)).filter((text) => text.startsWith('lost'))).toEqual(['lost one', 'lost two'])
})

test.each([
  ['a wide screen', 'dark', { width: 1440, height: 900 }],
  ['a phone', 'light', { width: 390, height: 844 }],
] as const)('no pane of the desk has a serious violation on %s', async (_, colorScheme, viewport) => {
  const page = await stage.open(1, '#/split/AAPL/1m?device=BUS-1', { colorScheme, viewport })
  if (viewport.width < 761) await page.getByRole('button', { name: /^Desk/ }).click()
  await joinAs(page, 'Cleo')
  await write(page, 'hello @ann-lee, see $AAPL and #BUS-1')
  await page.locator('.composer textarea').fill('@')
  await page.locator('.completions li').first().waitFor()
  expect(await serious(page)).toEqual([])
  for (const pane of ['People', 'Inbox']) {
    await page.getByRole('tab', { name: new RegExp(`^${pane}`) }).click()
    expect(await serious(page)).toEqual([])
  }
  await page.context().close()
})
