import type { Browser, Page } from 'playwright-core'
import { invite } from '../support/invite.ts'
import { type Stage, untilLink } from './stage.ts'

/** Grants of whoever looks after people. */
export const MANAGER = 'watch:* say:* share:* manage:*'

/** An invitation's link to the stage's node. `span`: for how long, such as `1h`. */
export const link = ({ redis, node }: Stage, name: string, grants: string, span?: string): Promise<string> =>
  invite({ redisUrl: redis.url, floor: node.url }, name, grants, span)

/** The end of a link, as `stage.open` takes it. */
export const after = (link: string): string => new URL(link).hash

/** Comes in by a link, with a browser that remembers nothing, and goes to a place. */
export const enterBy = async (
  stage: Stage,
  link: string,
  place = '#/split/AAPL/1m',
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Page> => {
  const page = await stage.open(after(link), options)
  await page.waitForSelector('.who')
  await page.goto(`${stage.node.url}/${place}`)
  await untilLink(page, 'live')
  return page
}

/** Waits until the page is for whoever is out, and says why. */
export const gate = (page: Page, why: string) => page.waitForSelector(`[data-gate="${why}"]`)

/** All that stands on the page. */
export const text = async (page: Page): Promise<string> => (await page.textContent('body')) ?? ''

/** Opens what this person looks after. */
export const openOffices = async (page: Page): Promise<void> => {
  await page.locator('.who > button').click()
  await page.getByRole('button', { name: /Invitations|Shares/ }).click()
}

/** The link that a dialog shows once. */
export const shownLink = (page: Page): Promise<string> => page.getByLabel('Link', { exact: true }).inputValue()
