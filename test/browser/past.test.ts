import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PastReply } from '../../wire/past.ts'
import { eventually } from '../support/eventually.ts'
import { startNode } from '../support/node.ts'
import { serious } from './serious.ts'
import { type Stage, startStage } from './stage.ts'

const MINUTE = 60_000
/** An hour ago, when all begins: a price of 100 until half an hour ago, of 200 since then; a bus that goes north. */
const began = Math.floor(Date.now() / MINUTE) * MINUTE - 60 * MINUTE
const bus = Array.from({ length: 60 }, (_, i) => ({
  ...{ id: 'BUS-1', n: i + 1, t: began + i * MINUTE, lat: 30.2 + i / 1_000, lon: -97.74, speed: 2, route: '7' },
}))
const trades = Array.from({ length: 60 }, (_, i) => ({
  ...{ id: i + 1, t: began + i * MINUTE, price: i < 30 ? 100 : 200, size: 1 },
}))

let stage: Stage
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'past-'))
  stage = await startStage([], {}, { ARCHIVE_URL: `sqlite:${join(folder, 'archive.db')}`, ARCHIVE_TRADES: '*' })
  const { feed, node } = stage
  await feed.describe('AAPL')
  await feed.market('AAPL', trades)
  for (const fix of bus) await feed.fix(fix)
  const past = async () => (await (await fetch(`${node.url}/api/past`)).json()) as PastReply
  await eventually('all is in the archive', async () => {
    const { from, edge } = await past()
    return from !== null && from <= began && edge !== null && edge > began + 60 * MINUTE
  })
})
afterAll(async () => {
  await stage.stop()
  await rm(folder, { recursive: true })
  expect(stage.errors).toEqual([])
})

const last = (page: Page) => page.textContent('tr[data-symbol="AAPL"] [data-field="last"]')
const untilLast = (page: Page, price: string) =>
  eventually(`a last price of ${price}`, async () => (await last(page)) === price)
const link = (minutes: number, place = 'split/AAPL/1m') =>
  `#/${place}?at=${new Date(began + minutes * MINUTE).toISOString()}`
const untilReady = (page: Page) => page.waitForSelector('.past-bar[data-phase="ready"]')
const moment = async (page: Page) => Number(await page.getAttribute('[data-moment]', 'data-moment'))

test('a person goes back by the clock, sees what was and that it is past, can do nothing there, and comes back', async () => {
  const page = await stage.open('#/split/AAPL/1m', { colorScheme: 'dark' })
  await untilLast(page, '200.00')
  await page.keyboard.press('t')
  const panel = page.getByRole('dialog', { name: 'Go to a moment' })
  const at = new Date(began + 10 * MINUTE)
  const [day, time] = await page.evaluate((ms) => {
    const date = new Date(ms)
    return [new Date(date).setHours(0, 0, 0, 0), date.toTimeString().slice(0, 8)] as const
  }, at.getTime())
  await panel.locator(`[data-day="${day}"]`).click()
  await panel.getByLabel('Time on').fill(time)
  await panel.getByRole('button', { name: 'Go there' }).click()
  await page.waitForSelector('.floor[data-past]')
  await untilReady(page)
  await untilLast(page, '100.00')
  await eventually('the title says when', async () => (await page.title()).startsWith(`⏪ ${time.slice(0, 5)} `))
  expect(await moment(page)).toBe(at.getTime())
  for (const name of ['Share', 'Orders', 'New command', 'Send', 'Add a device'])
    expect(await page.getByRole('button', { name }).count()).toBe(0)
  expect(await serious(page)).toEqual([])
  await page.keyboard.press('l')
  await page.waitForSelector('.floor:not([data-past])')
  await untilLast(page, '200.00')
  await page.context().close()
})

test('a link leads to its moment; it is played, stepped and moved along the bar by keys, up to the edge', async () => {
  const page = await stage.open(link(29))
  await untilReady(page)
  await untilLast(page, '100.00')
  await page.keyboard.press('ArrowRight')
  await untilLast(page, '200.00')
  const bar = page.getByRole('slider', { name: 'Moment' })
  await bar.press('Shift+ArrowLeft')
  await untilLast(page, '100.00')
  expect(await moment(page)).toBe(began + 20 * MINUTE)
  await page.getByRole('button', { name: '64×' }).click()
  await eventually('time goes on', async () => (await moment(page)) > began + 22 * MINUTE)
  await page.keyboard.press(' ')
  await page.waitForSelector('.play:not([data-plays])')
  expect(await moment(page)).toBeLessThan(began + 50 * MINUTE)
  await page.evaluate((hash) => {
    location.hash = hash
  }, link(600))
  await page.waitForSelector('.past-bar[data-phase="edge"]')
  expect(await page.textContent('.past-note')).toBe('As far as the archive goes')
  expect(Number(await page.getAttribute('[data-row="market"]', 'data-runs'))).toBeGreaterThan(0)
  expect(Number(await page.getAttribute('[data-row="fleet"]', 'data-runs'))).toBeGreaterThan(0)
  await page.context().close()
})

