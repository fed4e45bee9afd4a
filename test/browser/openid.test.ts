import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ProviderFloor, startProviderFloor } from '../support/provider-floor.ts'
import { gate, text } from './door.ts'
import { type Stage, startStage, untilLink } from './stage.ts'

let provided: ProviderFloor
let stage: Stage
const T = Date.now()

beforeAll(async () => {
  provided = await startProviderFloor({ ann: { name: 'Ann Lee' } }, () => [{ everybody: true, grants: 'watch:s:*' }])
  stage = await startStage([], {}, provided.env, provided.port)
  for (const symbol of ['AAPL', 'MSFT']) {
    await stage.feed.describe(symbol)
    await stage.feed.market(symbol, [{ id: 1, t: T, price: 100, size: 1 }])
  }
})
afterAll(async () => {
  await stage.stop()
  await provided.stop()
  expect(stage.errors).toEqual([])
})

const toProvider = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: 'Sign in with your organization' }).click()
  await page.waitForURL(`${provided.provider.issuer}/**`)
}
/** Fills in the provider's own pages. */
const signIn = async (page: Page, login: string): Promise<void> => {
  await toProvider(page)
  await page.fill('input[name="login"]', login)
  await page.fill('input[name="password"]', 'any')
  await page.click('button[type="submit"]')
  await page.click('button[type="submit"]')
}

test('somebody signs in with the provider, comes back to their place, and signs out of both', async () => {
  const page = await stage.open('#/markets/MSFT/5m')
  await gate(page, 'nobody')
  await signIn(page, 'ann')
  await untilLink(page, 'live')
  expect(page.url()).toContain('#/markets/MSFT/5m')
  expect(await page.getAttribute('.who > button', 'data-who')).toBe('ann-lee')
  expect(await page.evaluate(() => document.cookie)).toBe('')
  await page.locator('.who > button').click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(`${provided.provider.issuer}/**`)
  await page.getByRole('button', { name: /Yes/ }).click()
  await page.waitForURL(`${stage.node.url}/`)
  await gate(page, 'nobody')
  await page.context().close()
})

test('whoever gives up at the provider is told that they were not signed in, and may try again', async () => {
  const page = await stage.open()
  await gate(page, 'nobody')
  await toProvider(page)
  await page.getByRole('link', { name: /Cancel/ }).click()
  await gate(page, 'provider')
  expect(await text(page)).toContain('You were not signed in')
  expect(page.url()).not.toContain('refused')
  await signIn(page, 'bob')
  await untilLink(page, 'live')
  await page.context().close()
})
