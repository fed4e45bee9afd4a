import { afterAll, beforeAll, expect, test } from 'vitest'
import { serious } from './serious.ts'
import { type Stage, startStage } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
  const t = Date.now()
  const symbols = ['AAPL', 'MSFT', 'XRP-ETH']
  await stage.feed.describe(...symbols)
  for (const symbol of symbols)
    await stage.feed.market(symbol, [
      { id: 1, t: t - 120_000, price: 100, size: 5 },
      { id: 2, t, price: symbol === 'MSFT' ? 90 : 110, size: 5 },
    ])
  await stage.feed.fix({ id: 'BUS-1', n: 1, t, lat: 30.2672, lon: -97.7431, speed: 5, route: '7' })
})
afterAll(async () => {
  await stage.stop()
  expect(stage.errors).toEqual([])
})

test.each([
  ['split, with a device selected', '#/split/AAPL/1m?device=BUS-1', { width: 1440, height: 900 }],
  ['a phone', '#/markets/AAPL/1m', { width: 390, height: 844 }],
  ["a phone's map", '#/fleet?device=BUS-1', { width: 390, height: 844 }],
])('%s has no serious violation', async (_, address, viewport) => {
  const page = await stage.open(address, { colorScheme: 'dark', viewport })
  await page.waitForSelector(
    address.includes('fleet') ? '[data-device="BUS-1"][data-fixes="1"]' : 'tr[data-symbol="AAPL"]',
  )
  await page.getByRole('button', { name: 'Live' }).click()
  await page.waitForTimeout(1_000)
  expect(await serious(page)).toEqual([])
  await page.context().close()
})

test('the theme can be chosen, and is remembered', async () => {
  const page = await stage.open('', { colorScheme: 'light' })
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await ground()
  await page.getByLabel(/^Theme/).click()
  const dark = await ground()
  expect(dark).not.toBe(light)
  await page.reload()
  expect(await ground()).toBe(dark)
  await page.context().close()
})
