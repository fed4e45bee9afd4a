import { afterAll, beforeAll, expect, test } from 'vitest'
import { leaveCell, placeInCell, publishFixes } from '../../../wire/calls.ts'
import { cellOf } from '../../../wire/cells.ts'
import type { Fix } from '../../../wire/fleet.ts'
import { cellTopic, topicKey } from '../../../wire/topics.ts'
import { keysEverywhere } from '../../support/redis-everywhere.ts'
import { type Floor, startFloor, toReply } from './floor.ts'
import { BASE } from './market-items.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const AUSTIN = { lat: 30.2672, lon: -97.7431 }
const CELL = cellOf(AUSTIN.lat, AUSTIN.lon)
const fix = (more: Partial<Fix> = {}): Fix => ({ id: 'BUS', n: 1, t: BASE, ...AUSTIN, ...more })

const json = JSON.stringify
const garbage: string[] = [
  ...['', 'x', '{', 'null', '1', '"x"', '[]', '{}', '[1]', '{"id":"BUS"}', `${json(fix())}x`],
  ...[85.06, -90].map((lat) => json(fix({ lat }))),
  ...['', ' a', 'a"', 'a\n', 'a}', '..', 'a'.repeat(65)].map((id) => json(fix({ id }))),
  ...[0, -1, 1.5, 2 ** 53].map((n) => json(fix({ n }))),
  ...[0, BASE + 0.5, Date.now() + 3_600_000, 253402300799000].map((t) => json(fix({ t }))),
  ...['"x"', 'null', '[]', '{}', 'true', 'NaN', '1e999'].flatMap((value) =>
    ['n', 't', 'lat', 'lon', 'speed', 'heading', 'battery'].map((field) =>
      json({ ...fix(), [field]: '@' }).replace('"@"', value),
    ),
  ),
  ...[
    json({ ...fix(), route: 7 }),
    json({ ...fix(), route: {} }),
    json(fix({ route: 'x'.repeat(65) })),
    json({ ...fix(), id: 7 }),
  ],
  json(fix({ lon: AUSTIN.lon + 0.1 })),
  json(fix({ lat: AUSTIN.lat - 0.1 })),
]

test('a cell takes no garbage and no fix of another cell, nor the good ones that come with it', async () => {
  const listener = await floor.listen(cellTopic(CELL))
  for (const text of garbage) {
    await expect(floor.run(placeInCell(CELL, [text])), text).rejects.toThrow(/^WFARG/)
    await expect(floor.run(placeInCell(CELL, [json(fix()), text])), text).rejects.toThrow(/^WFARG/)
  }
  expect(await listener.updates()).toEqual([])
  expect(await keysEverywhere(floor.redis, `${topicKey(cellTopic(CELL))}*`)).toEqual([])
  const whole = fix({ speed: 1.5, heading: 359.9, battery: 0, route: 'Airport 20/b' })
  await floor.run(placeInCell(CELL, [json(whole)]))
  expect(await listener.updates()).toMatchObject([{ seq: 1, fixes: [whole] }])
  await listener.stop()
})

test('a cell takes only what is newer than what it shows, by time, then by number', async () => {
  const [id, lat, lon] = [floor.fresh('order'), 12.01, 34.01]
  const cell = cellOf(lat, lon)
  const listener = await floor.listen(cellTopic(cell))
  const at = (s: number, n: number): Fix => fix({ id, n, t: BASE + s, lat, lon })
  const given: [Fix, accepted: number][] = [
    [at(5, 5), 1],
    [at(5, 5), 0],
    [at(4, 9), 0],
    [at(5, 4), 0],
    [at(5, 6), 1],
  ]
  for (const [one, accepted] of given)
    expect(await floor.run(placeInCell(cell, [json(one)]))).toMatchObject({ 2: accepted })
  const both = placeInCell(cell, [json(at(7, 1)), json(at(6, 8)), json(at(8, 2))])
  expect(await floor.run(both)).toMatchObject({ 0: 3, 2: 2 })
  expect((await listener.updates()).map(({ fixes }) => fixes)).toEqual([[at(5, 5)], [at(5, 6)], [at(7, 1), at(8, 2)]])
  expect(await floor.read(cellTopic(cell))).toMatchObject({ snapshot: { fixes: [at(8, 2)] } })
})

test('the cell to clear is told by the call that moves, by its retries, and not lost by fixes in between', async () => {
  const id = floor.fresh('from')
  const step = async (...fixes: [n: number, lon: number][]): Promise<string[]> => {
    const given = fixes.map(([n, lon]) => fix({ id, n, t: BASE + n * 7_200_000, lat: 40.01, lon }))
    return toReply(await floor.run(publishFixes(id, given))).rest.slice(1)
  }
  const [a, b, c] = [10.01, 11.01, 12.01]
  const [inA, inB, inC] = [a, b, c].map((lon) => cellOf(40.01, lon))
  expect(await step([1, a])).toEqual([inA, ''])
  expect(await step([2, a])).toEqual([inA, ''])
  expect(await step([3, b])).toEqual([inB, inA])
  expect(await step([3, b])).toEqual([inB, inA])
  expect(await step([4, b])).toEqual([inB, ''])
  expect(await step([4, b])).toEqual([inB, inA])
  expect(await step([5, c], [6, a], [7, c])).toEqual([inC, inB])
  expect(await step([8, b], [9, c])).toEqual([inC, ''])
})

test('a device leaves a cell only with what is not older than what the cell shows', async () => {
  const [n, t] = [5, BASE + 5]
  const { lat, lon } = { lat: -30.01, lon: 20.01 }
  const cell = cellOf(lat, lon)
  await floor.run(placeInCell(cell, [json(fix({ n, t, lat, lon }))]))
  for (const call of [
    leaveCell(cell, 'BUS', t, n - 1, ''),
    leaveCell(cell, 'BUS', t - 1, n + 1, ''),
    leaveCell(cell, 'X', t, n, ''),
  ])
    expect(await floor.run(call)).toMatchObject({ 0: 1, 2: 0 })
  expect(await floor.run(leaveCell(cell, 'BUS', t, n, CELL))).toMatchObject({ 0: 2, 2: 1 })
  expect(await floor.run(leaveCell(cell, 'BUS', t, n, CELL))).toMatchObject({ 0: 2, 2: 0 })
})
