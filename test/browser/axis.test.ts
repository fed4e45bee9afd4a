import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Stage, startStage } from './stage.ts'

let stage: Stage
const MINUTE = 60_000

beforeAll(async () => {
  stage = await startStage()
  await stage.feed.describe('NIGHT', 'STOOD')
})
afterAll(async () => {
  await stage.stop()
  expect(stage.errors).toEqual([])
})

/** A trade at each of these times. */
const publish = async (symbol: string, times: readonly number[]): Promise<void> => {
  for (let i = 0; i < times.length; i += 100)
    await stage.feed.market(
      symbol,
      times.slice(i, i + 100).map((t, k) => ({ id: i + k + 1, t, price: 100 + (k % 7), size: 1 })),
    )
}
const every = (step: number, from: number, count: number) => Array.from({ length: count }, (_, i) => from + i * step)
const drawn = (page: Page, what: 'times' | 'gaps') => page.getAttribute('.plot > canvas', `data-${what}`)

test('on the day that clocks change the axis marks the day at midnight: New York', async () => {
  await publish('NIGHT', every(15 * MINUTE, Date.parse('2026-03-07T18:00Z'), 97))
  const page = await stage.open('#/markets/NIGHT/15m', { timezoneId: 'America/New_York', locale: 'en-US' })
  await eventually('the axis', async () => (await drawn(page, 'times'))?.includes('Mar 8'))
  expect(await drawn(page, 'times')).toMatch(/18:00 Mar 8 06:00/)
  await page.context().close()
})

test('two hours in which a floor stood still can be seen, on any screen', async () => {
  const start = Date.parse('2026-03-04T03:40Z')
  await publish('STOOD', [...every(20_000, start, 78), ...every(20_000, start + 153 * MINUTE, 60)])
  for (const viewport of [
    { width: 1600, height: 1000 },
    { width: 390, height: 844 },
  ]) {
    const page = await stage.open('#/markets/STOOD/1m', { viewport, timezoneId: 'UTC' })
    await page.locator('tr[data-symbol="STOOD"]').click()
    await eventually('the gap', async () => (await drawn(page, 'gaps')) === '1')
    for (const interval of ['5m', '1h', '15m', '1m']) {
      await page.getByRole('button', { name: interval, exact: true }).click()
      await page.waitForSelector(`.plot > canvas[data-interval="${interval}"]`)
      await eventually(`the gap at ${interval}`, async () => (await drawn(page, 'gaps')) === '1')
    }
    await page.context().close()
  }
})
