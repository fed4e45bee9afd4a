import type { Page } from 'playwright-core'

/* Steps that tests of devices take on the screen. */

export const openList = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'List of devices' }).click()
  await page.waitForSelector('.device-list[data-phase="ready"]')
}
export const rowStatus = (page: Page, id: string) => page.getAttribute(`[data-row="${id}"]`, 'data-status')
export const keyShown = (page: Page) => page.getByLabel('Key', { exact: true }).first().inputValue()

/** Adds a device on the screen, and returns its key. */
export const add = async (page: Page, id: string, group = ''): Promise<string> => {
  await page.getByRole('button', { name: 'Add a device' }).click()
  await page.getByLabel('Id', { exact: true }).fill(id)
  await page.getByLabel('Group', { exact: true }).fill(group)
  await page.getByRole('dialog').getByRole('button', { name: 'Add the device' }).click()
  await page.waitForSelector('[data-key]')
  return keyShown(page)
}
