import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DevicesReply, TrackReply } from '../../../wire/api.ts'
import type { CommandsReply } from '../../../wire/commands.ts'
import type { DeviceReply } from '../../../wire/devices.ts'
import { connectClient } from '../../support/client.ts'
import { addDevices, askPage } from '../../support/device-floor.ts'
import { DOOR_REQUESTS, doorRequest } from '../../support/door-requests.ts'
import { eventually } from '../../support/eventually.ts'
import { scrape } from '../../support/metrics.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { somebody, testTokens } from '../../support/people.ts'
import { askRaw } from '../../support/raw-http.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

const FREE = { HTTP_SHARE: '1', HTTP_SHARE_PER_ADDRESS: '1' }

let redis: TestRedis
let node: TestNode
let keys: Map<string, string>

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { ...FREE, LOG_LEVEL: 'debug' } })
  keys = await addDevices(node, [
    { id: 'van-7', name: 'Van 7', group: 'vans' },
    { id: 'ann/phone', group: 'vans', name: 'Ann' },
    { id: 'clock', name: 'Another' },
    { id: 'bob/phone', group: 'trucks', name: 'Bob' },
    { id: 'truck-1', group: 'trucks', name: 'Truck 1' },
  ])
})
afterAll(async () => {
  await node?.stop()
  await redis.stop()
})

const keyOf = (id: string): string => keys.get(id) ?? ''
const isAnn = (name: string): boolean => /owntracks-(ios|empty|lwt)/.test(name)
const send = (name: string, key = keyOf(isAnn(name) ? 'ann/phone' : 'van-7')) => {
  const { raw } = doorRequest(name, { host: new URL(node.url).host, key })
  return askRaw(node.url, raw.replace(/^Connection: .*\r\n/im, '').replace('\r\n', '\r\nConnection: close\r\n'))
}
const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
  const sent = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...headers },
  }
  const response = await fetch(node.url + path, sent)
  return { status: response.status, reply: await response.json() }
}
const basic = (id: string) => ({ Authorization: `Basic ${btoa(`${id}:${keyOf(id)}`)}` })
const track = async (id: string): Promise<TrackReply['fixes']> =>
  (await askPage<TrackReply>(node, 'GET', `/devices/${encodeURIComponent(id)}/track`)).reply.fixes
const reports = async (outcome: string): Promise<number> =>
  (await scrape(node.url)).value('watchfloor_reports_total', { outcome })

it('takes the requests of real clients, all fixes in order, and none of them twice', async () => {
  for (const turn of [1, 2])
    for (const name of DOOR_REQUESTS)
      expect([turn, name, (await send(name)).status]).toEqual([turn, name, name === 'owntracks-encrypted' ? 400 : 200])
  const fixes = await track('van-7')
  // Three requests tell the same place at the same time, which is one fix; a number of its own makes another.
  expect(fixes.map(({ t }) => t - 1_718_000_000_000)).toEqual([
    0, 0, 0, 123, 250, 500, 10_000, 300_000, 400_000, 699_000,
  ])
  expect(await track('ann/phone')).toMatchObject([{ lat: 48.208176, parked: true, readings: { charging: 1 } }])
  const { devices } = (await askPage<DevicesReply>(node, 'GET', '/devices')).reply
  const van = devices.find(({ id }) => id === 'van-7')
  expect(van).toMatchObject({ name: 'Van 7', group: 'vans', keyed: true, life: { door: expect.any(String) } })
  expect(await reports('repeat')).toBeGreaterThan(5)
})

it('takes what cannot be, and shows none of it', async () => {
  const before = await reports('refused')
  const hours = 3_600_000
  for (const t of [Date.now() + 5 * hours, 0]) {
    const query = `id=clock&timestamp=${t}&lat=48&lon=16`
    expect((await fetch(`${node.url}/in/${keyOf('clock')}?${query}`)).status).toBe(200)
  }
  const wrong = {
    id: 'clock',
    fixes: [
      { t: Date.now() + 5 * hours, lat: 48, lon: 16 },
      { t: Date.now(), lat: 91, lon: 16 },
    ],
  }
  const { status, reply } = await post('/in/device', wrong, { Authorization: `Bearer ${keyOf('clock')}` })
  expect([status, (reply as DeviceReply).refused]).toEqual([200, ['0:time', '1:latitude']])
  expect(await track('clock')).toEqual([])
  expect((await reports('refused')) - before).toBe(3)
})

it('gives OwnTracks its commands and its colleagues, and closes what it did', async () => {
  const token = await (await testTokens()).sign('bearer', somebody())
  const dispatcher = await connectClient(node.url, { auth: { token } })
  const command = { id: 'now-1', to: { devices: ['bob/phone'] }, kind: 'report_now' }
  const asked = await dispatcher.socket.timeout(60_000).emitWithAck('command', command)
  expect(asked).toMatchObject({ device: 'bob/phone', command: { state: 'queued' } })
  dispatcher.close()
  const now = Date.now()
  const fixes = [{ t: now, lat: 48.2, lon: 16.3, speed: 10 }]
  await post('/in/device', { id: 'truck-1', fixes }, { Authorization: `Bearer ${keyOf('truck-1')}` })
  const tell = async (more: object) => {
    const location = { _type: 'location', tst: Math.floor(now / 1000) - 60, lat: 48.3, lon: 16.4, m: 1, ...more }
    return (await post('/in/owntracks', location, basic('bob/phone'))).reply
  }
  expect(await tell({})).toEqual([
    { _type: 'cmd', action: 'reportLocation' },
    { _type: 'location', tid: '-1', lat: 48.2, lon: 16.3, tst: Math.floor(now / 1000), vel: 36 },
    { _type: 'card', tid: '-1', name: 'Truck 1' },
  ])
  const history = async () =>
    (await askPage<CommandsReply>(node, 'GET', '/devices/bob%2Fphone/commands')).reply.commands
  expect(await history()).toMatchObject([{ id: 'now-1', state: 'sent' }])
  await tell({ tst: Math.floor(now / 1000), t: 'r' })
  expect(await history()).toMatchObject([{ id: 'now-1', state: 'done' }])
})

it('lets nobody in by a key that was taken back', async () => {
  await askPage(node, 'DELETE', '/devices/clock/key')
  const { status } = await post('/in/device', { id: 'clock' }, { Authorization: `Bearer ${keyOf('clock')}` })
  expect(status).toBe(401)
  expect((await fetch(`${node.url}/in/${keyOf('clock')}?id=clock`)).status).toBe(401)
})

it('asks to come again while Redis is away, and takes it then', async () => {
  await redis.pause()
  try {
    const { status, headers } = await send('traccar-8-android')
    expect([status, Number(headers['retry-after']) > 0]).toEqual([503, true])
  } finally {
    await redis.resume()
  }
  await eventually('it is taken', async () => (await send('traccar-8-android')).status === 200)
})

it('writes no key and no address of a device into its log or its figures', async () => {
  const all = `${node.output()}${await (await fetch(`${node.url}/metrics`)).text()}`
  expect(all.length).toBeGreaterThan(100)
  for (const key of keys.values()) expect(all).not.toContain(key)
  expect(all).not.toContain('/in/')
})
