import * as fc from 'fast-check'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRegister } from '../../../server/fleet/register.ts'
import { createRegisterMender } from '../../../server/fleet/register-mender.ts'
import { sweep } from '../../../server/fleet/sweeper.ts'
import { createReader } from '../../../server/redis/read.ts'
import { describeDevice, placeInCell, publishFixes, registerDevices } from '../../../wire/calls.ts'
import type { CellSnapshot, DeviceSnapshot, Fix } from '../../../wire/fleet.ts'
import { OTHER } from '../../../wire/groups.ts'
import { cellTopic, deviceTopic, REGISTER, topicKey, topicPart } from '../../../wire/topics.ts'
import { deliver, deliveries, followingCalls, type Ground, interleave, newGround } from './fleet-steps.ts'
import { type Floor, startFloor, toReply } from './floor.ts'
import { BASE } from './market-items.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const NEVER = 1e12
const HOUR = 3_600_000
/** Milliseconds between two fixes: enough for the way into any other cell. */
const MOVES_IN = 1_200_000

const fixAt = (ground: Ground, id: string, n: number, cell: number): Fix => ({
  id,
  n,
  t: BASE + n * MOVES_IN,
  ...ground.at([cell, 0]),
})

/** All steps of one fix, or only the first `most` of steps 2 and 3. */
const report = async (fix: Fix, most = 2): Promise<void> => {
  const reply = toReply(await floor.run(publishFixes(fix.id, [fix])))
  for (const call of followingCalls(fix.id, reply).slice(0, most)) await floor.run(call)
}

/** The cells of the ground that show a device, and the number of the fix that each shows. */
const shownIn = async (ground: Ground, id: string): Promise<[cell: number, n: number][]> => {
  const shown: [number, number][] = []
  for (const [i, cell] of ground.cells.entries()) {
    const { snapshot } = await floor.snapshot<CellSnapshot>(cellTopic(cell))
    const fix = snapshot.fixes.find((fix) => fix.id === id)
    if (fix) shown.push([i, fix.n])
  }
  return shown
}

const whereIs = async (id: string): Promise<string | null> =>
  (await floor.snapshot<DeviceSnapshot>(deviceTopic(id))).snapshot.cell

test('a device left in two cells stays in the newer one, and who watches the older hears where it went', async () => {
  const [ground, id] = [newGround(), floor.fresh('two')]
  await report(fixAt(ground, id, 1, 0))
  await report(fixAt(ground, id, 2, 1), 1)
  expect(await shownIn(ground, id)).toEqual([
    [0, 1],
    [1, 2],
  ])
  const listener = await floor.listen(cellTopic(ground.cells[0] ?? ''))
  expect(await sweep(floor.redis, NEVER)).toBe(1)
  expect(await shownIn(ground, id)).toEqual([[1, 2]])
  expect(await listener.updates()).toMatchObject([
    { left: [{ id, t: BASE + 2 * MOVES_IN, n: 2, to: ground.cells[1] }] },
  ])
  expect(await sweep(floor.redis, NEVER)).toBe(0)
})

test.each([1, 0])('a fix that was only stored is shown where it is (cell %d), and nowhere else', async (cell) => {
  const [ground, id] = [newGround(), floor.fresh('half')]
  await report(fixAt(ground, id, 1, 0))
  await report(fixAt(ground, id, 2, cell), 0)
  await sweep(floor.redis, NEVER)
  expect(await shownIn(ground, id)).toEqual([[cell, 2]])
})

/** Puts a device into a group, and does the first `most` of steps 2 and 3. Returns its cell. */
const regroup = async (id: string, group: string, most = 2): Promise<string> => {
  const reply = toReply(await floor.run(describeDevice(id, { group })))
  for (const call of followingCalls(id, reply).slice(0, most)) await floor.run(call)
  return reply.rest[1] ?? ''
}
const showing = async (cells: readonly string[], id: string): Promise<boolean[]> =>
  Promise.all(
    cells.map(async (cell) => {
      const { snapshot } = await floor.snapshot<CellSnapshot>(cellTopic(cell))
      return snapshot.fixes.some((fix) => fix.id === id)
    }),
  )

test.each([0, 1])(
  'a silent device whose feed died between the steps of a change of its group (%d done) moves',
  async (most) => {
    const [ground, id] = [newGround(), floor.fresh('regrouped')]
    await report(fixAt(ground, id, 1, 0))
    const cells = [ground.cells[0] ?? '', await regroup(id, 'buses', most)]
    expect(await showing(cells, id)).toEqual([true, most === 1])
    expect(await sweep(floor.redis, NEVER)).toBe(1)
    expect(await showing(cells, id)).toEqual([false, true])
  },
)

test('a device that comes back to its group while it is taken out of its cell stays on the map', async () => {
  const [ground, id] = [newGround(), floor.fresh('wavering')]
  await report(fixAt(ground, id, 1, 0))
  const cells = [ground.cells[0] ?? '', await regroup(id, 'buses', 0)]
  const { redis } = floor
  const meanwhile = Object.assign(Object.create(redis) as typeof redis, {
    call: async (...args: Parameters<typeof redis.call>) => {
      if (args[1] === 'wf1_leave') await regroup(id, OTHER)
      return redis.call(...args)
    },
  })
  expect(await sweep(meanwhile, NEVER)).toBe(1)
  expect(await showing(cells, id)).toEqual([true, false])
})

