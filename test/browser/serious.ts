import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

const builder = (page: Page): AxeBuilder => new AxeBuilder({ page })

const look = async (axe: AxeBuilder): Promise<string[]> => {
  const { violations } = await axe.analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`)
}

/** Colours that fade into those of the other theme are there by then (ms). */
const FADED_MS = 400

const isDark = (page: Page): Promise<boolean> => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)
const wear = async (page: Page, colorScheme: 'dark' | 'light'): Promise<void> => {
  await page.emulateMedia({ colorScheme })
  await page.waitForTimeout(FADED_MS)
}

/**
 * What axe finds that is serious or worse, in WCAG 2.2 A and AA; of the other theme, which differs by its colours alone,
 * the contrast. The page comes back in the theme in which it was.
 */
export const serious = async (page: Page): Promise<string[]> => {
  const all = await look(builder(page).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']))
  const [own, other] = (await isDark(page)) ? (['dark', 'light'] as const) : (['light', 'dark'] as const)
  await wear(page, other)
  const contrast = await look(builder(page).withRules('color-contrast'))
  await wear(page, own)
  return [...all, ...contrast.map((what) => `${other}: ${what}`)]
}
