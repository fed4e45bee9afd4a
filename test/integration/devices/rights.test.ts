import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { installEverywhere } from '../../support/redis-everywhere.ts'
import { makeUsers, takeRefusals } from '../../support/redis-users.ts'
import { commandIn, type DeviceNode, startDeviceNode } from './device-node.ts'

let redis: TestRedis
let node: DeviceNode
beforeAll(async () => {
  redis = await startRedis()
  await installEverywhere(redis.client())
  const urlOf = await makeUsers(redis)
  node = await startDeviceNode(urlOf('node'), 'limited')
})
afterAll(async () => {
  await node?.stop()
  await redis?.stop()
})

it('a node that may do no more than the document says does all of this', async () => {
  const fix = (t: number, lat = 30.25) => ({ t, lat, lon: -97.75, speed: 0, readings: { fuel: 1 } })
  const ids = ['LIM-1', 'LIM-2']
  await node.describe(ids.map((id) => ({ id, name: `Name of ${id}`, group: 'limited', attributes: { plate: id } })))
  const keys = await node.keys.make(ids)
  for (const { id, key } of keys) expect(await node.doorkeeper.admit(id, key, 'here')).toMatchObject({ id })
  const now = Date.now()
  for (const id of ids)
    for (const lat of [30.25, 31.25]) {
      const fixes = [fix(now - 9_000_000 + lat), fix(now - 5000 + lat, lat)]
      const report = { fixes, every: 10, takes: ['stop'], attributes: { app: 'x' } }
      expect(await node.intake.report(id, report, 'http')).toMatchObject({ refused: [] })
    }
  const phone = node.connect('LIM-1')
  const ann = node.as('ann')
  const one = commandIn(await ann.command({ id: 'one', to: { devices: ['LIM-1'] }, kind: 'lock' }))
  await eventually('it is delivered', () => phone.given.length > 0)
  await phone.answer(one.id, 'done')
  const order = { id: 'many', to: { group: 'limited' }, kind: 'report_now', within: 1 }
  const given = async () => {
    const reply = await ann.command(order)
    return 'order' in reply && reply
  }
  const { order: id } = (await eventually('the group is registered', given)) as { order: string }
  await phone.answer(id, 'done')
  await eventually('the other one expires', async () => {
    const { commands } = await node.history.commands('LIM-2', { limit: 10 })
    return commands.some(({ state }) => state === 'expired')
  })
  expect((await node.history.orderDevices(id, { limit: 10 })).entries).toHaveLength(2)
  expect(await ann.cancel({ order: id })).toEqual({ cancelled: 0 })
  await node.keys.takeBack('LIM-1')
  phone.close()
  expect(await takeRefusals(redis)).toEqual([])
})
