import { afterAll, beforeAll, expect, test } from 'vitest'
import { serverKindOf } from '../../../server/kinds/kinds.ts'
import { deviceKeys, placeInCell, publishFixes } from '../../../wire/calls.ts'
import { keyDevice, lifeCall } from '../../../wire/command-calls.ts'
import type { CellSnapshot, Fix } from '../../../wire/fleet.ts'
import { cellTopic, deviceTopic, topicKey, topicPart } from '../../../wire/topics.ts'
import { reloadEverywhere } from '../../support/redis-everywhere.ts'
import { type Floor, startFloor } from '../redis/floor.ts'
import { type Asking, areKnown, asking } from './asking.ts'

let floor: Floor
let calls: Asking
beforeAll(async () => {
  floor = await startFloor()
  calls = asking(floor)
})
afterAll(() => floor.stop())

const MINUTE = 60_000
const DAY = 86_400_000
const heard = (id: string, ago: number) => floor.redis.hset(topicKey(deviceTopic(id)), 'heard', Date.now() - ago)
const reap = (id: string, silence: number) =>
  floor.run({ name: 'wf1_reap', keys: [topicKey(deviceTopic(id))], args: [silence] })

test('a fix carries readings and that the device stopped: to its watchers, its track and its cell', async () => {
  const id = floor.fresh('read')
  const listener = await floor.listen(deviceTopic(id))
  const readings = { fuel: 0.5, accuracy: 12, temperature: -3.25, door: 1 }
  const [, , accepted, , text, cell] = await calls.fix(id, { speed: 3, route: '7', parked: true, readings })
  expect(accepted).toBe(1)
  const wanted = { id, speed: 3, route: '7', parked: true, readings }
  expect(JSON.parse(String(text))).toMatchObject(wanted)
  expect(String(text)).toMatch(/"route":"7","parked":true,"readings":\{"accuracy":12,"door":1,"fuel":0.5,.*\}\}$/)
  expect(await floor.run(placeInCell(String(cell), [String(text)]))).toMatchObject({ 2: 1 })
  const snapshot = await floor.snapshot<CellSnapshot>(cellTopic(String(cell)))
  expect(snapshot.snapshot.fixes.find((fix) => fix.id === id)).toMatchObject(wanted)
  expect(await listener.updates()).toMatchObject([{ fixes: [wanted] }])
  expect(areKnown(listener.texts)).toBe(true)
  expect(await floor.redis.zrange(topicPart(deviceTopic(id), 'past'), '0', '-1')).toEqual([text])
  // A node of another memory checks the fix again, and takes no reading that step 1 did not write.
  await reloadEverywhere(floor.redis)
  const forged = String(text).replace('"fuel":0.5', '"Fuel":0.5')
  await expect(floor.run(placeInCell(String(cell), [forged]))).rejects.toThrow('WFARG')
  expect(await floor.run(placeInCell(String(cell), [String(text)]))).toMatchObject({ 2: 0 })
})

test('readings that cannot be are left out, and the position is taken all the same', async () => {
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`r${String(i).padStart(2, '0')}`, i]))
  const cases: [given: string, wanted: Fix['readings']][] = [
    ['{"Fuel":1,"2a":2,"a-b":3,"ok":4}', { ok: 4 }],
    ['{"a":"1","b":true,"c":null,"d":[1],"e":{"f":1},"g":1e999,"h":1e16,"i":-0.5}', { i: -0.5 }],
    [JSON.stringify(many), Object.fromEntries(Object.entries(many).slice(0, 16))],
    [`{"${'x'.repeat(24)}":1,"${'y'.repeat(25)}":2}`, { ['x'.repeat(24)]: 1 }],
    ['{}', undefined],
    ['[1,2]', undefined],
    ['"x"', undefined],
    ['{"a":', undefined],
    [`{"a":1,"b":"${'x'.repeat(2000)}"}`, undefined],
  ]
  for (const [given, wanted] of cases) {
    const id = floor.fresh('odd')
    const args = [1, Date.now(), 52, 13, '', '', '', '', '', given]
    const reply = (await floor.run({ name: 'wf2_device', keys: deviceKeys(id), args })) as string[]
    expect([reply[2], JSON.parse(reply[4] ?? '').readings], given).toEqual([1, wanted])
  }
  await expect(
    floor.run({ ...publishFixes('X', []), name: 'wf2_device', args: [1, 2, 3, 4, 5, 6, 7, 8] }),
  ).rejects.toThrow('WFARG a fix takes ten values')
})

test('how often a device reports is learnt from its fixes, told with one of them, and known after a new start', async () => {
  const id = floor.fresh('learn')
  const listener = await floor.listen(deviceTopic(id))
  const start = Date.now() - DAY
  let [n, t] = [0, start]
  const report = (...seconds: number[]) => {
    const fixes = seconds.map((each): Fix => {
      t += each * 1000
      return { id, n: ++n, t, lat: 52, lon: 13 }
    })
    return floor.run(publishFixes(id, fixes))
  }
  const every = async () => (await calls.state(id)).life?.every
  await report(0)
  await report(31)
  expect(await every()).toBeUndefined()
  await report(29)
  expect(await every()).toBe(30)
  // A pause, a few early ones and what goes on as before change nothing.
  await report(8000, 30, 5, 5, 5, 33)
  expect(await every()).toBe(30)
  await reloadEverywhere(floor.redis)
  await report(30, 30)
  expect(await every()).toBe(30)
  await report(9, 11, 10, 10)
  expect(await every()).toBe(10)
  const lives = (await listener.updates()).map(({ fixes, life }) => [fixes?.length, life?.every])
  expect(lives.filter(([, learnt]) => learnt)).toEqual([
    [1, 30],
    [4, 10],
  ])
  expect(areKnown(listener.texts)).toBe(true)
})