test('a bar of the chart leads to its moment, at once with Alt', async () => {
  const page = await stage.open('#/markets/AAPL/1m')
  await page.waitForSelector('canvas[data-candles="60"]')
  const plot = await page.locator('.plot').boundingBox()
  if (plot === null) throw new Error('there is no plot')
  const [x, y] = [plot.x + plot.width / 2, plot.y + plot.height / 2]
  await page.mouse.click(x, y)
  const go = page.locator('[data-go]')
  const t = Number(await go.getAttribute('data-go'))
  expect((t - began) % MINUTE).toBe(0)
  await go.click()
  await page.waitForSelector('.floor[data-past]')
  await eventually('the moment of the bar', async () => (await moment(page)) === t)
  await page.keyboard.press('l')
  await page.waitForSelector('.floor:not([data-past]) canvas[data-candles="60"]')
  // The chart is drawn a frame after it says what it has, and only what is drawn can be clicked.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  await page.keyboard.down('Alt')
  await page.mouse.click(x, y)
  await page.keyboard.up('Alt')
  await page.waitForSelector('.floor[data-past]')
  await page.context().close()
})

test('a device that reported then is not called live, in its panel or in the list', async () => {
  const page = await stage.open(`#/fleet?device=BUS-1&at=${new Date(began + 20 * MINUTE + 5_000).toISOString()}`)
  await untilReady(page)
  await page.waitForSelector('.device[data-status="live"]')
  expect(await page.textContent('.device .standing b')).toBe('Reporting')
  await page.getByRole('button', { name: 'List' }).click()
  await page.waitForSelector('[data-row="BUS-1"]')
  expect(await page.textContent('[data-filter="live"]')).toContain('Reporting')
  await page.context().close()
})

test('on a phone all of it fits, in the light theme too', async () => {
  const page = await stage.open(link(20, 'markets/AAPL/1m'), {
    viewport: { width: 390, height: 844 },
    colorScheme: 'light',
  })
  await untilReady(page)
  const overflows = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('.bar, .past-bar, .chart .segments, .clock-panel')]
        .filter((element) => element.scrollWidth > element.clientWidth)
        .map(({ className }) => className),
    )
  await page.locator('tr[data-symbol="AAPL"]').click()
  await page.waitForSelector('.chart .segments')
  expect(await overflows()).toEqual([])
  await page.locator('[data-clock="past"]').click()
  const box = await page.locator('.clock-panel').boundingBox()
  expect([box?.x, box?.width, Math.round((box?.y ?? 0) + (box?.height ?? 0))]).toEqual([0, 390, 844])
  expect(await overflows()).toEqual([])
  expect(await serious(page)).toEqual([])
  await page.context().close()
})

test('where there is no archive, the clock says how to switch one on', async () => {
  const node = await startNode({ redisUrl: stage.redis.url, env: { TILES_URL: 'none', ARCHIVE_URL: 'none' } })
  const page = await stage.open()
  await page.goto(`${node.url}/#/markets`)
  await page.locator('[data-clock="live"]').click()
  expect(await page.textContent('[data-archive="none"]')).toContain('ARCHIVE_URL=sqlite:')
  await page.context().close()
  await node.stop()
})

test('who plays to the end of the archive goes over to what happens now', async () => {
  const page = await stage.open('#/markets/AAPL/1m')
  await page.waitForSelector('canvas[data-candles="60"]')
  const { edge } = (await (await fetch(`${stage.node.url}/api/past`)).json()) as PastReply
  await page.evaluate(
    (hash) => {
      location.hash = hash
    },
    `#/markets/AAPL/1m?at=${new Date((edge ?? 0) - 4_000).toISOString()}`,
  )
  await untilReady(page)
  await page.getByRole('button', { name: '8×' }).click()
  await page.waitForSelector('.floor:not([data-past])')
  expect(await page.evaluate(() => location.hash)).not.toContain('at=')
  await untilLast(page, '200.00')
  await page.context().close()
})
