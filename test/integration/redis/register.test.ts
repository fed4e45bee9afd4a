import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createRegister } from '../../../server/fleet/register.ts'
import { createRegisterMender, takeOverDevices } from '../../../server/fleet/register-mender.ts'
import { startSweeper } from '../../../server/fleet/sweeper.ts'
import { createReader } from '../../../server/redis/read.ts'
import { type Call, MOST_LISTED, publishFixes, registerDevices, unregisterDevices } from '../../../wire/calls.ts'
import type { RegisterUpdate } from '../../../wire/register.ts'
import { deviceTopic, REGISTER, topicKey, topicKeys } from '../../../wire/topics.ts'
import { eventually } from '../../support/eventually.ts'
import { noFaults } from '../../support/faults.ts'
import { flushEverything, installEverywhere } from '../../support/redis-everywhere.ts'
import { type Floor, startFloor } from './floor.ts'
import { BASE } from './market-items.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())
beforeEach(async () => {
  await flushEverything(floor.redis)
  await installEverywhere(floor.redis)
})

const changed = async (call: Call): Promise<number> => ((await floor.run(call)) as [number, string, number])[2]
/** What a listener heard, which hears no more. */
const told = async (listener: Awaited<ReturnType<Floor['listen']>>): Promise<RegisterUpdate[]> => {
  const updates = await listener.updates()
  await listener.stop()
  return updates.map(({ devices, gone }) => ({ ...(devices && { devices }), ...(gone && { gone }) }))
}

test('what is new or called something else is told once, an id alone changes nothing that is known', async () => {
  const listener = await floor.listen(REGISTER)
  const bus = { id: 'BUS-1', name: 'Línea "5" / a', group: 'buses', category: 'bus' }
  expect(await changed(registerDevices([{ id: 'A' }, { id: 'BUS-1' }]))).toBe(2)
  expect(await changed(registerDevices([{ id: 'A' }, { id: 'BUS-1' }]))).toBe(0)
  expect(await changed(registerDevices([bus, { id: 'A' }, bus]))).toBe(1)
  expect(await changed(registerDevices([bus]))).toBe(0)
  expect(await changed(registerDevices([{ id: 'BUS-1' }]))).toBe(0)
  expect(await changed(registerDevices([{ ...bus, name: 'Bus 1' }]))).toBe(1)
  expect(await told(listener)).toEqual([
    { devices: [{ id: 'A' }, { id: 'BUS-1' }] },
    { devices: [bus] },
    { devices: [{ ...bus, name: 'Bus 1' }] },
  ])
  expect(await floor.snapshot(REGISTER)).toMatchObject({ cursor: { seq: 3 }, snapshot: { count: 2 } })
})

test('what was reaped is told once, stays with its name, and comes back by its id', async () => {
  const car = { id: 'CAR', name: 'Car', group: 'cars' }
  await floor.run(registerDevices([car, { id: 'B' }]))
  const listener = await floor.listen(REGISTER)
  expect(await changed(unregisterDevices(['CAR', 'NOBODY', 'CAR']))).toBe(1)
  expect(await changed(unregisterDevices(['CAR']))).toBe(0)
  expect(await changed(registerDevices([{ id: 'CAR' }]))).toBe(1)
  expect(await changed(registerDevices([{ id: 'CAR' }]))).toBe(0)
  expect(await told(listener)).toEqual([{ gone: ['CAR'] }, { devices: [car] }])
  expect(await floor.snapshot(REGISTER)).toMatchObject({ snapshot: { count: 2 } })
})

test('a cursor gets exactly what came since, one of another life the count', async () => {
  await floor.run(registerDevices([{ id: 'A' }]))
  const { cursor } = await floor.snapshot(REGISTER)
  expect(await floor.read(REGISTER, cursor)).toEqual({ kind: 'current', cursor })
  await floor.run(registerDevices([{ id: 'B' }]))
  await floor.run(unregisterDevices(['A']))
  expect(await floor.read(REGISTER, cursor)).toMatchObject({
    kind: 'replay',
    updates: [
      { seq: 2, devices: [{ id: 'B' }] },
      { seq: 3, gone: ['A'] },
    ],
  })
  expect(await floor.read(REGISTER, { ...cursor, epoch: 'x' })).toMatchObject({
    kind: 'snapshot',
    snapshot: { count: 2 },
  })
})

