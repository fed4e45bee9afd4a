import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Answer } from '../../wire/devices.ts'
import { eventually } from '../support/eventually.ts'
import { startNode } from '../support/node.ts'
import { enterBy, link } from './door.ts'
import { addDevices, type PollingDevice, startDevice } from './polling-device.ts'
import { serious } from './serious.ts'
import { type Stage, startStage } from './stage.ts'

const AUSTIN = { lat: 30.2672, lon: -97.7431 }
const TAKES = ['report_every', 'report_now', 'message', 'go_to', 'follow', 'stop', 'go_on', 'unlock', 'lock']

let stage: Stage
let ann: Page
let bob: Page
let order = ''
let keys = new Map<string, string>()
const devices = new Map<string, PollingDevice>()

const obey =
  (id: string) =>
  ({ kind }: { kind: string }): Omit<Answer, 'id'> => {
    if (id === 'VAN-2') return { state: 'refused', reason: 'The driver said no' }
    return { state: 'done', ...(kind === 'message' && { answer: 'on my way' }) }
  }
const start = async (id: string, place: { lat: number; lon: number; speed: number }): Promise<void> => {
  const device = await startDevice(stage.node.url, { id, key: keys.get(id) ?? '', takes: TAKES, place, obey: obey(id) })
  devices.set(id, device)
}
const gotBy = (id: string) => devices.get(id)?.given ?? []
const enter = async (name: string, grants: string, place = '#/fleet?device=VAN-1', options = {}): Promise<Page> =>
  enterBy(stage, await link(stage, name, grants), place, options)

beforeAll(async () => {
  stage = await startStage([], {}, { ACCESS: 'invitations' })
  ann = await enter('Ann', 'watch:* command:* danger:* manage:*')
  keys = await addDevices(ann, { 'VAN-1': 'vans', 'VAN-2': 'vans', 'VAN-3': 'vans', 'CAR-1': 'cars' })
  await start('VAN-1', { ...AUSTIN, speed: 0 })
  await start('VAN-2', { ...AUSTIN, lon: -97.75, speed: 0 })
  await start('CAR-1', { ...AUSTIN, lat: 30.28, speed: 9 })
  // It told what it takes, and went away.
  await start('VAN-3', { ...AUSTIN, lat: 30.26, speed: 0 })
  await devices.get('VAN-3')?.stop()
  await ann.reload()
  bob = await enter('Bob', 'watch:* command:*', '#/fleet?device=VAN-3')
})
afterAll(async () => {
  await Promise.all([...devices.values()].map((device) => device.stop()))
  await stage.stop()
  expect(stage.errors).toEqual([])
})

const select = async (page: Page, id: string): Promise<void> => {
  await page.goto(`${stage.node.url}/#/fleet?device=${id}`)
  await page.waitForSelector(`.device[data-device="${id}"] .commands`)
}
/** Opens the form of a kind of command. */
const choose = async (page: Page, kind: string): Promise<void> => {
  await page.getByRole('button', { name: 'New command' }).click()
  await page.locator(`button[data-kind="${kind}"]`).click()
}
const commandOf = (page: Page, kind: string, state: string) =>
  page.locator(`.command[data-kind="${kind}"][data-state="${state}"]`).first()

test('a command is made by its form, obeyed, and its answer stands there: for colleagues, too', async () => {
  await select(ann, 'VAN-1')
  await select(bob, 'VAN-1')
  await choose(ann, 'message')
  await ann.getByRole('button', { name: 'Send to VAN-1' }).click()
  await ann.getByText('Fill this in.').waitFor()
  expect(gotBy('VAN-1')).toEqual([])
  await ann.getByLabel('Message', { exact: true }).fill('Where are you?')
  await ann.getByRole('button', { name: 'Send to VAN-1' }).click()
  for (const page of [ann, bob]) await commandOf(page, 'message', 'done').getByText('done: on my way').waitFor()
  const askers = [ann, bob].map((page) => commandOf(page, 'message', 'done').locator('.by').textContent())
  expect(await Promise.all(askers)).toEqual(['you', 'Ann'])
  expect(gotBy('VAN-1')).toMatchObject([{ kind: 'message', args: { text: 'Where are you?' } }])
})

