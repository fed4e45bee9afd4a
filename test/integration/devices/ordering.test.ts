import { expect, it } from 'vitest'
import { redisPort } from '../../../feed/redis-port.ts'
import { commandsKey, ORDERS_KEY } from '../../../server/devices/keys-of-commands.ts'
import { mendOrders } from '../../../server/devices/order-mender.ts'
import { orderIdOf } from '../../../server/devices/requests.ts'
import { createTogether } from '../../../server/devices/together.ts'
import { describeDevice, publishFixes, registerDevices } from '../../../wire/calls.ts'
import { stepCommand } from '../../../wire/command-calls.ts'
import type { CommandReply, OrderSnapshot } from '../../../wire/commands.ts'
import { orderCall, orderTopic } from '../../../wire/order-calls.ts'
import { eventually } from '../../support/eventually.ts'
import { noFaults } from '../../support/faults.ts'
import { onTwoNodes } from './device-node.ts'

const { floor, one, other } = onTwoNodes()

/** So many devices of a group of their own, that stand still. */
const fleet = async (count: number): Promise<{ group: string; ids: string[] }> => {
  const group = floor().fresh('group-')
  const ids = Array.from({ length: count }, (_, i) => `${group}-${i}`)
  const fix = { n: 1, t: Date.now(), lat: 30.25, lon: -97.75, speed: 0 }
  await floor().runAll(ids.flatMap((id) => [describeDevice(id, { group }), publishFixes(id, [{ id, ...fix }])]))
  for (let i = 0; i < count; i += 100)
    await floor().run(registerDevices(ids.slice(i, i + 100).map((id) => ({ id, group }))))
  return { group, ids }
}
const orderIn = (reply: object): { order: string; devices: number; leftOut: number } => {
  if (!('order' in reply)) throw new Error(JSON.stringify(reply))
  return reply as { order: string; devices: number; leftOut: number }
}
const stateOf = async (order: string): Promise<OrderSnapshot> =>
  (await floor().snapshot<OrderSnapshot>(orderTopic(order))).snapshot
const counts = (order: string, wanted: object) =>
  eventually(`${order} counts ${JSON.stringify(wanted)}`, async () => {
    expect((await stateOf(order)).counts).toEqual(wanted)
    return true
  })

it('a thousand devices of a group get a command each, once, and the order follows each of them', async () => {
  const { group, ids } = await fleet(1000)
  const request = { id: 'all', to: { group }, kind: 'report_every', args: { seconds: 30 } }
  const { order, devices, leftOut } = orderIn(await one().as('ann').command(request))
  expect([devices, leftOut]).toEqual([1000, 0])
  expect(orderIn(await other().as('ann').command(request))).toEqual({ order, devices, leftOut })
  await counts(order, { queued: 1000 })
  const connected = ids.slice(0, 20).map((id) => ({ id, end: other().connect(id) }))
  await eventually('they have it', () => connected.every(({ end }) => end.given.length > 0))
  for (const { end } of connected) expect(end.given.map((each) => each.id)).toEqual([order])
  await counts(order, { queued: 980, sent: 20 })
  for (const [i, { end }] of connected.entries())
    await end.answer(order, i < 15 ? 'done' : 'failed', i < 15 ? {} : { reason: 'No room' })
  await counts(order, { queued: 980, done: 15, failed: 5 })
  expect((await stateOf(order)).failures.map((each) => each.reason)).toEqual(Array(5).fill('No room'))
  const failed = await one().history.orderDevices(order, { state: 'failed', limit: 3 })
  expect(failed.entries).toHaveLength(3)
  expect(failed.next).not.toBeNull()
  expect(await one().as('bob', `watch:* command:d:${ids[999]}`).cancel({ order })).toEqual({ cancelled: 1 })
  expect(await one().as('bob').cancel({ order })).toEqual({ cancelled: 979 })
  await counts(order, { done: 15, failed: 5, cancelled: 980 })
  for (const { end } of connected) end.close()
}, 120_000)

