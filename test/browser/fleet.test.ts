import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { recordSegments, type Stage, startStage } from './stage.ts'

let stage: Stage
const AUSTIN = { lat: 30.2672, lon: -97.7431 }
let n = 0

beforeAll(async () => {
  stage = await startStage()
})
afterAll(async () => {
  await stage.stop()
  expect(stage.errors).toEqual([])
})

/** Long enough ago that a bus can have driven from one place to the next. */
const report = (id: string, lat: number, lon: number, minutesAgo = 0) =>
  stage.feed.fix({ id, n: ++n, t: Date.now() - minutesAgo * 60_000, lat, lon, speed: 9, battery: 0.5, route: '7' })
const drawn = async (page: Page) => Number(await page.getAttribute('canvas.devices', 'data-devices'))
const position = async (page: Page, id: string) => {
  const item = page.locator(`[data-nearby="${id}"]`)
  return { lat: Number(await item.getAttribute('data-lat')), lon: Number(await item.getAttribute('data-lon')) }
}

/** Drags the map so far that nothing of what was seen is within its margin any more. */
const dragLeft = async (page: Page): Promise<void> => {
  for (let i = 0; i < 3; i++) {
    await page.mouse.move(1_300, 500)
    await page.mouse.down()
    await page.mouse.move(100, 500, { steps: 8 })
    await page.mouse.up()
    await page.waitForTimeout(400)
  }
}

/**
 * The columns of the map at which its canvas has the most ink, where the one device on it is drawn: one for each look,
 * until it is at `end`. The page looks by itself, so that no step is missed on a busy machine.
 */
const inkColumns = (page: Page, end: number | null): Promise<number[]> =>
  page.evaluate(async (end) => {
    const column = (): number => {
      const canvas = document.querySelector<HTMLCanvasElement>('canvas.devices')
      const context = canvas?.getContext('2d')
      if (!canvas || !context) return -1
      const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height)
      let [sum, count] = [0, 0]
      for (let i = 3; i < width * height * 4; i += 4)
        if ((data[i] ?? 0) > 128) [sum, count] = [sum + (((i - 3) / 4) % width), count + 1]
      return count === 0 ? -1 : sum / count
    }
    const columns = [column()]
    while (end !== null && Math.abs((columns.at(-1) ?? 0) - end) > 2 && columns.length < 400) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      columns.push(column())
    }
    return columns
  }, end)

test('a bus appears where it is, and glides to where it goes', async () => {
  await report('BUS-1', AUSTIN.lat, AUSTIN.lon, 2)
  const page = await stage.open('#/fleet')
  await eventually('it is drawn', async () => (await drawn(page)) === 1)
  const [before = -1] = await inkColumns(page, null)
  expect(Math.abs(before - 720)).toBeLessThan(8)
  // 0.02 degrees are 58.25 pixels at zoom 12.
  const end = before + 58.25
  const looking = inkColumns(page, end)
  await report('BUS-1', AUSTIN.lat, AUSTIN.lon + 0.02)
  const columns = await looking
  expect(Math.abs((columns.at(-1) ?? 0) - end)).toBeLessThanOrEqual(2)
  expect(columns.some((column) => column > before + 3 && column < end - 3)).toBe(true)
  expect(Math.max(...columns)).toBeLessThanOrEqual(end + 2)
  await eventually('its words say so', async () => (await position(page, 'BUS-1')).lon === AUSTIN.lon + 0.02)
  await page.context().close()
})

test('panning away stops its updates, and coming back shows where it went meanwhile', async () => {
  await report('BUS-2', AUSTIN.lat, AUSTIN.lon, 2)
  const page = await stage.open()
  const segments = recordSegments(page)
  await page.goto(`${stage.node.url}/#/fleet`)
  await page.reload()
  const sent = (id: string, lat: number) =>
    segments.some(
      (segment) => JSON.stringify(segment).includes(`"${id}"`) && JSON.stringify(segment).includes(String(lat)),
    )
  await eventually('it is drawn', async () => (await drawn(page)) >= 1)
  await report('BUS-2', 30.2673, AUSTIN.lon, 1)
  await eventually('it is sent', () => sent('BUS-2', 30.2673))

  await dragLeft(page)
  await eventually('nothing is drawn there', async () => (await drawn(page)) === 0)
  await eventually('nothing is held there', async () => (await page.textContent('[data-tally="devices"]')) === '0')
  const view = await page.evaluate(() => JSON.parse(localStorage.getItem('watchfloor.map') ?? '{}'))
  await report('BUS-2', 30.2699, AUSTIN.lon)
  await report('BUS-HERE', view.lat, view.lon)
  await eventually('what is in the new view is sent', () => sent('BUS-HERE', view.lat))
  expect(sent('BUS-2', 30.2699)).toBe(false)

  await page.getByLabel('Back to Austin').click()
  await eventually('it is where it went', async () => (await position(page, 'BUS-2')).lat === 30.2699)
  await page.context().close()
})