test('a number has limits, and a place is a click on the map', async () => {
  await select(ann, 'VAN-1')
  await choose(ann, 'report_every')
  await ann.getByLabel(/^Every/).fill('0')
  await ann.getByRole('button', { name: 'Send to VAN-1' }).click()
  await ann.getByText('It must be 1 to 3600 s.').waitFor()
  await ann.getByRole('button', { name: 'Ask for something else' }).click()
  await ann.locator('button[data-kind="go_to"]').click()
  await ann.getByRole('button', { name: 'Choose on the map' }).click()
  await ann.waitForSelector('[data-spotting]')
  await ann.locator('.fleet .map').click({ position: { x: 900, y: 300 } })
  await ann.waitForSelector('[data-spotting]', { state: 'detached' })
  const place = await ann.getByLabel('Place', { exact: true }).inputValue()
  expect(place).toMatch(/^30\.\d{5},-97\.\d{5}$/)
  await ann.getByRole('button', { name: 'Send to VAN-1' }).click()
  await commandOf(ann, 'go_to', 'done').waitFor()
  const [lat, lon] = String(gotBy('VAN-1').at(-1)?.args.place).split(',').map(Number)
  expect([lat?.toFixed(5), lon?.toFixed(5)].join()).toBe(place)
})

test('what is dangerous is looked at twice: Enter alone sends nothing, and a condition refuses', async () => {
  await select(ann, 'CAR-1')
  await choose(ann, 'stop')
  const look = ann.getByRole('button', { name: /once more/ })
  await look.focus()
  for (let i = 0; i < 4; i++) await ann.keyboard.press('Enter')
  await ann.waitForSelector('.second-look')
  await ann.locator('.second-look [data-holds="false"]', { hasText: 'now 32 km/h' }).waitFor()
  expect(await ann.locator('.command').count()).toBe(0)
  await ann.getByRole('button', { name: 'Stop: CAR-1' }).click()
  await commandOf(ann, 'stop', 'refused').getByText('refused: it moves at 32 km/h').waitFor()
  expect(gotBy('CAR-1')).toEqual([])
})

test('a command waits for a device that is away, seen by a colleague, until it is cancelled', async () => {
  await select(ann, 'VAN-3')
  await select(bob, 'VAN-3')
  await choose(ann, 'lock')
  await ann.getByRole('button', { name: 'Send to VAN-3' }).click()
  for (const page of [ann, bob]) {
    const waiting = commandOf(page, 'lock', 'queued')
    await waiting.getByText('waiting for the device').waitFor()
    expect(await waiting.locator('time').textContent()).toMatch(/^\d+:\d\d left$/)
  }
  await bob.getByRole('button', { name: 'Cancel: Lock' }).click()
  for (const page of [ann, bob]) await commandOf(page, 'lock', 'cancelled').waitFor()
  await start('VAN-3', { ...AUSTIN, lat: 30.26, speed: 0 })
  await devices.get('VAN-3')?.stop()
  expect(gotBy('VAN-3')).toEqual([])
})

test('a person is offered what they may do, and no more', async () => {
  await select(bob, 'VAN-1')
  await bob.getByRole('button', { name: 'New command' }).click()
  await bob.locator('button[data-kind="lock"]').waitFor()
  expect(await bob.locator('button[data-kind="stop"], button[data-kind="unlock"]').count()).toBe(0)
  const cleo = await enter('Cleo', 'watch:*')
  await cleo.locator('.commands .command').first().waitFor()
  expect(await cleo.getByRole('button', { name: /^New command|^Orders/ }).count()).toBe(0)
  await cleo.context().close()
})

const countOf = (page: Page, standing: string) =>
  page.getAttribute(`.standings [data-standing="${standing}"]`, 'data-count')

test('an order tells how far it is, failures first, and is repeated for those and cancelled for the rest', async () => {
  await ann.goto(`${stage.node.url}/#/fleet`)
  const groups = ann.getByRole('button', { name: /^Groups/ })
  await eventually('the node knows both groups', async () => {
    await ann.reload()
    await ann.waitForSelector('[data-nearby="VAN-1"]', { state: 'attached' })
    return (await groups.count()) === 1
  })
  await groups.click()
  await ann.getByRole('button', { name: 'Command to the group vans' }).click()
  await ann.locator('.order button[data-kind="report_now"]').click()
  await ann.getByRole('button', { name: 'Send to the group vans' }).click()
  await ann.waitForSelector('.order[data-phase="ready"]')
  await eventually('one is done, one failed, one is not reached', async () => {
    const counts = await Promise.all(['done', 'failed', 'waiting'].map((standing) => countOf(ann, standing)))
    return counts.join() === '1,1,1'
  })
  expect(await ann.locator('.order-bar i').count()).toBe(3)
  await ann.locator('[data-of-order="VAN-2"]', { hasText: 'refused: the driver said no' }).waitFor()
  await ann.locator('.standings [data-standing="done"]').click()
  await ann.waitForSelector('[data-of-order="VAN-1"][data-state="done"]')
  await ann.locator('.standings [data-standing="done"]').click()

  await ann.reload()
  await ann.waitForSelector('.order[data-phase="ready"]')
  await ann.getByRole('button', { name: 'Close the order' }).click()
  await ann.getByRole('button', { name: /^Orders/ }).click()
  await ann.locator('[data-recent]').first().click()
  await ann.getByRole('button', { name: 'Cancel for 1 device not reached yet' }).click()
  await eventually('the rest is cancelled', async () => (await countOf(ann, 'dropped')) === '1')

  const before = gotBy('VAN-2').length
  await ann.getByRole('button', { name: 'Repeat for this device' }).click()
  await ann.getByRole('button', { name: 'Send to VAN-2' }).click()
  await eventually('it was asked again', () => gotBy('VAN-2').length === before + 1)
})

