import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed, type Feed } from '../support/feed.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { untilLink } from './stage.ts'

/** Two nodes before one Redis, and a browser in which people sit at either. */
export type PeopleStage = {
  redis: TestRedis
  nodes: [TestNode, TestNode]
  feed: Feed
  /** A page in a context of its own: another person's. */
  open: (node: number, address?: string, options?: Parameters<Browser['newContext']>[0]) => Promise<Page>
  /** Takes a node away without a word, and puts another one into its place. */
  kill: (node: number) => Promise<void>
  revive: (node: number) => Promise<void>
  errors: string[]
  stop: () => Promise<void>
}

const ENV = { TILES_URL: 'none', HEARTBEAT_MS: '500' }

export const startPeopleStage = async (): Promise<PeopleStage> => {
  const redis = await startRedis()
  const start = (name: string, port?: number) =>
    startNode({ redisUrl: redis.url, env: { ...ENV, NODE_NAME: name }, ...(port !== undefined && { port }) })
  const nodes: [TestNode, TestNode] = [await start('one'), await start('two')]
  const browser = await launchBrowser()
  const errors: string[] = []
  const open: PeopleStage['open'] = async (at, address = '', options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
    context.setDefaultTimeout(60_000)
    const page = await context.newPage()
    page.on('pageerror', ({ message }) => errors.push(message))
    await page.goto(`${nodes[at]?.url}/${address}`)
    await untilLink(page, 'live')
    return page
  }
  return {
    redis,
    nodes,
    feed: createFeed(redis.client()),
    open,
    kill: async (at) => void (await nodes[at]?.kill()),
    revive: async (at) => {
      const node = await start(`again-${at}`, nodes[at]?.port)
      nodes[at === 0 ? 0 : 1] = node
    },
    errors,
    stop: async () => {
      await browser.close()
      await Promise.all(nodes.map((node) => node.stop()))
      await redis.stop()
    },
  }
}

/** Opens the desk by its key. */
export const openDesk = async (page: Page): Promise<void> => {
  await page.waitForSelector('.work')
  if ((await page.locator('.desk').count()) > 0) return
  await page.locator('body').press('d')
  await page.waitForSelector('.desk')
}

/** Gives oneself a name on the open floor, as the room asks. */
export const joinAs = async (page: Page, name: string): Promise<void> => {
  await openDesk(page)
  await page.getByLabel('Your name, as others see it').fill(name)
  await page.getByRole('button', { name: 'Join to write' }).click()
  await page.waitForSelector('.composer textarea')
  await untilLink(page, 'live')
}

/** Writes a message in the room that is open. The blank at its end ends what might be completed. */
export const write = async (page: Page, text: string): Promise<void> => {
  const field = page.locator('.composer textarea')
  await field.fill(`${text} `)
  await field.press('Enter')
}

/** What stands in the room that is open, from top to bottom. */
export const textsIn = (page: Page): Promise<string[]> =>
  page.locator('.log .message:not(.unsent) :is(.body, .gone)').evaluateAll((bodies) =>
    bodies.map((body) => {
      const [small] = body.getElementsByTagName('small')
      return (body.textContent ?? '').replace(small?.textContent ?? '', '')
    }),
  )

export const untilText = (page: Page, text: string): Promise<unknown> =>
  eventually(`the room says ${text}`, async () => (await textsIn(page)).includes(text))
