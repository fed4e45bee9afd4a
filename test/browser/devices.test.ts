import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Fix } from '../../wire/fleet.ts'
import { eventually } from '../support/eventually.ts'
import { add, keyShown, openList, rowStatus } from './device-steps.ts'
import { serious } from './serious.ts'
import { type Stage, startStage } from './stage.ts'

let stage: Stage
const AUSTIN = { lat: 30.2672, lon: -97.7431 }
const PHONE = { viewport: { width: 390, height: 844 } }
let n = 0

beforeAll(async () => {
  stage = await startStage()
})
afterAll(async () => {
  await stage.stop()
  expect(stage.errors).toEqual([])
})

const report = (id: string, secondsAgo: number, more: Partial<Fix> = {}) =>
  stage.feed.fix({ id, n: ++n, t: Date.now() - secondsAgo * 1000, ...AUSTIN, ...more })
/** What a device says to the door, with its key. */
const say = (id: string, key: string, more: object) =>
  fetch(`${stage.node.url}/in/device`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ id, ...more }),
  })
test('a device is added on the screen, told how to report, and its first fix is seen as it comes', async () => {
  const page = await stage.open('#/fleet')
  await openList(page)
  const key = await add(page, 'VAN-7', 'vans')
  await page.waitForSelector('[data-first="waiting"]')
  const link = new URL(await page.getByLabel('Settings link', { exact: true }).inputValue())
  expect([link.origin, link.pathname, link.searchParams.get('id')]).toEqual([stage.node.url, `/in/${key}`, 'VAN-7'])
  expect(await page.locator('[data-setup="Traccar Client"] .qr').count()).toBe(1)
  await page.getByRole('tab', { name: 'Own program' }).click()
  expect(await page.getByLabel('A first report', { exact: true }).inputValue()).toContain(`Bearer ${key}`)

  expect((await say('VAN-7', 'wrong', { fixes: [] })).ok).toBe(false)
  expect((await say('VAN-7', key, { every: 10 })).ok).toBe(true)
  await page.waitForSelector('[data-first="heard"]')
  expect((await say('VAN-7', key, { fixes: [{ t: Date.now(), lat: 30.25, lon: -97.75 }] })).ok).toBe(true)
  await page.waitForSelector('[data-first="fixed"]')
  expect(await page.textContent('.first-fix')).toContain('30.25000, -97.75000')
  await page.getByRole('button', { name: 'Show on the map' }).click()
  await page.waitForSelector('.device[data-device="VAN-7"][data-status="live"]')
  await eventually('the list has it, and its key', async () => (await rowStatus(page, 'VAN-7')) === 'live')
  expect(await page.getByRole('button', { name: 'Set up VAN-7' }).textContent()).toBe('Key')
  expect(await page.textContent('[data-row="VAN-7"] .col-group')).toBe('vans')
  await page.context().close()
})

test('each device has the status that its clocks come to, in the list, on the map and in its panel', async () => {
  await report('ST-LIVE', 5)
  await report('ST-LATE', 100)
  await report('ST-STALE', 300)
  await report('ST-PARKED', 600, { parked: true })
  const page = await stage.open('#/fleet?device=ST-STALE')
  await openList(page)
  for (const [id, status] of [
    ['ST-LIVE', 'live'],
    ['ST-LATE', 'late'],
    ['ST-STALE', 'stale'],
    ['ST-PARKED', 'parked'],
  ] as const) {
    expect([id, await rowStatus(page, id)]).toEqual([id, status])
    expect(await page.getAttribute(`[data-nearby="${id}"]`, 'data-status')).toBe(status)
  }
  await page.waitForSelector('.device[data-status="stale"]')
  expect(await page.textContent('[data-field="clocks"]')).toMatch(/^Position from 5 min ago · heard /)
  await page.locator('[data-filter="parked"]').click()
  expect(await page.locator('[data-row]').count()).toBe(1)
  expect(await page.textContent('[data-filter="parked"]')).toBe('Parked 1')
  await page.context().close()
})

test('a device that falls silent is late by the time alone, wherever it is shown', async () => {
  for (const ago of [3, 2, 1, 0]) await report('SILENT', ago)
  const page = await stage.open('#/fleet?device=SILENT')
  await openList(page)
  const isLive = async (): Promise<boolean> => {
    await report('SILENT', 0)
    return (await page.getAttribute('.device[data-device="SILENT"]', 'data-status')) === 'live'
  }
  await eventually('it is live while it reports', isLive, { everyMs: 1000 })
  await page.waitForSelector('.device[data-device="SILENT"][data-status="late"]')
  await eventually('the list says so', async () => (await rowStatus(page, 'SILENT')) !== 'live')
  await eventually(
    'the map says so',
    async () => (await page.getAttribute('[data-nearby="SILENT"]', 'data-status')) !== 'live',
  )
  await eventually('it is live again', isLive, { everyMs: 1000 })
  await page.context().close()
})

test('readings stand in the panel with their units, and are drawn as lines with the values pointed at', async () => {
  for (let i = 0; i < 8; i++)
    await report('COLD', 400 - i * 50, { battery: 0.8 - i / 100, readings: { temperature: 4 + i / 2, fuel: 60 - i } })
  const page = await stage.open('#/fleet?device=COLD')
  await page.waitForSelector('.device[data-fixes="8"]')
  expect(await page.textContent('[data-reading="temperature"]')).toContain('7.5 °C')
  await page.waitForSelector('[data-line="battery"] canvas[data-points="8"]')
  await page.locator('[data-pick="temperature"]').click()
  await page.waitForSelector('[data-line="temperature"] canvas[data-points="8"]')
  const inked = await page.locator('[data-line="temperature"] canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
    return data.some((value) => value > 0)
  })
  expect(inked).toBe(true)
  const line = page.getByRole('slider', { name: /^Temperature/ })
  await line.focus()
  await line.press('Home')
  expect(await page.textContent('[data-value="temperature"]')).toBe('4.0 °C')
  // Pointing at a time tells all lines.
  expect(await page.textContent('[data-value="battery"]')).toBe('80%')
  await line.press('ArrowRight')
  expect(await line.getAttribute('aria-valuetext')).toContain('4.5 °C at ')
  await report('COLD', 0, { readings: { temperature: 9 } })
  await page.waitForSelector('[data-line="temperature"] canvas[data-points="9"]')
  await page.reload()
  await page.waitForSelector('[data-line="temperature"] canvas[data-points="9"]')
  await page.context().close()
})