test('devices that are picked in the list are asked together', async () => {
  await ann.goto(`${stage.node.url}/#/fleet`)
  await ann.getByRole('button', { name: 'List of devices' }).click()
  await ann.locator('[data-pick="VAN-1"]').focus()
  await ann.keyboard.press('Space')
  await ann.keyboard.press('Shift+ArrowDown')
  await ann.waitForSelector('[data-picked="2"]')
  await ann.locator('[data-pick="VAN-3"]').click({ modifiers: ['Shift'] })
  await ann.waitForSelector('[data-picked="3"]')
  await ann.locator('.picked-bar').getByRole('button', { name: 'Command…' }).click()
  await ann.getByRole('button', { name: 'Close the list' }).click()
  await ann.locator('.order button[data-kind="go_on"]').click()
  await ann.getByRole('button', { name: 'Send to 3 devices' }).click()
  await ann.waitForSelector('.order[data-phase="ready"]')
  await eventually('one has done it', async () => (await countOf(ann, 'done')) === '1')
  await ann.getByRole('button', { name: 'Close the order' }).click()
})

test('for something dangerous a group is named by whoever asks', async () => {
  await ann.goto(`${stage.node.url}/#/fleet`)
  await ann.getByRole('button', { name: /^Orders/ }).click()
  await ann.locator('[data-ask-group="vans"]').click()
  await ann.locator('.order button[data-kind="unlock"]').click()
  await ann.getByRole('button', { name: /once more/ }).click()
  const send = ann.locator('[data-confirm]')
  expect(await send.isDisabled()).toBe(true)
  await ann.getByLabel('Type vans to go on').fill('vans')
  // It must have been seen within a minute.
  await devices.get('VAN-1')?.move({ ...AUSTIN, speed: 0 })
  await send.click()
  await ann.waitForSelector('.order[data-phase="ready"]')
  order = (await ann.getAttribute('.order', 'data-order')) ?? ''
  await eventually('VAN-1 is unlocked', () => gotBy('VAN-1').some(({ kind }) => kind === 'unlock'))
  await ann.getByRole('button', { name: 'Close the order' }).click()
})

test('what is asked while the node is away goes out once it is back', async () => {
  await select(ann, 'VAN-1')
  await choose(ann, 'lock')
  await stage.node.kill()
  await ann.waitForSelector('.link > button:not([data-state="live"])')
  await ann.getByRole('button', { name: 'Send to VAN-1' }).click()
  await ann.locator('[data-errand="waiting"]', { hasText: 'no connection' }).waitFor()
  const env = { TILES_URL: 'none', HEARTBEAT_MS: '500', ACCESS: 'invitations' }
  stage.node = await startNode({ redisUrl: stage.redis.url, port: stage.node.port, env })
  await commandOf(ann, 'lock', 'done').waitFor()
  expect(await ann.locator('[data-errand]').count()).toBe(0)
  expect(gotBy('VAN-1').filter(({ kind }) => kind === 'lock')).toHaveLength(1)
})

test.each([
  ['dark', 'a wide screen', { width: 1600, height: 1000 }],
  ['light', 'a phone', { width: 390, height: 844 }],
] as const)('in the %s theme nothing has a serious violation on %s', async (colorScheme, _, viewport) => {
  const page = await enter('Ann', 'watch:* command:* danger:*', '#/fleet?device=VAN-1', { colorScheme, viewport })
  await page.locator('.commands .command').first().waitFor()
  await choose(page, 'follow')
  expect(await serious(page)).toEqual([])
  await page.getByRole('button', { name: 'Ask for something else' }).click()
  await page.locator('button[data-kind="stop"]').click()
  await page.getByRole('button', { name: /once more/ }).click()
  expect(await serious(page)).toEqual([])
  await page.goto(`${stage.node.url}/#/fleet?order=${order}`)
  await page.waitForSelector('.order[data-phase="ready"]')
  expect(await serious(page)).toEqual([])
  await page.context().close()
})
