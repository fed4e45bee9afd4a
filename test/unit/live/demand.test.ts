import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createBudget } from '../../../server/live/budget.ts'
import { createDemand } from '../../../server/live/demand.ts'
import type { Message } from '../../../server/live/message.ts'
import type { Topic } from '../../../wire/topics.ts'
import { eventually } from '../../support/eventually.ts'
import { createTwin } from './twin.ts'

const TOPIC: Topic = 's:株式.T'

/** One topic with a watcher; its subscription can be lost without a word. */
const watched = async () => {
  const twin = createTwin(TOPIC)
  const renewed: Topic[] = []
  const renew = (topic: Topic): void => void renewed.push(topic)
  const demand = createDemand({ ...twin.ports, channels: { ...twin.ports.channels, renew } }, 1000)
  const pushed: Message[] = []
  const watcher = { push: (message: Message) => pushed.push(message), gap: () => {} }
  twin.publish(1)
  const joined = new Promise((resolve) => {
    demand.join(TOPIC, watcher, null, { budget: createBudget(0), use: () => true, done: resolve })
  })
  await sleep(0)
  twin.answer()
  await joined
  return { twin, demand, pushed, renewed }
}

it('has a topic subscribed anew as well as read where two comparisons in a row find it behind', async () => {
  const { twin, demand, pushed, renewed } = await watched()
  const stands = async () => [{ epoch: 'e1', seq: 2 }]
  twin.publish(2)
  twin.lose()
  await demand.verify(stands)
  expect(renewed).toEqual([]) // it may be on its way
  await demand.verify(stands)
  expect(renewed).toEqual([TOPIC])
  twin.answer()
  await sleep(0)
  expect(pushed.map(({ seq }) => seq)).toEqual([2])
  expect(twin.counts.difference).toBe(1)
  await demand.verify(stands)
  await demand.verify(stands)
  expect(renewed).toEqual([TOPIC])
  demand.close()
})

it('recovers those topics that it is told were subscribed anew, and no others', async () => {
  const { twin, demand, pushed } = await watched()
  twin.publish(2)
  twin.lose()
  demand.recover(['s:MSFT'])
  twin.answer()
  await sleep(0)
  expect(pushed).toEqual([])
  demand.recover([TOPIC, 's:MSFT'])
  twin.answer()
  await sleep(0)
  expect(pushed.map(({ seq }) => seq)).toEqual([2])
  demand.close()
})

it('lets go of a topic that nobody could join', async () => {
  const twin = createTwin(TOPIC)
  const demand = createDemand(twin.ports, 1)
  const done = new Promise((resolve) => {
    demand.join(TOPIC, { push: () => {}, gap: () => {} }, null, {
      budget: createBudget(0),
      use: () => true,
      done: resolve,
    })
  })
  await sleep(0)
  twin.refuse()
  expect(await done).toBeInstanceOf(Error)
  await eventually('it is let go', () => [...demand.topics()].length === 0)
})
