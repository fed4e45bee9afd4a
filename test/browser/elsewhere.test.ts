import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { createFeed } from '../support/feed.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

let redis: TestRedis
let node: TestNode
let browser: Browser
/** Two sites that are not the node's: the first is one of `ORIGINS`. */
let sites: Server[] = []

const addressOf = (site: Server | undefined): string =>
  `http://127.0.0.1:${(site?.address() as AddressInfo | undefined)?.port}`

beforeAll(async () => {
  sites = await Promise.all(
    [1, 2].map(async () => {
      const site = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<title>'))
      await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
      return site
    }),
  )
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { ORIGINS: addressOf(sites[0]) } })
  await createFeed(redis.client()).describe('BTC/USD')
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await node?.stop()
  await redis.stop()
  for (const site of sites) site.close()
})

/** What a page reads there: the status and the code of an error, or that the browser kept it from reading anything. */
const read = (page: Page, path: string, headers = {}): Promise<string> =>
  page.evaluate(
    async ([url, sent]) => {
      try {
        const response = await fetch(url, { headers: sent })
        const body = (await response.json()) as { error?: { code: string } }
        return `${response.status} ${body.error?.code ?? 'fine'}`
      } catch {
        return 'kept from it'
      }
    },
    [`${node.url}${path}`, headers] as const,
  )

/** Whether a page can open the socket. */
const connects = (page: Page): Promise<boolean> =>
  page.evaluate(
    (url) =>
      new Promise<boolean>((resolve) => {
        const socket = new WebSocket(url)
        socket.onopen = () => resolve(true)
        socket.onerror = () => resolve(false)
      }),
    `${node.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`,
  )

const PATHS = [
  ['/api/symbols', '200 fine'],
  [`/api/symbols/${encodeURIComponent('BTC/USD')}/candles`, '200 fine'],
  ['/api/symbols/NOBODY/candles', '404 unknown_symbol'],
  ['/api/devices?limit=none', '400 bad_request'],
] as const

test('a page of ORIGINS opens the socket and reads the API, errors too', async () => {
  const page = await browser.newPage()
  await page.goto(addressOf(sites[0]))
  expect(await connects(page)).toBe(true)
  for (const [path, answer] of PATHS) expect(await read(page, path), path).toBe(answer)
  expect(await read(page, '/api/symbols', { 'Content-Type': 'application/json' })).toBe('200 fine')
})

test('a page from anywhere else does neither', async () => {
  const page = await browser.newPage()
  await page.goto(addressOf(sites[1]))
  expect(await connects(page)).toBe(false)
  for (const [path] of PATHS) expect(await read(page, path), path).toBe('kept from it')
})

test('nor does a page that has no origin of its own', async () => {
  const page = await browser.newPage()
  await page.goto(`data:text/html,<title>${encodeURIComponent('nowhere')}</title>`)
  expect(await page.evaluate(() => origin)).toBe('null')
  expect(await connects(page)).toBe(false)
  expect(await read(page, '/api/symbols')).toBe('kept from it')
})