it('leaves out whom somebody may not ask, who is not there, and who has too much to do', async () => {
  const { group, ids } = await fleet(4)
  const [full = ''] = ids
  const say = (i: number): Promise<CommandReply> =>
    one()
      .as(`ann${i}`)
      .command({
        id: `m${i}`,
        to: { devices: [full] },
        kind: 'message',
        args: { text: 'x' },
      }) as Promise<CommandReply>
  for (let i = 0; i < 32; i++) await say(i)
  const grants = `watch:* ${ids
    .slice(0, 3)
    .map((id) => `command:d:${id}`)
    .join(' ')}`
  const reply = await one().as('ann', grants).command({ id: 'some', to: { group }, kind: 'report_now' })
  const { order, devices, leftOut } = orderIn(reply)
  expect([devices, leftOut]).toEqual([2, 2])
  await counts(order, { queued: 2, refused: 1 })
  expect((await stateOf(order)).failures).toMatchObject([{ device: full, state: 'refused' }])
  const named = { id: 'named', to: { devices: [...ids.slice(1), 'NONE'] }, kind: 'report_now' }
  expect(orderIn(await one().as('ann').command(named))).toMatchObject({ devices: 3, leftOut: 1 })
})

it('an order hears what a node that died did not tell it, and of devices that it never wrote to', async () => {
  const { ids } = await fleet(3)
  const request = { id: 'mend', to: { devices: ids }, kind: 'report_now', within: 1 }
  const { order } = orderIn(await one().as('ann').command(request))
  const [first = '', second = ''] = ids
  // As a node does that dies between the step and the order's; and one that dies while it writes.
  await floor().run(stepCommand(first, { id: order, state: 'done' }))
  await floor().redis.hdel(commandsKey(second), order)
  const together = createTogether(redisPort(floor().redis), 1, noFaults)
  const mend = (later: number) => mendOrders({ redis: floor().redis, together, clock: () => Date.now() + later })
  // The nodes of this test may have done it before.
  await mend(0)
  await counts(order, { done: 1, queued: 1, expired: 1 })
  await mend(20_000)
  await counts(order, { done: 1, unknown: 1, expired: 1 })
  expect(await floor().redis.zscore(ORDERS_KEY, order)).not.toBeNull()
  await mend(20_000)
  expect(await floor().redis.zscore(ORDERS_KEY, order)).toBeNull()
})

it('a command that somebody else gave by the id of an order is none of the order', async () => {
  const { ids } = await fleet(2)
  const [planted = ''] = ids
  const id = orderIdOf('ann', 'guessed')
  const first = await one()
    .as('eve')
    .command({ id, to: { devices: [planted] }, kind: 'report_now' })
  expect(first).toMatchObject({ command: { id } })
  const reply = await one()
    .as('ann')
    .command({ id: 'guessed', to: { devices: ids }, kind: 'lock' })
  expect(orderIn(reply)).toEqual({ order: id, devices: 1, leftOut: 1 })
  await floor().run(stepCommand(planted, { id, state: 'done' }))
  const together = createTogether(redisPort(floor().redis), 1, noFaults)
  await mendOrders({ redis: floor().redis, together, clock: Date.now })
  await counts(id, { queued: 1, refused: 1 })
})

it('whoever cancels an order that is still being given cancels what is not written yet, too', async () => {
  const { ids } = await fleet(3)
  const by = { id: 'ann', name: 'Ann' }
  const order = orderIdOf('ann', 'slow')
  const asked = { id: order, kind: 'report_now', args: {}, by, until: Date.now() + 60_000 }
  // As far as a node comes before it writes the first command.
  await floor().run(orderCall(order, asked, ids))
  expect(await one().as('ann').cancel({ order })).toEqual({ cancelled: 3 })
  await one()
    .as('ann')
    .command({ id: 'slow', to: { devices: ids }, kind: 'report_now' })
  await counts(order, { cancelled: 3 })
  const written = await Promise.all(ids.map((id) => floor().redis.hexists(commandsKey(id), order)))
  expect(written).toEqual([0, 0, 0])
})
