import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Quote } from '../../wire/market.ts'
import { eventually } from '../support/eventually.ts'
import { dejaVuAlone } from './fonts.ts'
import { type Stage, startStage } from './stage.ts'

const fonts = dejaVuAlone()
const MINUTE = 60_000
const now = Math.floor(Date.now() / MINUTE) * MINUTE
const LONG = 'A-NAME-OF-SIXTY-FOUR-BYTES/THAT-GOES-ON-AND-ON-AND-ON-UNTIL-64-B'
const DEVICE = 'user/phone Ö·12345, of a driver whose name is long'
let stage: Stage

/** Prices of every kind, a bar each; the last is what the row shows. */
const PRICES: Record<string, number[]> = {
  'BTC/IRR': [1_234_567_000, 1_200_000_000, 1_234_000_000.25],
  TINY: [1.29e-10, 1.35e-10, 1.31e-10],
  CLK20: [18.27, -40.32, -37.63],
  SPREAD: [0, -0.125, 0.0625],
  FINE: [99.984375, 100.015625, 99.9921875],
  HUGE: [987_654_321_012.34, 123_456_789_012.34, -987_654_321_012.34],
  'BTC-USDT-USDT-PERP': [0.999_99, 1, 0.999_99],
  NOISY: [123.456789012, 0.1 + 0.2, 1e15],
  [LONG]: [5, 6, 4],
}

beforeAll(async () => {
  stage = await startStage([], fonts.env)
  const { feed } = stage
  for (const [symbol, prices] of Object.entries(PRICES)) {
    await feed.describe(symbol)
    const trades = prices.map((price, i) => ({ id: i + 1, t: now - (2 - i) * MINUTE, price, size: 1_234_567.891 * i }))
    const last = prices.at(-1) ?? 0
    const quote: Quote = { t: now, bid: last, bidSize: 1, ask: symbol === 'TINY' ? null : last, askSize: 0 }
    await feed.market(symbol, trades, [quote])
  }
  const fix = {
    id: DEVICE,
    lat: 30.2672,
    lon: -97.7431,
    route: 'Línea 5 – Universidad de Texas',
    battery: 1,
    heading: 314,
  }
  for (let n = 1; n < 5; n++) await feed.fix({ ...fix, n, t: now + n * 1_000, lat: 30.26 + n / 5_000, speed: 22 })
  await feed.fix({ ...fix, n: 5, t: now + 6_000, lat: 31, speed: 22 })
})
afterAll(async () => {
  await stage.stop()
  fonts.remove()
  expect(stage.errors).toEqual([])
})

/** The figures that are on the screen in part only: by their own box, or by one around it. */
const cutFigures = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const FIGURES =
      'td[data-field], th[class], .now b, .now span, .legend > span, .gauges dd, .facts > *, .meter b, .link > button, .tally, .note, .chip, .badge + h2, .doubt, .tip'
    const cut: string[] = []
    for (const figure of document.querySelectorAll<HTMLElement>(FIGURES)) {
      if (!figure.checkVisibility() || figure.closest('.unseen')) continue
      const range = document.createRange()
      range.selectNodeContents(figure)
      const text = range.getBoundingClientRect()
      const name = `${figure.className || figure.tagName} ${figure.dataset.field ?? ''} "${figure.textContent}"`
      if (figure.clientWidth > 0 && figure.scrollWidth > figure.clientWidth) cut.push(name)
      for (let around: HTMLElement | null = figure; around; around = around.parentElement) {
        const box = around.getBoundingClientRect()
        const hides = getComputedStyle(around).overflowX !== 'visible' || around === document.body
        if (hides && (text.left < box.left - 0.5 || text.right > box.right + 0.5))
          cut.push(`${name} by ${around.className}`)
      }
    }
    return cut
  })

/** Whether two parts of the screen lie over one another. */
const touch = (page: Page, one: string, other: string): Promise<boolean> =>
  page.evaluate(
    ([one = '', other = '']) => {
      const [a, b] = [one, other].map((selector) => document.querySelector(selector)?.getBoundingClientRect())
      if (!a || !b) throw new Error(`${one} or ${other} is not there`)
      return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
    },
    [one, other],
  )

const last = (page: Page, symbol: string) => page.locator(`tr[data-symbol="${symbol}"] [data-field="last"]`)
const SIZES = [
  { width: 1600, height: 1000 },
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
]

/** Symbols of the watchlist that are cut, but for one that is too long for any column. */
const cutSymbols = (page: Page): Promise<string[]> =>
  page.locator('tr[data-symbol] .names b').evaluateAll(
    (symbols, long) =>
      symbols
        .filter((symbol) => symbol.textContent !== long)
        .filter(
          ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
            scrollWidth > clientWidth || scrollHeight > clientHeight + 1,
        )
        .map(({ textContent }) => textContent ?? ''),
    LONG,
  )

/** Nothing is cut, in either theme. */
const nothingIsCut = async (page: Page): Promise<void> => {
  await page.waitForTimeout(150)
  expect(await cutSymbols(page)).toEqual([])
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await cutFigures(page)).toEqual([])
  }
}