test('devices come in by a file, which says what is wrong in it, and go out as one', async () => {
  const page = await stage.open('#/fleet')
  await openList(page)
  await page.getByRole('button', { name: 'Import' }).click()
  const csv =
    'id,name,group,plate\nCSV-1,First,vans,AB 1\nCSV-2,Second,Not A Group,AB 2\nCSV-3,"Third, of three",vans,\n'
  await page.getByLabel('CSV file').setInputFiles({ name: 'fleet.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await page.waitForSelector('[data-import]')
  expect(await page.textContent('[data-import] p')).toBe('2 added, 0 changed, 1 line is wrong')
  expect(await page.locator('[data-import] [data-line="3"]').count()).toBe(1)
  await page.keyboard.press('Escape')
  await page.getByLabel('Find a device by id, name or route').fill('csv-')
  await eventually('both are listed', async () => (await page.locator('[data-row^="CSV-"]').count()) === 2)
  expect(await page.textContent('[data-row="CSV-3"] .name')).toBe('Third, of three')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export' }).click(),
  ])
  const text = await readFile(await download.path(), 'utf8')
  expect(text).toContain('CSV-3,"Third, of three",vans')
  await page.context().close()
})

test('a key is made anew and taken back, each after a second look, and what has the old one is cut off', async () => {
  const page = await stage.open('#/fleet')
  await openList(page)
  const first = await add(page, 'KEYED')
  expect((await say('KEYED', first, {})).ok).toBe(true)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Add a device' }).click()
  await page.getByLabel('Id', { exact: true }).fill('KEYED')
  await page.getByRole('button', { name: 'Add the device' }).click()
  await page.waitForSelector('[data-taken]')
  expect((await say('KEYED', first, {})).ok).toBe(true)
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'Set up KEYED' }).click()
  await page.getByRole('button', { name: 'New key for KEYED' }).click()
  await page.getByRole('button', { name: /^Make a new key/ }).click()
  await page.waitForSelector('[data-key]')
  const second = await keyShown(page)
  await eventually('the old one lets nobody in', async () => (await say('KEYED', first, {})).status === 401)
  expect((await say('KEYED', second, {})).ok).toBe(true)
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'Set up KEYED' }).click()
  await page.getByLabel('Name, if you like').fill('The keyed one')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Take back the key of KEYED' }).click()
  await page.getByRole('button', { name: /^Take back: it can’t report/ }).click()
  await page.getByRole('button', { name: 'Make a key' }).waitFor()
  await eventually('nothing lets anybody in', async () => (await say('KEYED', second, {})).status === 401)
  await page.keyboard.press('Escape')
  await eventually(
    'the list says so',
    async () => (await page.textContent('[data-row="KEYED"] .name')) === 'The keyed one',
  )
  const keyOf = () => page.getByRole('button', { name: 'Set up KEYED' }).textContent()
  await eventually('and that it has no key', async () => (await keyOf()) === 'No key')
  await page.context().close()
})

test('the list is walked through and a device opened by the keyboard', async () => {
  await report('WALK-1', 1)
  await report('WALK-2', 1)
  const page = await stage.open('#/fleet')
  await openList(page)
  await page.getByLabel('Find a device by id, name or route').fill('walk-')
  await eventually('two are found', async () => (await page.locator('[data-row]').count()) === 2)
  await page.locator('[data-row="WALK-1"] .open').focus()
  await page.keyboard.press('ArrowDown')
  await eventually('the next one has the focus', () =>
    page.locator('[data-row="WALK-2"] .open').evaluate((button) => button === document.activeElement),
  )
  await page.keyboard.press('Enter')
  await page.waitForSelector('.device[data-device="WALK-2"]')
  expect(await page.getAttribute('[data-row="WALK-2"]', 'aria-current')).toBe('true')
  await page.context().close()
})

const LOOKS = [
  ['on a desk', { colorScheme: 'dark' }],
  ['on a phone', { ...PHONE, colorScheme: 'light' }],
] as const
test.each(LOOKS)('no screen has a serious fault %s', async (look, options) => {
  const id = `AXE ${look}`
  await report(id, 30, { battery: 0.5, readings: { fuel: 50 } })
  await report(id, 0, { battery: 0.4, readings: { fuel: 40 } })
  const page = await stage.open(`#/fleet?device=${encodeURIComponent(id)}`, options)
  await page.waitForSelector('[data-line="battery"] canvas[data-points]')
  await page.getByRole('button', { name: 'Status', exact: true }).click()
  expect(await serious(page)).toEqual([])
  await openList(page)
  await page.waitForSelector(`[data-row="${id}"]`)
  expect(await serious(page)).toEqual([])
  await page.getByRole('button', { name: 'Add a device' }).click()
  expect(await serious(page)).toEqual([])
  await page.getByLabel('Id', { exact: true }).fill(`${id} too`)
  await page.getByRole('button', { name: 'Add the device' }).click()
  await page.waitForSelector('[data-key]')
  expect(await serious(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Import' }).click()
  expect(await serious(page)).toEqual([])
  await page.context().close()
})
