import { afterAll, beforeAll, expect, it } from 'vitest'
import { standing } from '../../../wire/cursors.ts'
import type { AddDevicesReply } from '../../../wire/devices.ts'
import type { DeviceSnapshot, DeviceUpdate } from '../../../wire/fleet.ts'
import type { ShareReply } from '../../../wire/people.ts'
import type { Cursor, Segment, WatchReply } from '../../../wire/protocol.ts'
import type { TestClient } from '../../support/client.ts'
import { eventually } from '../../support/eventually.ts'
import type { TestNode } from '../../support/node.ts'
import { connectRaw, type RawClient } from '../../support/raw-client.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { type Desk, openDesk, withToken } from './desk.ts'

/** Whoever opens a share of a device gets nothing of the desk's work: all of that has `secret` in it here. */
const SECRET = /secret/i
const TOPIC = 'd:VAN-7'

let redis: TestRedis
let desk: Desk
let nodes: [TestNode, TestNode]
let boss: string
let key: string
let seat: string
let dispatcher: TestClient

beforeAll(async () => {
  redis = await startRedis()
  desk = await openDesk(redis)
  nodes = await Promise.all([desk.start(), desk.start()])
  boss = (await desk.invite('Secret Boss', 'watch:* share:* command:* danger:* manage:*')).token
  const van = { id: 'VAN-7', name: 'Van 7', group: 'vans', attributes: { driver: 'secret driver' } }
  const added = await desk.ask<AddDevicesReply>(nodes[0], '/devices', boss, { devices: [van] })
  key = added.reply.devices[0]?.key ?? ''
  await report(1)
  const wanted = { show: { kind: 'device', device: 'VAN-7' }, until: Date.now() + 600_000, name: 'Parcel' }
  const shared = await desk.ask<ShareReply>(nodes[0], '/shares', boss, wanted)
  seat = (await desk.open(nodes[0], shared.reply.link)).reply.bearer ?? ''
  dispatcher = await desk.join(nodes[0], boss)
  await dispatcher.watchTopics(TOPIC)
  await command('zero')
})
afterAll(async () => {
  await desk?.stop()
  await redis?.stop()
})

/** A report of the device, with what it tells besides: `speed` tells the reports apart. */
const report = async (speed: number): Promise<void> => {
  const fixes = [{ t: Date.now(), lat: 48.2, lon: 16.4, speed, readings: { fuel: speed } }]
  const told = { every: 10, takes: ['message', 'secret_kind'], attributes: { app: `secret app ${speed}` } }
  const response = await fetch(`${nodes[0].url}/in/device`, {
    method: 'POST',
    headers: withToken(key),
    body: JSON.stringify({ id: 'VAN-7', fixes, ...told }),
  })
  expect(response.status).toBe(200)
}
const command = async (id: string): Promise<void> => {
  const wanted = { id, to: { devices: ['VAN-7'] }, kind: 'message', args: { text: `secret text ${id}` } }
  expect(await dispatcher.socket.timeout(60_000).emitWithAck('command', wanted)).toHaveProperty('command')
}
const newKey = () => desk.ask(nodes[0], '/devices/VAN-7/key', boss, {})

type Told = Segment & DeviceUpdate
const updatesOf = (guest: RawClient): Told[] => guest.heard<Told[]>('updates').flat()
const resultOf = async (guest: RawClient, cursor?: Cursor) => {
  const reply = await guest.ask<WatchReply>('watch', { topics: [{ topic: TOPIC, ...(cursor && { cursor }) }] })
  return 'results' in reply ? reply.results[0] : undefined
}
const join = (node: TestNode): Promise<RawClient> => connectRaw(node.url, undefined, { token: seat })

/** Where one is after updates that follow each other without a hole. */
const inOrder = (from: Cursor, updates: readonly Told[]): Cursor => {
  let at = from
  for (const update of updates) {
    expect(standing(at, update)).toBe('next')
    at = { epoch: update.epoch, seq: update.seq }
  }
  return at
}
const hasNothingOfTheDesk = ({ packets, heard }: RawClient): void => {
  for (const { text } of packets) {
    expect(text).not.toMatch(SECRET)
    expect(text).not.toMatch(/"(commands|keyed|takes|door|attributes)":/)
  }
  expect(heard('gap')).toEqual([])
}