test('the middle of the map stays where it is when the map gets another size', async () => {
  const page = await stage.open('#/fleet')
  const middle = (): Promise<{ lat: number; lon: number }> =>
    page.evaluate(() => JSON.parse(localStorage.getItem('watchfloor.map') ?? '{}'))
  await eventually('the map is there', async () => (await middle()).lat !== undefined)
  const before = await middle()
  await page.keyboard.press('2')
  await page.waitForSelector('main[data-workspace="split"]')
  await page.waitForTimeout(600)
  const after = await middle()
  // A pixel is 0.00034 degrees at zoom 12.
  expect(Math.abs(after.lon - before.lon)).toBeLessThan(0.001)
  expect(Math.abs(after.lat - before.lat)).toBeLessThan(0.001)
  await page.context().close()
})

test('a bus that leaves the view is taken off the map', async () => {
  await report('BUS-3', AUSTIN.lat, AUSTIN.lon, 120)
  const page = await stage.open('#/fleet')
  await page.waitForSelector('[data-nearby="BUS-3"]', { state: 'attached' })
  await report('BUS-3', 29.4, -98.5)
  await page.waitForSelector('[data-nearby="BUS-3"]', { state: 'detached' })
  await page.context().close()
})

test('a selected bus shows its track, then follows it live, also beyond the view', async () => {
  for (let i = 0; i < 5; i++) await report('BUS-4', AUSTIN.lat + i / 1_000, AUSTIN.lon, 40 - i)
  const page = await stage.open('#/fleet')
  await page.getByLabel('Find a device in view').fill('bus-4')
  await page.getByRole('search').getByRole('button').first().click()
  await page.waitForSelector('[data-device="BUS-4"][data-fixes="5"]')
  expect(await page.textContent('[data-field="speed"]')).toBe('32 km/h')
  await report('BUS-4', 29.9, -98)
  await page.waitForSelector('[data-device="BUS-4"][data-fixes="6"]')
  expect(await page.textContent('[data-field="position"]')).toBe('29.90000, -98.00000')
  expect(new URL(page.url()).hash).toContain('device=BUS-4')
  await page.context().close()
})

test('a view that is too wide is told calmly, and one click leads back', async () => {
  const page = await stage.open('#/fleet')
  await eventually('devices', async () => (await drawn(page)) >= 1)
  for (let i = 0; i < 6; i++) {
    await page.getByLabel('Zoom out').click()
    await page.waitForTimeout(350)
  }
  await page.waitForSelector('[data-hint="view_too_wide"]')
  expect(await page.textContent('[data-tally="devices"]')).toBe('0')
  await page.getByRole('button', { name: 'Zoom in', exact: true }).first().click()
  await page.waitForSelector('[data-hint="view_too_wide"]', { state: 'detached' })
  await eventually('devices again', async () => (await drawn(page)) >= 1)
  await page.context().close()
})

test('a group that is switched off leaves the map and is not sent, also after a reload, until it is switched on', async () => {
  await stage.feed.describeDevice('TRAM-1', { group: 'trams' })
  await report('TRAM-1', AUSTIN.lat, AUSTIN.lon + 0.01, 9)
  await report('BUS-5', AUSTIN.lat, AUSTIN.lon, 9)
  const page = await stage.open()
  const segments = recordSegments(page)
  const shown = (id: string) => page.locator(`[data-nearby="${id}"]`).count()
  await page.goto(`${stage.node.url}/#/fleet`)
  await eventually('the node knows the group', async () => {
    await page.reload()
    await page.waitForSelector('[data-nearby="BUS-5"]', { state: 'attached' })
    return (await page.getByRole('button', { name: /^Groups/ }).count()) === 1 && (await shown('TRAM-1')) === 1
  })
  const groups = page.getByRole('button', { name: /^Groups/ })
  await groups.press('Enter')
  await page.getByLabel('trams', { exact: true }).press('Space')
  await eventually('it leaves the map', async () => (await shown('TRAM-1')) === 0)
  expect(await groups.textContent()).toBe('Groups 1 of 2')
  await page.keyboard.press('Escape')
  expect(await groups.evaluate((button) => button === document.activeElement)).toBe(true)

  const sent = (id: string) => segments.some((segment) => JSON.stringify(segment).includes(`"${id}"`))
  let moves = 0
  const onlyTheBusIsSent = async (): Promise<boolean> => {
    segments.length = 0
    const step = ++moves / 10_000
    await report('TRAM-1', AUSTIN.lat + step, AUSTIN.lon + 0.01, 8 - moves / 10)
    await report('BUS-5', AUSTIN.lat + step, AUSTIN.lon, 8 - moves / 10)
    await eventually('the bus is sent', () => sent('BUS-5'))
    return !sent('TRAM-1')
  }
  await eventually('nothing of the tram is sent', onlyTheBusIsSent)
  await page.reload()
  await page.waitForSelector('[data-nearby="BUS-5"]', { state: 'attached' })
  expect([await onlyTheBusIsSent(), await shown('TRAM-1')]).toEqual([true, 0])

  await groups.press('Enter')
  await page.getByLabel('trams', { exact: true }).press('Space')
  await page.waitForSelector('[data-nearby="TRAM-1"]', { state: 'attached' })
  expect((await position(page, 'TRAM-1')).lat).toBeCloseTo(AUSTIN.lat + moves / 10_000, 6)
  expect(await groups.textContent()).toBe('Groups all')
  await page.context().close()
})