test('a device of the register that no cell shows is placed where it is, unless it was reaped', async () => {
  const register = createRegister(floor.redis, createReader(floor.redis as Redis), () => {})
  const [ground, id, reaped, odd] = [newGround(), floor.fresh('lost'), floor.fresh('reaped'), floor.fresh('odd')]
  for (const each of [id, reaped, odd]) await report(fixAt(ground, each, 1, 2), 0)
  await floor.redis.call('FCALL', 'wf1_reap', 1, topicKey(deviceTopic(reaped)), 0)
  await floor.redis.hset(topicKey(deviceTopic(odd)), 'cell', 'no cell')
  await floor.run(registerDevices([{ id: odd }, { id }, { id: reaped }, { id: floor.fresh('described') }]))
  const told: string[] = []
  await sweep(floor.redis, NEVER, (key) => told.push(key), createRegisterMender(floor.redis, await register()))
  expect(await shownIn(ground, id)).toEqual([[2, 1]])
  expect(await shownIn(ground, reaped)).toEqual([])
  expect((await register()).entries.get(reaped)?.gone).toBe(true)
  expect(told).toEqual([topicKey(deviceTopic(odd))])
  await floor.redis.hset(topicKey(deviceTopic(odd)), 'cell', '')
})

test('a device that no truth knows is taken off', async () => {
  const [ground, id] = [newGround(), floor.fresh('ghost')]
  await floor.run(placeInCell(ground.cells[2] ?? '', [JSON.stringify(fixAt(ground, id, 1, 2))]))
  expect(await sweep(floor.redis, NEVER)).toBe(1)
  expect(await shownIn(ground, id)).toEqual([])
})

test('a silent device is reaped and told to be nowhere; its next fix brings it back, a late one does not', async () => {
  const [ground, id, other] = [newGround(), floor.fresh('mute'), floor.fresh('loud')]
  const key = topicKey(deviceTopic(id))
  await report(fixAt(ground, id, 5, 0))
  await report(fixAt(ground, other, 5, 0))
  await floor.redis.hset(key, 'heard', Date.now() - HOUR + 60_000)
  expect(await sweep(floor.redis, HOUR)).toBe(0)
  await floor.redis.hset(key, 'heard', Date.now() - HOUR - 1)
  const listener = await floor.listen(cellTopic(ground.cells[0] ?? ''))
  expect(await sweep(floor.redis, HOUR)).toBe(1)
  expect(await listener.updates()).toMatchObject([{ left: [{ id, t: BASE + 5 * MOVES_IN, n: 5, to: null }] }])
  expect(await shownIn(ground, id)).toEqual([])
  expect(await shownIn(ground, other)).toEqual([[0, 5]])
  expect(await whereIs(id)).toBeNull()
  await report(fixAt(ground, id, 4, 1))
  await report(fixAt(ground, id, 5, 0))
  expect(await shownIn(ground, id)).toEqual([])
  await report(fixAt(ground, id, 6, 0))
  expect(await shownIn(ground, id)).toEqual([[0, 6]])
  expect(await whereIs(id)).toBe(ground.cells[0])
})

test('a sweep registers what a feed left out, tells of what it reaped, and of what came back', async () => {
  const [ground, id] = [newGround(), floor.fresh('unlisted')]
  const key = topicKey(deviceTopic(id))
  const register = createRegister(floor.redis, createReader(floor.redis as Redis), () => {})
  const sweepOnce = async () => sweep(floor.redis, HOUR, () => {}, createRegisterMender(floor.redis, await register()))
  await report(fixAt(ground, id, 1, 0))
  await floor.redis.hset(key, { name: 'Bus 7', category: 'bus', heard: Date.now() })
  const listener = await floor.listen(REGISTER)
  await sweepOnce()
  expect((await register()).entries.get(id)).toEqual({ id, name: 'Bus 7', category: 'bus' })
  await sweepOnce()
  await floor.redis.hset(key, 'heard', Date.now() - HOUR - 1)
  await sweepOnce()
  expect((await register()).entries.get(id)?.gone).toBe(true)
  await sweepOnce()
  await report(fixAt(ground, id, 2, 1))
  await floor.redis.hset(key, 'name', 'Bus 8')
  await sweepOnce()
  expect((await register()).entries.get(id)).toEqual({ id, name: 'Bus 8', category: 'bus' })
  const mine = (await listener.updates()).filter((update) => JSON.stringify(update).includes(`"${id}"`))
  expect(mine).toHaveLength(3)
})

test('a reaper that died half way is followed by one that ends it', async () => {
  const [ground, id] = [newGround(), floor.fresh('half-dead')]
  await report(fixAt(ground, id, 1, 3))
  await floor.redis.call('FCALL', 'wf1_reap', 1, topicKey(deviceTopic(id)), 0)
  expect(await shownIn(ground, id)).toEqual([[3, 1]])
  expect(await sweep(floor.redis, NEVER)).toBe(1)
  expect(await shownIn(ground, id)).toEqual([])
})

test('feeds that share a device, crash anywhere and never retry leave it in no cell but its own after a sweep', async () => {
  const scenario = fc.tuple(deliveries, deliveries, fc.array(fc.nat(5), { maxLength: 40 }))
  await fc.assert(
    fc.asyncProperty(scenario, async ([a, b, order]) => {
      const [ground, id] = [newGround(), floor.fresh('shared')]
      const runs = [a, b].map((batches) => deliver(floor, id, ground, batches, false))
      await interleave(runs, order, async () => {})
      await sweep(floor.redis, NEVER)
      const { snapshot } = await floor.snapshot<DeviceSnapshot>(deviceTopic(id))
      const own: [number, number] = [ground.cells.indexOf(snapshot.cell ?? ''), snapshot.last?.n ?? 0]
      const shown = await shownIn(ground, id)
      // Of a device that was in no cell at all the sweeper does not know.
      if (shown.length > 0) expect(shown).toEqual([own])
      for (const cell of ground.cells) await floor.redis.del(topicPart(cellTopic(cell), 'fix'))
    }),
    { numRuns: 60 },
  )
})
