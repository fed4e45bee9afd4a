import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { recordSegments, type Stage, startStage } from './stage.ts'

let stage: Stage
const MINUTE = 60_000
/** The start of a minute that has already begun: trades near it fall into the same candle. */
const minute = Math.floor(Date.now() / MINUTE) * MINUTE

beforeAll(async () => {
  stage = await startStage()
})
afterAll(async () => {
  await stage.stop()
  expect(stage.errors).toEqual([])
})

const trade = (id: number, price: number, t = minute + id, size = 10) => ({ id, t, price, size })

test('before any feed has published, the page says so and how to start one', async () => {
  const page = await stage.open('#/markets')
  expect(await page.textContent('[data-empty="feed"]')).toContain('npm run simulate')
  await page.close()
})

test('the watchlist shows what Redis holds, and a trade appears in its row and in the forming candle', async () => {
  const { feed, open } = stage
  await feed.describe('AAPL', 'MSFT')
  await feed.market(
    'AAPL',
    [trade(1, 200), trade(2, 203), trade(3, 201)],
    [{ t: minute, bid: 200.5, bidSize: 1, ask: 201.5, askSize: 1 }],
  )
  const page = await open('#/split/AAPL/1m')
  const field = (name: string) => page.textContent(`tr[data-symbol="AAPL"] [data-field="${name}"]`)
  const bar = (name: string) => page.textContent(`[data-bar="${name}"]`)
  await eventually('the price that Redis holds', async () => (await field('last')) === '201.00')
  await eventually('the change since the open', async () => (await field('change')) === '+1.00')
  expect([await field('bid'), await field('ask')]).toEqual(['200.50', '201.50'])
  await eventually('the candle', async () => (await bar('C')) === 'C201.00')
  expect([await bar('O'), await bar('H'), await bar('L'), await bar('V')]).toEqual([
    'O200.00',
    'H203.00',
    'L200.00',
    'V30',
  ])

  await feed.market('AAPL', [trade(4, 207.25)])
  await eventually('the trade in its row', async () => (await field('last')) === '207.25')
  await eventually('the trade in the forming candle', async () => (await bar('C')) === 'C207.25')
  expect([await bar('H'), await bar('V')]).toEqual(['H207.25', 'V40'])

  await feed.market('AAPL', [trade(5, 150, minute)])
  await eventually('the late trade corrects the candle', async () => (await bar('L')) === 'L150.00')
  expect([await bar('O'), await bar('C'), await field('last')]).toEqual(['O150.00', 'C207.25', '207.25'])
  await page.context().close()
})

test('a symbol is found, added, remembered over a reload, and removed; the address tells the chosen one', async () => {
  await stage.feed.market('MSFT', [trade(1, 410)])
  const page = await stage.open('#/markets')
  await page.waitForSelector('tr[data-symbol="MSFT"]')
  await page.getByLabel('Remove MSFT from the watchlist').click()
  await page.waitForSelector('tr[data-symbol="MSFT"]', { state: 'detached' })
  await page.keyboard.press('/')
  await page.keyboard.type('ms')
  await page.waitForSelector('tr[data-other="MSFT"]')
  await page.keyboard.press('Enter')
  await eventually(
    'its price',
    async () => (await page.textContent('tr[data-symbol="MSFT"] [data-field="last"]')) === '410.00',
  )
  expect(new URL(page.url()).hash).toBe('#/markets/MSFT/1m')
  await page.reload()
  await page.waitForSelector('tr[data-symbol="MSFT"][aria-selected="true"]')
  expect(
    await page.locator('tr[data-symbol]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-symbol'))),
  ).toEqual(['MSFT', 'AAPL'])
  await page.context().close()
})

test('a row that the search does not show is sent seldom, and is right at once when it is seen again', async () => {
  const page = await stage.open('#/markets/AAPL/1m')
  const segments = recordSegments(page)
  await page.reload()
  const last = () => page.textContent('tr[data-symbol="MSFT"] [data-field="last"]')
  await eventually('MSFT is shown', async () => (await last()) !== null)
  await page.getByLabel('Search symbols').fill('aapl')
  await page.waitForSelector('tr[data-symbol="MSFT"]', { state: 'detached' })
  await page.waitForTimeout(500)
  segments.length = 0
  for (let i = 0; i < 10; i++) {
    await stage.feed.market('MSFT', [trade(20 + i, 400 + i)])
    await page.waitForTimeout(100)
  }
  expect(segments.filter(({ topic }) => topic === 's:MSFT').length).toBeLessThanOrEqual(1)
  await page.getByLabel('Search symbols').fill('')
  await eventually('its price', async () => (await last()) === '409.00')
  await page.context().close()
})

