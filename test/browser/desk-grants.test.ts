import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { enterBy, link } from './door.ts'
import { openDesk, untilText, write } from './people-stage.ts'
import { type Stage, startStage } from './stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await startStage([], {}, { ACCESS: 'invitations' })
  for (const symbol of ['AAPL', 'MSFT']) {
    await stage.feed.describe(symbol)
    await stage.feed.market(symbol, [{ id: 1, t: Date.now(), price: 100, size: 1 }])
  }
})
afterAll(async () => {
  await stage.stop()
  expect(stage.errors).toEqual([])
})

const enter = async (name: string, grants: string): Promise<Page> => enterBy(stage, await link(stage, name, grants))

test('whoever may only read reads: nothing to write with, and only rooms about what they may see', async () => {
  const ann = await enter('Ann', 'watch:* say:m:*')
  await openDesk(ann)
  await write(ann, 'for everybody')
  await untilText(ann, 'for everybody')
  expect(await ann.getByRole('button', { name: 'To everyone' }).count()).toBe(0)
  const eve = await enter('Eve', 'watch:m:* watch:s:AAPL')
  await openDesk(eve)
  await untilText(eve, 'for everybody')
  await eve.getByText('You can read this room, but not write in it.').waitFor()
  expect(await eve.locator('.composer').count()).toBe(0)
  await eve.getByRole('button', { name: 'Another room' }).click()
  await eve.getByLabel('Name of a room').fill('$MSFT')
  await eve.keyboard.press('Enter')
  await eve.getByText('You may not see this room.').waitFor()
  await eve.context().close()
  await ann.context().close()
})

test('whoever may see no room has no desk', async () => {
  const page = await enter('Sym', 'watch:s:*')
  await page.waitForSelector('tr[data-symbol="AAPL"]')
  await page.locator('body').press('d')
  expect(await page.locator('[data-opens="desk"], .desk').count()).toBe(0)
  await page.context().close()
})

test('an announcement reaches everybody who has been here, and says so in the room', async () => {
  const ann = await enter('Anna', 'watch:* say:m:* announce:m:*')
  const bob = await enter('Bobby', 'watch:* say:m:*')
  await openDesk(ann)
  await ann.getByRole('button', { name: 'To everyone' }).click()
  await write(ann, 'all out at five')
  await ann.locator('.message.announced', { hasText: 'all out at five' }).waitFor()
  await bob.waitForSelector('[data-opens="desk"] [data-badge="1"]')
  await openDesk(bob)
  await bob.getByRole('tab', { name: /^Inbox/ }).click()
  await bob.locator('.items li', { hasText: 'all out at five' }).getByText('to everyone').waitFor()
  await ann.context().close()
  await bob.context().close()
})