/** The legend ends before the axis begins, and what the chart's head says stands side by side. */
const nothingIsCovered = async (page: Page): Promise<void> => {
  const room = await page.evaluate(() => {
    const plot = document.querySelector<HTMLElement>('.plot')
    const legend = document.querySelector('.legend')
    if (!plot || !legend) throw new Error('there is no chart')
    const axis = Number.parseFloat(plot.style.getPropertyValue('--axis'))
    return plot.getBoundingClientRect().right - axis - legend.getBoundingClientRect().right
  })
  expect(room).toBeGreaterThanOrEqual(0)
  expect(await touch(page, '.chart h2', '.chart .now')).toBe(false)
  expect(await touch(page, '.chart .now', '.chart .segments')).toBe(false)
}

test.each(SIZES)(
  'at $width by $height no figure is cut or covered, with DejaVu Sans alone',
  async (viewport) => {
    const page = await stage.open('#/markets/TINY/1m', { viewport })
    await eventually('the prices', async () => (await last(page, 'BTC/IRR').textContent()) === '1,234,000,000.25')
    await nothingIsCut(page)
    await page.keyboard.press('2')
    for (const symbol of Object.keys(PRICES)) {
      const back = page.getByLabel('Back to the watchlist')
      if (await back.isVisible()) await back.click()
      await page.locator(`tr[data-symbol="${symbol}"]`).click()
      await page.waitForSelector('.plot > canvas[data-candles="3"]')
      await nothingIsCut(page)
      await nothingIsCovered(page)
    }
    await page.goto(`${stage.node.url}/#/fleet?device=${encodeURIComponent(DEVICE)}`)
    await page.reload()
    await page.waitForSelector('[data-device][data-fixes="5"]')
    await nothingIsCut(page)
    await page.getByRole('button', { name: 'Live' }).click()
    await nothingIsCut(page)
    await page.context().close()
  },
  240_000,
)

test.each([320, 390, 1600])('the search leaves room for the number of watched symbols, %i wide', async (width) => {
  const page = await stage.open('#/markets', { viewport: { width, height: 844 } })
  await page.addInitScript(() =>
    localStorage.setItem('watchfloor.symbols', JSON.stringify(Array.from({ length: 200 }, (_, i) => `S${i}`))),
  )
  await page.reload()
  await page.getByText('200 watched').waitFor()
  expect(await cutFigures(page)).not.toContainEqual(expect.stringContaining('tally'))
  expect(await page.locator('.tally').evaluate((tally) => tally.getBoundingClientRect().right)).toBeLessThan(width)
  await page.context().close()
})

test.each([390, 1600])('a row that cannot be sent says why, and others are drawn at once, %i wide', async (width) => {
  const page = await stage.open('#/markets/TINY/1m', { viewport: { width, height: 844 } })
  await page.addInitScript(() => localStorage.setItem('watchfloor.symbols', '["TINY","UNKNOWN-TO-ALL"]'))
  await page.reload()
  const note = page.locator('tr[data-symbol="UNKNOWN-TO-ALL"] .note')
  await note.waitFor()
  const spark = page.locator('tr[data-symbol="TINY"] canvas')
  await eventually('the hour of a quiet symbol is drawn, though its row stood there before', () =>
    spark.evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement
      const pixels = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data
      return pixels?.some((value) => value > 0) ?? false
    }),
  )
  expect(await note.textContent()).toBe('No feed has described or traded this symbol.')
  await nothingIsCut(page)
  await page.context().close()
})

test('figures of every kind can be read in row, legend and axis', async () => {
  const page = await stage.open('#/split/TINY/1m', { viewport: { width: 1600, height: 1000 } })
  const row = (symbol: string) =>
    page
      .locator(`tr[data-symbol="${symbol}"] [data-field]`)
      .evaluateAll((cells) => cells.map((cell) => cell.textContent?.trim()))
  await eventually('the row', async () => (await row('TINY'))[0] === '1.31e-10')
  expect((await row('TINY')).slice(0, 5)).toEqual(['1.31e-10', '+2e-12', '▲ +1.55%', '1.31e-10', '–'])
  expect((await row('CLK20')).slice(0, 4)).toEqual(['−37.63', '−55.90', '▼ −305.97%', '−37.63'])
  expect((await row('SPREAD')).slice(0, 3)).toEqual(['0.0625', '+0.0625', '–'])
  const bar = (name: string) => page.textContent(`[data-bar="${name}"]`)
  const marks = (...prices: string[]) =>
    eventually(`an axis with ${prices.join(' and ')}`, async () => {
      const axis = (await page.getAttribute('.plot > canvas', 'data-prices'))?.split(' ')
      return prices.every((price) => axis?.includes(price))
    })
  await eventually('the legend', async () => (await bar('C')) === 'C1.31e-10')
  expect(await bar('O')).toBe('O1.31e-10')
  await marks('1.28e-10', '1.29e-10', '1.32e-10', '1.35e-10')
  await page.locator('tr[data-symbol="BTC/IRR"]').click()
  await eventually('the legend', async () => (await bar('C')) === 'C1,234,000,000.25')
  await marks('1,210,000,000.00')
  await page.locator('tr[data-symbol="CLK20"]').click()
  await eventually('the legend', async () => (await bar('L')) === 'L−37.63')
  await marks('−20.00', '0.00')
  await page.context().close()
})