test('a chart whose past a feed is still writing says so, and has it in the end', async () => {
  await stage.feed.describe('PAST')
  await stage.feed.market('PAST', [trade(1_000, 100)])
  const page = await stage.open('#/markets/PAST/1m')
  const bars = async () => Number(await page.getAttribute('.plot > canvas', 'data-candles'))
  await eventually('its one candle', async () => (await bars()) === 1)
  // Which may come before its history: what is written until that is read would be there at once.
  await page.waitForLoadState('networkidle')
  for (let i = 1; i <= 20; i++) await stage.feed.market('PAST', [trade(1_000 - i, 100 - i, minute - i * MINUTE)])
  await page.waitForSelector('.chart-note')
  await eventually('its past', async () => (await bars()) === 21)
  await page.waitForSelector('.chart-note', { state: 'detached' })
  await page.context().close()
})

test('keys choose the workspace and move through the rows', async () => {
  const page = await stage.open('#/split/AAPL/1m')
  await page.waitForSelector('tr[data-symbol="AAPL"][aria-selected="true"]')
  await page.locator('tr[data-symbol="AAPL"]').focus()
  await page.keyboard.press('ArrowDown')
  await page.waitForSelector('tr[data-symbol="MSFT"][aria-selected="true"]')
  await page.keyboard.press('3')
  await page.waitForSelector('main[data-workspace="fleet"]')
  await page.keyboard.press('1')
  await page.waitForSelector('main[data-workspace="markets"]')
  await page.goBack()
  await page.waitForSelector('main[data-workspace="fleet"]')
  await page.context().close()
})

test('Enter chooses and Escape gives up: both empty the search and leave it, so that keys choose the workspace', async () => {
  const page = await stage.open('#/markets/AAPL/1m')
  const field = page.getByLabel('Search symbols')
  const chosen = (symbol: string) => page.waitForSelector(`tr[data-symbol="${symbol}"][aria-selected="true"]`)
  const workspace = async (key: string, name: string) => {
    expect(await field.evaluate((input) => input === document.activeElement)).toBe(false)
    await page.keyboard.press(key)
    await page.waitForSelector(`main[data-workspace="${name}"]`)
  }
  await page.waitForSelector('tr[data-symbol="MSFT"]')
  await page.keyboard.press('/')
  await page.keyboard.type('msf')
  await page.keyboard.press('Enter')
  await chosen('MSFT')
  expect(await field.inputValue()).toBe('')
  await workspace('2', 'split')
  await page.keyboard.press('/')
  await page.keyboard.type('aa/')
  expect(await field.inputValue()).toBe('aa/')
  await page.keyboard.press('Escape')
  expect(await field.inputValue()).toBe('')
  await workspace('1', 'markets')
  await page.getByLabel('Remove AAPL from the watchlist').click()
  await page.waitForSelector('tr[data-symbol="AAPL"]', { state: 'detached' })
  await page.keyboard.press('/')
  await page.keyboard.type('aapl')
  await page.waitForSelector('tr[data-other="AAPL"]')
  await page.keyboard.press('Enter')
  await chosen('AAPL')
  expect(await field.inputValue()).toBe('')
  await field.fill('nothing like it')
  await field.evaluate((input) => input.blur())
  await page.keyboard.press('/')
  await page.keyboard.type('msft')
  expect(await field.inputValue()).toBe('msft')
  await page.keyboard.press('Enter')
  await chosen('MSFT')
  await workspace('3', 'fleet')
  await page.context().close()
})

test('a symbol that left the watchlist is no longer sent', async () => {
  const page = await stage.open('#/markets/AAPL/1m')
  const frames: string[] = []
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(payload.toString())))
  await page.reload()
  await page.waitForSelector('tr[data-symbol="MSFT"]')
  await stage.feed.market('MSFT', [trade(2, 411)])
  await eventually('MSFT is sent', () => frames.some((frame) => frame.includes('"s:MSFT"') && frame.includes('411')))
  await page.getByLabel('Remove MSFT from the watchlist').click()
  await page.waitForSelector('tr[data-symbol="MSFT"]', { state: 'detached' })
  await page.waitForTimeout(200)
  await stage.feed.market('MSFT', [trade(3, 412)])
  await stage.feed.market('AAPL', [trade(6, 208)])
  await eventually('AAPL is sent', () => frames.some((frame) => frame.includes('"s:AAPL"') && frame.includes('208')))
  expect(frames.some((frame) => frame.includes('"price":412'))).toBe(false)
  await page.context().close()
})
