import { expect, it } from 'vitest'
import type { Cursor } from '../../../wire/protocol.ts'
import type { Topic } from '../../../wire/topics.ts'
import { bodyOf } from './model/commands.ts'
import { holdTime } from './model/time.ts'
import { A, B, CELL, createWorld } from './model/world.ts'

/** Stories that the model found, each of which went wrong once. */
const SIZE = { nodes: 1, clients: 2, logged: 4 }

holdTime()

const setUp = (size = SIZE) => {
  const world = createWorld(size)
  const { redis, nodes, clients, wait } = world
  const [one, other] = clients as [(typeof clients)[number], (typeof clients)[number]]
  const network = (nodes[0] as (typeof nodes)[number]).network
  const publish = (topic: typeof A | typeof B, times = 1): void => {
    for (let i = 0; i < times; i++) {
      const id = redis.published() + 1
      redis.publish(topic, { trades: [{ id, t: 1_795_003_200_000 + id, price: 10, size: 1 }] })
    }
  }
  const cursorOf = (client: typeof one, topic: Topic = A): Cursor | null | undefined =>
    client.holdings.get(topic)?.cursor
  const end = async (): Promise<void> => {
    expect(await world.settle()).toEqual([])
    expect(world.faults()).toEqual([])
    world.close()
  }
  publish(A)
  publish(B)
  for (const client of clients) client.connect()
  return { redis, network, one, other, publish, cursorOf, wait, end }
}

it('takes a topic up again whose answer was too much for its client', async () => {
  const { network, one, publish, cursorOf, wait, end } = setUp()
  one.watch([A], {}, true)
  await wait(0, false)
  network.answer(0)
  await wait(0, false)
  // Redis has read the state; what follows it arrives before the answer, and is too much at once.
  network.act(0)
  publish(A, 200)
  network.deliver(200)
  network.answer(0)
  await wait(3000, true)
  expect(network.counts.slow).toBe(1)
  expect(cursorOf(one)?.seq).toBe(201)
  await end()
})

it('asks for a topic anew where one reads a state that is older than what the others were passed', async () => {
  const { redis, network, one, other, publish, cursorOf, wait, end } = setUp()
  one.watch([A], {}, true)
  await wait(0, true)
  publish(A, 5)
  await wait(0, true)
  redis.restart(2)
  other.watch([A], {}, true)
  await wait(3000, true)
  expect([cursorOf(one)?.seq, cursorOf(other)?.seq]).toEqual([4, 4])
  expect(network.counts.gap_epoch).toBe(1)
  await end()
})

it('tells of a life that Redis forgot, though only a description of the topic was known', async () => {
  const { redis, one, cursorOf, wait, end } = setUp()
  redis.empty()
  redis.describe(A)
  one.watch([A], {}, true)
  await wait(0, true)
  expect(cursorOf(one)).toEqual(redis.cursor(A))
  redis.empty()
  await end()
  expect(cursorOf(one)).toEqual({ epoch: '', seq: 0 })
})

it('tells a client that fell behind of a topic that is no more, and that another began anew', async () => {
  const { redis, network, one, publish, cursorOf, wait, end } = setUp()
  one.watch([A, B], {}, true)
  await wait(0, true)
  one.stall(true)
  for (let i = 0; i < 20; i++) {
    publish(B, 8)
    await wait(25, true)
  }
  expect(network.counts.slow).toBe(1)
  // Longer than the node holds what nobody watches.
  await wait(600, true)
  redis.empty()
  publish(B)
  one.stall(false)
  await wait(2000, true)
  expect(cursorOf(one)).toEqual({ epoch: '', seq: 0 })
  expect(one.holdings.get(B)?.cursor).toEqual(redis.cursor(B))
  await end()
})

it('lets nobody into a life that its node has not seen yet', async () => {
  const { redis, network, one, other, publish, cursorOf, wait, end } = setUp()
  one.watch([A], {}, true)
  await wait(2000, true)
  redis.restart(0)
  network.deafen([A])
  publish(A)
  other.watch([A], {}, true)
  await wait(0, false)
  network.answer(0)
  // The node asks for the new life too, and is not answered: its heartbeats tell of the old one.
  await wait(3000, false)
  expect(cursorOf(other)).toBe(null)
  await wait(100, true)
  expect([cursorOf(one), cursorOf(other)]).toEqual([redis.cursor(A), redis.cursor(A)])
  await end()
})

it('gives nobody what was read before the life began that its node has seen', async () => {
  const { redis, network, one, cursorOf, wait, end } = setUp()
  one.watch([CELL], {}, true)
  await wait(1200, true)
  one.watch([CELL], {}, false)
  await wait(0, false)
  network.act(0)
  redis.publish(CELL, bodyOf(CELL, 1, 'trade', 0))
  one.disconnect()
  network.deliver(1)
  // It shares the read that is under way.
  one.connect()
  await wait(100, true)
  expect(cursorOf(one, CELL)).toEqual(redis.cursor(CELL))
  await end()
})

it('catches up with more than may wait at once, piece by piece', async () => {
  const { network, one, publish, cursorOf, wait, end } = setUp({ ...SIZE, logged: 100 })
  one.watch([A, B], {}, true)
  await wait(0, true)
  one.stall(true)
  for (let i = 0; i < 80; i++) {
    publish(A)
    publish(B)
    await wait(25, true)
  }
  one.stall(false)
  await wait(3000, true)
  expect(network.counts).toMatchObject({ slow: 1 })
  expect([cursorOf(one)?.seq, one.holdings.get(B)?.cursor?.seq]).toEqual([81, 81])
  await end()
})

it('takes a client that is ahead of its node up again where it stands', async () => {
  const { network, one, other, publish, cursorOf, wait, end } = setUp()
  one.watch([A], {}, true)
  await wait(0, true)
  publish(A, 3)
  // Redis answers with what has not arrived yet.
  other.watch([A, B], { mode: 'latest', rate: 2 }, true)
  await wait(0, false)
  for (let i = 0; i < 3; i++) {
    network.answer(0)
    await wait(0, false)
  }
  expect([cursorOf(one)?.seq, cursorOf(other)?.seq]).toEqual([1, 4])
  other.stall(true)
  publish(B, 200)
  for (let i = 0; i < 3; i++) network.delay(500)
  network.deliver(200)
  expect(network.counts.slow).toBe(1)
  publish(A)
  other.stall(false)
  await wait(3000, true)
  expect([cursorOf(one)?.seq, cursorOf(other)?.seq]).toEqual([5, 5])
  await end()
})
