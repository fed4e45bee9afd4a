import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishFixes } from '../../../wire/calls.ts'
import type { CellSnapshot, DeviceSnapshot, Fix } from '../../../wire/fleet.ts'
import { cellTopic, deviceTopic, topicPart } from '../../../wire/topics.ts'
import { followingCalls } from './fleet-steps.ts'
import { type Floor, startFloor, toReply } from './floor.ts'
import { BASE } from './market-items.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

/** Degrees of latitude in a metre. */
const METRE = 180 / (Math.PI * 6_371_000)
/** A fix so many seconds and metres (to the north) from the start. */
type Step = { s: number; m: number; speed?: number }

/** Sends fixes one by one; answers which of them are doubtful, and where the device is in the end (metres). */
const drive = async (steps: readonly Step[]) => {
  const id = floor.fresh('drive')
  const listener = await floor.listen(deviceTopic(id))
  for (const [i, { s, m, ...more }] of steps.entries()) {
    const fix = { id, n: i + 1, t: BASE + s * 1000, lat: 30 + m * METRE, lon: -97, ...more }
    const reply = toReply(await floor.run(publishFixes(id, [fix])))
    expect(reply.accepted).toBe(1)
    for (const call of followingCalls(id, reply)) await floor.run(call)
  }
  const heard = (await listener.updates()).flatMap(({ fixes = [] }) => fixes)
  await listener.stop()
  const track = (await floor.redis.zrange(topicPart(deviceTopic(id), 'past'), '0', '-1')).map(
    (text) => JSON.parse(text) as Fix,
  )
  expect(track.toSorted((a, b) => a.n - b.n)).toEqual(heard)
  const { last, cell } = (await floor.snapshot<DeviceSnapshot>(deviceTopic(id))).snapshot
  const shown = cell
    ? (await floor.snapshot<CellSnapshot>(cellTopic(cell))).snapshot.fixes.find((fix) => fix.id === id)
    : null
  expect(shown ?? null).toEqual(last)
  expect(last?.doubtful).toBeUndefined()
  return {
    doubtful: heard.filter((fix) => fix.doubtful).map(({ n }) => n),
    at: last && Math.round((last.lat - 30) / METRE),
  }
}

test('1,776 m in 33 s are doubtful, and the device stays where it was', async () => {
  expect(
    await drive([
      { s: 0, m: 0 },
      { s: 33, m: 1776 },
    ]),
  ).toEqual({ doubtful: [2], at: 0 })
  expect(
    await drive([
      { s: 0, m: 0, speed: 12 },
      { s: 33, m: 1776, speed: 12 },
      { s: 66, m: 400, speed: 12 },
    ]),
  ).toEqual({
    doubtful: [2],
    at: 400,
  })
})

test('a speed that no way bears out is doubtful: 113.9952 m/s for a bus', async () => {
  expect(
    await drive([
      { s: 0, m: 0, speed: 10 },
      { s: 30, m: 300, speed: 113.9952 },
      { s: 60, m: 600, speed: 10 },
    ]),
  ).toEqual({
    doubtful: [2],
    at: 600,
  })
  expect(await drive([{ s: 0, m: 0, speed: 113.9952 }])).toEqual({ doubtful: [1], at: null })
  expect(
    await drive([
      { s: 0, m: 0, speed: 113.9952 },
      { s: 30, m: 200, speed: 7 },
    ]),
  ).toEqual({ doubtful: [1], at: 200 })
})

test('where a second fix agrees, the device has moved', async () => {
  expect(
    await drive([
      { s: 0, m: 0 },
      { s: 10, m: 50_000 },
      { s: 20, m: 50_100 },
    ]),
  ).toEqual({ doubtful: [2], at: 50_100 })
})

test('a plane that tells its speed is believed, and one that does not is from the second fix on', async () => {
  const flight = Array.from({ length: 6 }, (_, i) => ({ s: i * 10, m: i * 2400 }))
  expect(await drive(flight.map((step) => ({ ...step, speed: 240 })))).toEqual({ doubtful: [1], at: 12_000 })
  expect(await drive(flight)).toEqual({ doubtful: [2], at: 12_000 })
})

test('errors of a receiver, long silence and slow devices are no reason for doubt', async () => {
  expect(
    await drive([
      { s: 0, m: 0 },
      { s: 1, m: 90 },
      { s: 2, m: 0 },
      { s: 2, m: 80 },
    ]),
  ).toMatchObject({ doubtful: [] })
  expect(
    await drive([
      { s: 0, m: 0 },
      { s: 36_000, m: 900_000 },
    ]),
  ).toMatchObject({ doubtful: [] })
})

test('a late fix is judged by the fix before it, and moves nothing', async () => {
  expect(
    await drive([
      { s: 0, m: 0 },
      { s: 600, m: 5000 },
      { s: 300, m: 2500 },
      { s: 310, m: 90_000 },
    ]),
  ).toEqual({
    doubtful: [4],
    at: 5000,
  })
})

/** Every fix that the device tells with `speed`, where it goes at `pace` and is heard every `every` seconds. */
const steady = (pace: number, speed: number, every: number): Step[] =>
  Array.from({ length: 20 }, (_, i) => ({ s: i * every, m: i * every * pace, speed }))

test('a speed told in other units, or one that means unknown, holds a device back for one fix', async () => {
  for (const [pace, speed, every] of [
    [23.6, 85, 30], // km/h
    [0, 102.3, 10], // of AIS: not available
    [9, 255, 30],
    [36, 130, 1],
  ] as const) {
    const { doubtful, at } = await drive(steady(pace, speed, every))
    expect({ speed, doubtful, at }).toEqual({ speed, doubtful: [1], at: Math.round(19 * every * pace) })
  }
})

test('several fixes a second say nothing against the speed that is told', async () => {
  expect(await drive(steady(60, 60, 0.1))).toEqual({ doubtful: [1], at: 114 })
  expect(await drive(steady(230, 230, 0.5))).toEqual({ doubtful: [1], at: 2185 })
})

test('what gathers speed from a standstill is followed, however fast', async () => {
  const steps = Array.from({ length: 12 }, (_, i) => ({ s: i * 3, m: 140 * i * i }))
  expect(await drive(steps)).toMatchObject({ at: 140 * 121 })
})