test('what is no device, or too many, is refused with the whole call, and nothing is written', async () => {
  const [keys, name] = [topicKeys(REGISTER), 'wf1_register']
  const wrong: Call[] = [
    { name, keys, args: ['A', '', ''] },
    { name, keys, args: ['A', '', '', '', '', '', '', ''] },
    ...[' A', 'A"', '..', 'x'.repeat(65)].map((id) => registerDevices([{ id: 'A' }, { id }])),
    registerDevices([{ id: 'A', name: Buffer.from([0xff]) as never }]),
    registerDevices(Array.from({ length: MOST_LISTED + 1 }, (_, i) => ({ id: `D${i}` }))),
    unregisterDevices(['A', '{']),
    unregisterDevices(Array.from({ length: MOST_LISTED + 1 }, (_, i) => `D${i}`)),
  ]
  for (const call of wrong) await expect(floor.run(call), JSON.stringify(call)).rejects.toThrow(/^WFARG/)
  for (const other of ['wf:{r:devices}:', 'wf:{r:buses}', 'wf:{d:devices}'])
    await expect(floor.run({ name, keys: [other, `${other}:log`, `${other}:entries`], args: [] })).rejects.toThrow(
      /^WFKEY/,
    )
  expect(await floor.redis.exists(topicKey(REGISTER))).toBe(0)
  const long = 'é'.repeat(100)
  await floor.run(registerDevices(Array.from({ length: MOST_LISTED }, (_, i) => ({ id: `D${i}`, name: long }))))
  expect(await floor.snapshot(REGISTER)).toMatchObject({ cursor: { seq: 1 }, snapshot: { count: MOST_LISTED } })
})

test('a node follows the register by its cursor, and reads it anew where that leads nowhere', async () => {
  const toldOf: string[] = []
  const register = createRegister(floor.redis, createReader(floor.redis), (key, why) => toldOf.push(`${key} ${why}`))
  expect(await register()).toMatchObject({ ids: [], complete: true, cursor: { epoch: '', seq: 0 } })
  await floor.run(registerDevices([{ id: 'b', name: 'Bee' }, { id: 'A' }]))
  expect((await register()).ids).toEqual(['A', 'b'])
  await floor.run(registerDevices([{ id: 'a' }]))
  await floor.run(unregisterDevices(['b']))
  const followed = await register()
  expect([followed.ids, followed.entries.get('b'), followed.cursor.seq]).toEqual([
    ['A', 'a', 'b'],
    { id: 'b', name: 'Bee', gone: true },
    3,
  ])
  await floor.run(registerDevices([{ id: 'b' }]))
  expect((await register()).entries.get('b')).toEqual({ id: 'b', name: 'Bee' })
  await flushEverything(floor.redis)
  await floor.run(registerDevices([{ id: 'new' }]))
  await floor.redis.hset(topicKeys(REGISTER)[2] ?? '', { odd: 'no JSON', other: '{"id":"another"}' })
  expect((await register()).ids).toEqual(['new'])
  expect(toldOf).toHaveLength(2)
})

test('what there was before the register is taken over: described, on the map, or reaped', async () => {
  for (const id of ['old', 'reaped', 'named']) {
    const fix = { id, n: 1, t: BASE, lat: 30, lon: -97 }
    await floor.run(publishFixes(id, [fix]))
  }
  await floor.redis.hset(topicKey(deviceTopic('named')), { name: 'Named', group: 'vans' })
  await floor.redis.hset(topicKey(deviceTopic('reaped')), 'cell', '')
  await floor.redis.set(topicKey(deviceTopic('text')), 'no device')
  const register = createRegister(floor.redis, createReader(floor.redis), () => {})
  await takeOverDevices(floor.redis, createRegisterMender(floor.redis, await register()))
  const { entries, cursor } = await register()
  expect(Object.fromEntries(entries)).toEqual({
    old: expect.objectContaining({ id: 'old' }),
    reaped: expect.objectContaining({ id: 'reaped', gone: true }),
    named: { id: 'named', name: 'Named', group: 'vans' },
  })
  await takeOverDevices(floor.redis, createRegisterMender(floor.redis, await register()))
  expect((await register()).cursor).toEqual(cursor)
})

test('devices of before the register are taken over by a node that finds another one at it, and a register begun', async () => {
  await floor.run(publishFixes('reaped', [{ id: 'reaped', n: 1, t: BASE, lat: 30, lon: -97 }]))
  await floor.redis.hset(topicKey(deviceTopic('reaped')), 'cell', '')
  await floor.run(registerDevices([{ id: 'new' }]))
  await floor.redis.set('wf:{sweeper}', 'another', 'PX', 1000)
  const register = createRegister(floor.redis, createReader(floor.redis), () => {})
  const options = { reapAfterMs: 1e12, everyMs: 200 }
  const stop = startSweeper(floor.redis, 'node', options, pino({ level: 'silent' }), noFaults, register)
  try {
    const known = async (): Promise<boolean> => (await register()).entries.get('reaped')?.gone === true
    await eventually('it is in the register', known)
  } finally {
    stop()
  }
})
