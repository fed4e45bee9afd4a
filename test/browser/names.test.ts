import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Stage, startStage } from './stage.ts'

const SYMBOLS = ['BTCUSDT', 'btcusdt', 'BTC/USD', '^GSPC', 'M&M.NS', '100%?', "O'NEIL, A"]
const DEVICE = 'user/phone Ö·1?2%'
let stage: Stage

beforeAll(async () => {
  stage = await startStage()
  const t = Date.now()
  await stage.feed.describe(...SYMBOLS)
  for (const [i, symbol] of SYMBOLS.entries()) await stage.feed.market(symbol, [{ id: 1, t, price: 10 + i, size: 1 }])
  for (let n = 1; n < 4; n++)
    await stage.feed.fix({
      id: DEVICE,
      n,
      t: t + n * 1_000,
      lat: 30.2672 + n / 10_000,
      lon: -97.7431,
      route: 'Línea 5',
    })
})
afterAll(async () => {
  await stage.stop()
  expect(stage.errors).toEqual([])
})

const chosen = (page: Page) => page.getAttribute('tr[aria-selected="true"]', 'data-symbol')
const close = (page: Page) => page.textContent('[data-bar="C"]')

test('every symbol has its address, its candles and its row', async () => {
  const page = await stage.open('#/markets')
  // The page chooses its first symbol and writes that into the address: not while the browser goes to another one.
  await eventually('a symbol is chosen', async () => page.url().split('#/markets/').length > 1)
  for (const [i, symbol] of SYMBOLS.entries()) {
    await page.goto(`${stage.node.url}/#/markets/${encodeURIComponent(symbol)}/5m`)
    await page.reload()
    await eventually(`the candles of ${symbol}`, async () => (await close(page)) === `C${10 + i}.00`)
    expect(await chosen(page)).toBe(symbol)
    expect(new URL(page.url()).hash).toBe(`#/markets/${encodeURIComponent(symbol)}/5m`)
  }
  await page.context().close()
})

test('two symbols that differ by their case are two: found, added and remembered as they are written', async () => {
  const page = await stage.open('#/markets/BTCUSDT/1m')
  const listed = () =>
    page.locator('tr[data-symbol]').evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.symbol))
  await page.waitForSelector('tr[data-symbol="btcusdt"]')
  await page.getByLabel('Remove btcusdt from the watchlist', { exact: true }).click()
  await page.waitForSelector('tr[data-symbol="btcusdt"]', { state: 'detached' })
  await page.keyboard.press('/')
  await page.keyboard.type('btcusdt')
  await page.waitForSelector('tr[data-other="btcusdt"]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('tr[data-symbol="btcusdt"][aria-selected="true"]')
  await page.reload()
  await page.waitForSelector('tr[data-symbol="btcusdt"][aria-selected="true"]')
  expect((await listed()).toSorted()).toEqual(SYMBOLS.toSorted())
  await eventually('its price', async () => (await close(page)) === 'C11.00')
  await page.context().close()
})

test('a device of any name is found, tracked and shared', async () => {
  const page = await stage.open('#/fleet')
  await page.waitForSelector('[data-nearby]', { state: 'attached' })
  await page.getByLabel('Find a device in view').fill('user/phone')
  await page.getByRole('search').getByRole('button').first().click()
  await page.waitForSelector('[data-device][data-fixes="3"]')
  expect(await page.getAttribute('[data-device]', 'data-device')).toBe(DEVICE)
  await page.reload()
  await page.waitForSelector('[data-device][data-fixes="3"]')
  expect(await page.locator('.device h2').textContent()).toBe(DEVICE)
  await page.context().close()
})

test('Enter in the search of the map takes the first device, Escape none, and both leave the field', async () => {
  const page = await stage.open('#/fleet')
  await page.waitForSelector('[data-nearby]', { state: 'attached' })
  const field = page.getByLabel('Find a device in view')
  for (const key of ['Escape', 'Enter']) {
    await page.keyboard.press('/')
    await page.keyboard.type('user')
    await page.getByRole('search').getByRole('button').first().waitFor()
    await page.keyboard.press(key)
    expect(await field.inputValue()).toBe('')
    expect(await field.evaluate((input) => input === document.activeElement)).toBe(false)
    expect(await page.locator('[data-device]').count()).toBe(key === 'Enter' ? 1 : 0)
  }
  await page.keyboard.press('1')
  await page.waitForSelector('main[data-workspace="markets"]')
  await page.context().close()
})

test('a doubtful fix is told, and the device stays where it was', async () => {
  const page = await stage.open(`#/fleet?device=${encodeURIComponent(DEVICE)}`)
  await page.waitForSelector('[data-device][data-fixes="3"][data-doubtful="0"]')
  const position = await page.textContent('[data-field="position"]')
  await stage.feed.fix({ id: DEVICE, n: 9, t: Date.now() + 9_000, lat: 30.9, lon: -97.7431 })
  await page.waitForSelector('[data-device][data-fixes="4"][data-doubtful="1"]')
  expect(await page.textContent('[data-field="position"]')).toBe(position)
  expect(await page.textContent('[data-doubt]')).toContain('is doubtful and not used: it is 70 km away')
  await page.context().close()
})
