import { io } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Command, connectDevice, type Device, type Noted } from '../../../docs/device.ts'
import type { CommandReply, Command as Told } from '../../../wire/commands.ts'
import type { AddDevicesReply, Taken } from '../../../wire/devices.ts'
import type { DeviceSnapshot, DeviceUpdate, Fix } from '../../../wire/fleet.ts'
import type { Segment, WatchReply } from '../../../wire/protocol.ts'
import { eventually } from '../../support/eventually.ts'
import { scrape } from '../../support/metrics.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { somebody, testTokens } from '../../support/people.ts'
import { connectRaw, type RawClient } from '../../support/raw-client.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

/** Devices at a real node, by the client of docs/device.ts; a dispatcher watches them. */

let redis: TestRedis
let node: TestNode
let token: string
let ann: RawClient
const undo: (() => unknown)[] = []

const dispatcher = (): Promise<RawClient> => connectRaw(node.url, undefined, { token })
beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { LINGER_MS: '100' } })
  token = await (await testTokens()).sign('bearer', somebody())
  ann = await dispatcher()
})
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step()
})
afterAll(async () => {
  ann?.close()
  await node?.stop()
  await redis.stop()
})

const manage = async <T>(method: string, path: string, body?: object): Promise<T> => {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` }
  const response = await fetch(`${node.url}/api${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  const said = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${said}`)
  return JSON.parse(said) as T
}
let last = 0
/** A new device of the floor, and its key. */
const addDevice = async (): Promise<{ id: string; key: string }> => {
  const id = `SOCKET-${++last}`
  const { devices } = await manage<AddDevicesReply>('POST', '/devices', { devices: [{ id, name: `Van ${last}` }] })
  return { id, key: devices[0]?.key ?? '' }
}
const connect = (who: { id: string; key: string }, more: Partial<Device> = {}) => {
  const client = connectDevice(node.url, {
    ...who,
    journal: new Map(),
    life: { takes: ['message', 'report_now'] },
    obey: () => ({ state: 'done' }),
    ...more,
  })
  undo.push(client.close)
  return client
}
/** The door without the client: what is said at it as it stands. */
const knock = (auth: object, extraHeaders: Record<string, string> = {}) => {
  const socket = io(`${node.url}/device`, { transports: ['websocket'], forceNew: true, auth, extraHeaders })
  undo.push(() => socket.disconnect())
  return socket
}
const refusalOf = (auth: object, headers?: Record<string, string>) =>
  new Promise((resolve) => {
    knock(auth, headers).on('connect_error', (error) => resolve((error as { data?: { code?: string } }).data?.code))
  })
const trackOf = async (id: string): Promise<Fix[]> =>
  (await manage<{ fixes: Fix[] }>('GET', `/devices/${id}/track?limit=2000`)).fixes

let t = Date.now() - 100_000
const fix = (more: object = {}) => ({ t: ++t, lat: 30.25, lon: -97.75, ...more })
let asked = 0
const command = async (device: string, kind = 'message', args: object = { text: 'Free?' }): Promise<string> => {
  const id = `c${++asked}`
  const reply = await ann.ask<CommandReply>('command', { id, to: { devices: [device] }, kind, args })
  if (!('command' in reply)) throw new Error(JSON.stringify(reply))
  return id
}
const watchCommands = async (id: string): Promise<(command: string) => Told | undefined> => {
  const topic = `d:${id}`
  const reply = await ann.ask<WatchReply>('watch', { topics: [{ topic }] })
  const [result] = 'results' in reply ? reply.results : []
  const first = result?.kind === 'snapshot' ? ((result.snapshot as DeviceSnapshot).commands ?? []) : []
  return (command) => {
    const updates = ann.heard<Segment[]>('updates').flat()
    const told = updates.flatMap((each) => (each.topic === topic ? ((each as DeviceUpdate).commands ?? []) : []))
    return [...first, ...told].findLast((each) => each.id === command)
  }
}

it('a device is let in by its key, and nobody else is', async () => {
  const who = await addDevice()
  expect(await refusalOf({ id: who.id, key: 'x' })).toBe('not_signed_in')
  expect(await refusalOf({})).toBe('unknown_device')
  expect(await refusalOf({ id: 'NOBODY', key: who.key })).toBe('unknown_device')
  expect(await refusalOf(who, { Origin: node.url })).toBe('not_allowed')
  const client = connect(who)
  await eventually('a connection', client.isConnected)
  const counted = async () => (await scrape(node.url)).value('watchfloor_open_connections', { state: 'client' })
  await eventually('it counts as a client', async () => (await counted()) >= 2)
})

it('what a device reports is acknowledged once Redis has it, and a repeat does no harm', async () => {
  const who = await addDevice()
  const client = connect(who)
  for (let i = 0; i < 250; i++) client.fix(fix({ readings: { fuel: 50 } }))
  await eventually('every fix', () => client.account.accepted === 250)
  const track = await trackOf(who.id)
  expect(track.length).toBe(250)
  expect(track.at(-1)).toMatchObject({ t, readings: { fuel: 50 } })

  const socket = knock(who)
  await eventually('a connection', () => socket.connected)
  const { id: _, ...again } = track.at(-1) as Fix
  const wrong = { t: Date.now(), lat: 95, lon: 0 }
  const taken = (await socket.emitWithAck('report', { fixes: [again, wrong] })) as Taken
  expect(taken).toMatchObject({ accepted: 0, repeats: 1 })
  expect(taken.refused[0]).toMatch(/^1:/)
  expect(await socket.emitWithAck('report', { fixes: 'all' })).toMatchObject({ error: { code: 'bad_request' } })
})

it('a command is given to the device at once, done once, and what came of it told to whoever watches', async () => {
  const who = await addDevice()
  const done: Command[] = []
  const client = connect(who, {
    obey: (one) => {
      done.push(one)
      return { state: 'done', answer: 'yes' }
    },
  })
  client.fix(fix())
  await eventually('a fix', () => client.account.accepted === 1)
  const standing = await watchCommands(who.id)
  const id = await command(who.id)
  await eventually('it is done', () => standing(id)?.state === 'done')
  expect(standing(id)).toMatchObject({ answer: 'yes', kind: 'message' })
  expect(done).toMatchObject([{ id, kind: 'message', args: { text: 'Free?' } }])

  client.sleep()
  await eventually('it is gone', () => !client.isConnected())
  const later = await command(who.id)
  client.wake()
  await eventually('what waited is done', () => standing(later)?.state === 'done')
  expect(done.map((each) => each.id)).toEqual([id, later])
})

it('a device with a new key, or without one, is out at once', async () => {
  const who = await addDevice()
  const refused: string[] = []
  const client = connect(who, { refused: (code) => refused.push(code) })
  await eventually('a connection', client.isConnected)
  await manage('DELETE', `/devices/${who.id}/key`)
  await eventually('its end', () => refused.includes('not_signed_in'))
  expect(client.isConnected()).toBe(false)
})

it('a node that stops loses nothing of what devices report, and no command', async () => {
  const who = await addDevice()
  const journal = new Map<string, Noted>()
  const done: string[] = []
  const client = connect(who, {
    journal,
    obey: ({ id }) => {
      done.push(id)
      return { state: 'done' }
    },
  })
  await eventually('a connection', client.isConnected)
  let sent = 0
  const reporting = setInterval(() => {
    client.fix(fix())
    sent++
  }, 10)
  undo.push(() => clearInterval(reporting))
  await eventually('some fixes', () => client.account.accepted > 20)
  const before = await command(who.id)
  await node.kill()
  await eventually('fixes that are kept', () => client.kept() > 20)
  node = await startNode({ redisUrl: redis.url, port: node.port, env: { LINGER_MS: '100' } })
  ann = await dispatcher()
  await eventually('a connection', client.isConnected)
  const after = await command(who.id)
  const standing = await watchCommands(who.id)
  await eventually('both are done', () => [before, after].every((id) => standing(id)?.state === 'done'))
  clearInterval(reporting)
  await eventually('every fix', () => client.kept() === 0)

  const { accepted, repeats, refused, dropped } = client.account
  expect([accepted + repeats, refused, dropped]).toEqual([sent, 0, 0])
  const times = (await trackOf(who.id)).map((each) => each.t)
  expect(new Set(times).size).toBe(sent)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(done.toSorted()).toEqual([before, after].toSorted())
})

it('a node that goes asks its devices to leave before it ends', async () => {
  const who = await addDevice()
  ann.close()
  const goes = await startNode({ redisUrl: redis.url, env: { LOG_LEVEL: 'info' } })
  const client = connectDevice(goes.url, { ...who, journal: new Map(), obey: () => ({ state: 'done' }) })
  undo.push(client.close)
  await eventually('a connection', client.isConnected)
  await goes.stop()
  expect(goes.output()).toMatch(/"clients":1,"left":1,"cut":0/)
})
