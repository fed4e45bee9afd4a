import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { startNode } from '../support/node.ts'
import { type Stage, startStage, untilLink } from './stage.ts'

let stage: Stage
const start = Math.floor(Date.now() / 60_000) * 60_000

beforeAll(async () => {
  // Every write is on disk before it is answered, so that a crash loses nothing that the test has seen.
  stage = await startStage(['appendfsync always'])
  await stage.feed.describe('AAPL')
  await publish(1, 100)
})
afterAll(async () => {
  await stage.stop()
})

const publish = (id: number, price: number) => stage.feed.market('AAPL', [{ id, t: start + id, price, size: 1 }])
const move = (n: number, lat: number) =>
  stage.feed.fix({ id: 'BUS-1', n, t: start - 600_000 + n * 60_000, lat, lon: -97.7431 })
const last = (page: Page) => page.textContent('tr[data-symbol="AAPL"] [data-field="last"]')
const shows = (page: Page, price: string) =>
  eventually(`the row shows ${price}`, async () => (await last(page)) === price)
const busAt = (page: Page, lat: number) =>
  eventually(
    `the bus is at ${lat}`,
    async () => (await page.getAttribute('[data-nearby="BUS-1"]', 'data-lat')) === String(lat),
  )

test('Redis is killed and started again: the page says so, and is whole again without a reload', async () => {
  await move(1, 30.2672)
  const page = await stage.open('#/split/AAPL/1m')
  await shows(page, '100.00')
  await busAt(page, 30.2672)
  await page.evaluate(() => document.body.setAttribute('data-not-reloaded', ''))

  await stage.redis.kill()
  await page.waitForSelector('[data-banner="redis"]')
  expect(await last(page)).toBe('100.00')
  await stage.redis.restart()
  await page.waitForSelector('[data-banner="redis"]', { state: 'detached' })
  await eventually('the feed is back', () => publish(2, 102).then(() => true))
  await shows(page, '102.00')
  await move(2, 30.2699)
  await busAt(page, 30.2699)
  await eventually('the candle', async () => (await page.textContent('[data-bar="C"]')) === 'C102.00')
  expect(await page.getAttribute('body', 'data-not-reloaded')).toBe('')
  await page.context().close()
})

test('the node hangs: the page gives the connection up, says that it can’t reach a node, and is whole again when one does', async () => {
  const page = await stage.open('#/split/AAPL/1m')
  await untilLink(page, 'live')
  process.kill(stage.node.pid, 'SIGSTOP')
  try {
    await page.waitForSelector('[data-banner="waiting"]')
    expect(await page.textContent('[data-banner="waiting"]')).toContain('Can’t reach a node')
  } finally {
    process.kill(stage.node.pid, 'SIGCONT')
  }
  await page.waitForSelector('.link > button[data-state="live"]')
  await publish(9, 102.5)
  await shows(page, '102.50')
  await page.context().close()
})

test('Redis forgets everything: counters begin anew, and the page shows the new life, not the old one', async () => {
  const page = await stage.open('#/split/AAPL/1m')
  await shows(page, '102.50')
  await stage.redis.client().flushall()
  await stage.feed.describe('AAPL')
  await publish(10, 50)
  await shows(page, '50.00')
  await eventually('the chart holds the new life only', async () => (await page.textContent('[data-bar="V"]')) === 'V1')
  expect(await page.textContent('[data-bar="H"]')).toBe('H50.00')
  await page.context().close()
})

test('the node is killed and started again: the page reconnects by itself, with what it missed', async () => {
  const page = await stage.open('#/split/AAPL/1m')
  await untilLink(page, 'live')
  await publish(13, 103)
  await shows(page, '103.00')
  const { port, kill } = stage.node
  await kill()
  await page.waitForSelector('.link > button:not([data-state="live"])')
  await publish(14, 104)
  const again = await startNode({ redisUrl: stage.redis.url, port, env: { TILES_URL: 'none', HEARTBEAT_MS: '500' } })
  try {
    await page.waitForSelector('.link > button[data-state="live"]')
    await shows(page, '104.00')
    await eventually('the candle has both', async () => (await page.textContent('[data-bar="V"]')) === 'V3')
  } finally {
    await page.context().close()
    await again.stop()
  }
})
