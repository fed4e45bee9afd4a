import type { Browser, Page } from 'playwright-core'
import type { Segment } from '../../wire/protocol.ts'
import { launchBrowser } from '../support/browser.ts'
import { createFeed, type Feed } from '../support/feed.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

/** A real browser before a real node before a real Redis, and a feed into it. `heartbeatMs`: what the node is told. */
export type Stage = {
  redis: TestRedis
  node: TestNode
  feed: Feed
  /** A new page in a context of its own; nothing is remembered from others. What it logs as an error is collected. */
  open: (address?: string, options?: Parameters<Browser['newContext']>[0]) => Promise<Page>
  errors: string[]
  stop: () => Promise<void>
}

/**
 * Starts everything; the dashboard must have been built. Map tiles are off, so that the page asks nobody but the node.
 * `settings` are Redis's, `browserEnv` is the browser's environment, `nodeEnv` more settings of the node,
 * `port` where it is to listen.
 */
export const startStage = async (
  settings: readonly string[] = [],
  browserEnv: Record<string, string> = {},
  nodeEnv: Record<string, string> = {},
  port?: number,
): Promise<Stage> => {
  const redis = await startRedis(settings)
  const node = await startNode({
    redisUrl: redis.url,
    ...(port !== undefined && { port }),
    env: { TILES_URL: 'none', HEARTBEAT_MS: '500', NODE_NAME: 'test-1', ...nodeEnv },
  })
  const browser = await launchBrowser(browserEnv)
  const errors: string[] = []
  const open: Stage['open'] = async (address = '', options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
    context.setDefaultTimeout(60_000)
    const page = await context.newPage()
    page.on('pageerror', ({ message }) => errors.push(message))
    await page.goto(`${node.url}/${address}`)
    return page
  }
  const stop = async (): Promise<void> => {
    await browser.close()
    await node.stop()
    await redis.stop()
  }
  return { redis, node, feed: createFeed(redis.client()), open, errors, stop }
}

/** Every segment that reaches the page from now on (or from its next connection), as it came over the wire. */
export const recordSegments = (page: Page): Segment[] => {
  const segments: Segment[] = []
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const text = payload.toString()
      if (text.startsWith('42["updates"')) segments.push(...(JSON.parse(text.slice(2))[1] as Segment[]))
    }),
  )
  return segments
}

/** Waits until the page says that its link to the node is in this state. */
export const untilLink = (page: Page, state: string): Promise<unknown> =>
  page.waitForSelector(`.link > button[data-state="${state}"]`)
