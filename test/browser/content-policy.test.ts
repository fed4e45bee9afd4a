import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Stage, startStage, untilLink } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage()
  const t = Date.now()
  await stage.feed.describe('AAPL')
  await stage.feed.market('AAPL', [
    { id: 1, t: t - 120_000, price: 100, size: 5 },
    { id: 2, t, price: 110, size: 5 },
  ])
  await stage.feed.fix({ id: 'BUS-1', n: 1, t, lat: 30.2672, lon: -97.7431, speed: 5, route: '7' })
})
afterAll(async () => {
  await stage.stop()
  expect(stage.errors).toEqual([])
})

/** What the browser kept the page from doing, by directive and address. */
type Watched = typeof globalThis & { violations?: string[] }

test('the dashboard, with map, chart and socket, does nothing that the content policy forbids', async () => {
  const page = await stage.open('#/split/AAPL/1m?device=BUS-1')
  const logged: string[] = []
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) logged.push(message.text())
  })
  await page.addInitScript(() => {
    const violations: string[] = []
    ;(globalThis as Watched).violations = violations
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) =>
      violations.push(`${effectiveDirective} ${blockedURI} ${sourceFile}`),
    )
  })
  await page.reload()
  await untilLink(page, 'live')
  await page.waitForSelector('tr[data-symbol="AAPL"]')
  await page.waitForSelector('[data-device="BUS-1"][data-fixes="1"]')
  await page.waitForSelector('canvas')
  await page.getByLabel(/^Theme/).click()
  await page.waitForTimeout(1000)
  expect(await page.evaluate(() => (globalThis as Watched).violations)).toEqual([])
  expect(logged).toEqual([])
  // That the policy holds: the page may connect to nobody else, and run nothing of its own making.
  const tried = await page.evaluate(async () => {
    const fetched = await fetch('http://127.0.0.1:1/').then(
      () => 'fetched',
      () => 'refused',
    )
    const socket = await new Promise((resolve) => {
      try {
        const opened = new WebSocket('ws://elsewhere.invalid:81/')
        opened.onerror = () => resolve('refused')
      } catch {
        resolve('refused')
      }
    })
    const script = document.createElement('script')
    script.textContent = 'globalThis.ran = true'
    document.head.append(script)
    const style = document.createElement('style')
    style.textContent = 'body { outline: 3px solid red }'
    document.head.append(style)
    await new Promise((resolve) => setTimeout(resolve, 100))
    return { fetched, socket, ran: 'ran' in globalThis, outline: getComputedStyle(document.body).outlineStyle }
  })
  expect(tried).toEqual({ fetched: 'refused', socket: 'refused', ran: false, outline: 'none' })
  const seen = (await page.evaluate(() => (globalThis as Watched).violations)) ?? []
  for (const directive of [
    'connect-src http://127.0.0.1:1/',
    'connect-src ws://elsewhere.invalid:81',
    'script-src',
    'style-src',
  ])
    expect(
      seen.some((each) => each.startsWith(directive)),
      `${directive} in ${seen}`,
    ).toBe(true)
  await page.context().close()
})