test('a sign of life is told where it says anything new, and else every ten seconds', async () => {
  const id = floor.fresh('life')
  const listener = await floor.listen(deviceTopic(id))
  const sign = {
    parked: true,
    every: 300,
    takes: ['stop', 'report_now'],
    door: 'osmand',
    attributes: { a: 'ü"}', b: 2 },
  }
  expect(await calls.live(id, sign)).toMatchObject({ seq: 1, waiting: 0 })
  expect(await calls.live(id, sign)).toMatchObject({ seq: 1 })
  expect(await calls.live(id)).toMatchObject({ seq: 1 })
  expect(await calls.live(id, { every: 60 })).toMatchObject({ seq: 2 })
  // What Redis decoded is forgotten: what it holds says the same.
  await reloadEverywhere(floor.redis)
  expect((await calls.live(id, { ...sign, every: 60 })).seq).toBe(2)
  expect((await calls.live(id, { takes: [], attributes: {}, parked: false })).seq).toBe(3)
  const told = (await listener.updates()).map(({ life }) => life)
  expect(told).toEqual([
    { heard: expect.any(Number), ...sign },
    { heard: expect.any(Number), ...sign, every: 60 },
    { heard: expect.any(Number), every: 60, door: 'osmand' },
  ])
  expect(areKnown(listener.texts)).toBe(true)
  const key = topicKey(deviceTopic(id))
  await floor.redis.hset(
    key,
    'signs',
    ((await floor.redis.hget(key, 'signs')) ?? '').replace(/\d{13}/, '1000000000000'),
  )
  await reloadEverywhere(floor.redis)
  expect((await calls.live(id)).seq).toBe(4)
  const { cursor } = await floor.snapshot(deviceTopic(id))
  expect(await floor.read(deviceTopic(id), { ...cursor, seq: 3 })).toMatchObject({ kind: 'replay' })
})

test('what cannot be is not told by a sign of life, which counts all the same', async () => {
  const id = floor.fresh('strange')
  const call = lifeCall(id, {})
  const big = JSON.stringify({ a: 'x'.repeat(2000) })
  for (const args of [
    ['2', '-1', '{"a":1}', '[1]', 'A door'],
    ['yes', 'soon', '["No Kind"]', '{"a":{}}', 'x'.repeat(25)],
    ['', '1e99', '[1,2]', big, '"'],
    ['', 'NaN', 'not json', '{"a":1e999}', ''],
  ])
    await floor.run({ ...call, args })
  expect((await calls.state(id)).life).toEqual({ heard: expect.any(Number) })
  await expect(floor.run({ ...call, args: ['1'] })).rejects.toThrow('WFARG')
  await expect(floor.run({ ...call, keys: call.keys.slice(0, 3) })).rejects.toThrow('WFKEY')
})

test('a state says when anything came last, and a fix counts', async () => {
  const id = floor.fresh('heard')
  await calls.live(id, { attributes: { text: '"heard":1,"parked":true', parked: true } })
  await heard(id, 5 * MINUTE)
  const before = Date.now() - 4 * MINUTE
  expect((await calls.state(id)).life?.heard).toBeLessThan(before)
  await calls.fix(id)
  const { life } = await calls.state(id)
  expect(life?.heard).toBeGreaterThan(before)
  expect(life?.parked).toBeUndefined()
})

test('a device that said it stopped stays on the map for a day, others as long as is asked for', async () => {
  const [moving, stopped, fixed] = [floor.fresh('moves'), floor.fresh('stopped'), floor.fresh('fixed')]
  await calls.fix(moving)
  await calls.live(moving, { attributes: { parked: true, text: ',"parked":true' } })
  await calls.fix(stopped)
  await calls.live(stopped, { parked: true, every: 60 })
  await calls.fix(fixed, { parked: true })
  for (const id of [moving, stopped, fixed]) await heard(id, 60 * MINUTE)
  expect(await reap(moving, MINUTE)).toHaveLength(3)
  for (const id of [stopped, fixed]) expect(await reap(id, MINUTE)).toEqual([])
  expect((await calls.state(moving)).cell).toBeNull()
  for (const id of [stopped, fixed]) {
    await heard(id, DAY + MINUTE)
    expect(await reap(id, MINUTE)).toHaveLength(3)
  }
})

test('a new key is told without itself, and is nowhere in the state', async () => {
  const id = floor.fresh('keyed')
  const listener = await floor.listen(deviceTopic(id))
  const hash = 'ab'.repeat(32)
  expect(await floor.run(keyDevice(id, hash))).toMatchObject({ 0: 1 })
  expect(await floor.redis.hget(topicKey(deviceTopic(id)), 'key')).toBe(hash)
  expect(await floor.run(keyDevice(id, ''))).toMatchObject({ 0: 2 })
  expect(await floor.redis.hget(topicKey(deviceTopic(id)), 'key')).toBe('')
  expect(await listener.updates()).toMatchObject([{ keyed: expect.any(Number) }, { keyed: expect.any(Number) }])
  expect(areKnown(listener.texts)).toBe(true)
  const state = await calls.state(id)
  expect([JSON.stringify(state), listener.texts.join()].join()).not.toContain(hash)
  expect(JSON.stringify(state)).toMatch(serverKindOf(deviceTopic(id)).isSnapshot)
  await expect(floor.run(keyDevice(id, 'no "hash"'))).rejects.toThrow('WFARG')
})