it('a guest sees where a device is, and nothing of what the desk asks of it: live, resumed and anew', async () => {
  const guest = await join(nodes[0])
  const first = await resultOf(guest)
  if (first?.kind !== 'snapshot') throw new Error(JSON.stringify(first))
  const { last, description, life } = first.snapshot as DeviceSnapshot
  expect(last).toMatchObject({ speed: 1, readings: { fuel: 1 } })
  expect(description).toEqual({ name: 'Van 7', group: 'vans' })
  expect(life).toEqual({ heard: expect.any(Number), every: 10 })
  await command('one')
  await newKey().then(({ reply }) => {
    key = (reply as { key: string }).key
  })
  await report(2)
  const speeds = (updates: readonly Told[]) => updates.flatMap(({ fixes = [] }) => fixes.map(({ speed }) => speed))
  await eventually('the guest sees it move', () => speeds(updatesOf(guest)).includes(2))
  const at = inOrder(first.cursor, updatesOf(guest))
  const empty = updatesOf(guest).filter(({ fixes, life: told }) => !fixes && !told)
  expect(empty.length).toBeGreaterThanOrEqual(2)
  for (const update of empty)
    expect(Object.keys(update).filter((name) => name !== 'after')).toEqual(['topic', 'epoch', 'seq', 'at'])
  hasNothingOfTheDesk(guest)
  guest.close()

  await command('two')
  await report(3)
  await eventually('the dispatcher sees all', () => {
    const told = JSON.stringify(dispatcher.segments(TOPIC))
    return ['secret text one', 'secret text two', 'Secret Boss', 'secret app 3', 'keyed'].every((x) => told.includes(x))
  })
  // From the memory of one node, and from Redis by the other.
  for (const node of nodes) {
    const again = await join(node)
    const resumed = await resultOf(again, at)
    if (resumed?.kind !== 'replay') throw new Error(JSON.stringify(resumed))
    const updates = resumed.updates as Told[]
    expect(inOrder(at, updates)).toEqual(resumed.cursor)
    expect(speeds(updates)).toEqual([3])
    const anew = await resultOf(again)
    expect(anew).toMatchObject({ kind: 'snapshot', snapshot: { last: { speed: 3 } } })
    hasNothingOfTheDesk(again)
    again.close()
  }
  const own = await dispatcher.watchTopics(TOPIC)
  expect(own).toMatchObject({
    results: [
      { snapshot: { commands: ['zero', 'one', 'two'].map((id) => ({ args: { text: `secret text ${id}` } })) } },
    ],
  })
})

it('over HTTP neither', async () => {
  const ask = async (path: string, token = seat) => {
    const response = await fetch(`${nodes[0].url}/api${path}`, { headers: withToken(token) })
    return { status: response.status, text: await response.text() }
  }
  const list = await ask('/devices')
  expect(list).toMatchObject({ status: 200, text: expect.stringContaining('"life":{"heard":') })
  const track = await ask('/devices/VAN-7/track')
  expect(track).toMatchObject({ status: 200, text: expect.stringContaining('"speed"') })
  const refused = await Promise.all(
    ['/devices/VAN-7/commands', '/orders/secret-boss.one/devices'].map((path) => ask(path)),
  )
  for (const reply of refused)
    expect(reply).toMatchObject({ status: 403, text: expect.stringContaining('not_allowed') })
  for (const { text } of [list, track, ...refused]) expect(text).not.toMatch(SECRET)
  // Whoever may watch the very same and is no guest is told all of it, though it was asked just before.
  const { token } = await desk.invite('Bob', `watch:${TOPIC}`)
  expect((await ask('/devices', token)).text).toContain('secret driver')
  expect((await ask('/devices/VAN-7/commands', token)).text).toContain('secret text zero')
})
