import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { createKeeper } from '../../../server/redis/keeper.ts'
import { noFaults } from '../../support/faults.ts'

/** A keeper whose work is done, or not, when the test says so. */
const keeping = () => {
  const told: string[] = []
  const waiting: { done: () => void; fail: (error: Error) => void }[] = []
  const keeper = createKeeper({
    putRight: () =>
      new Promise((resolve, reject) => {
        waiting.push({ done: resolve, fail: reject })
      }),
    down: () => told.push('down'),
    up: () => told.push('up'),
    log: pino({ level: 'silent' }),
    faults: noFaults,
    random: () => 0,
  })
  const next = async (): Promise<{ done: () => void; fail: (error: Error) => void }> => {
    for (let i = 0; i < 200 && waiting.length === 0; i++) await sleep(5)
    const work = waiting.shift()
    if (!work) throw new Error('nothing is under way')
    return work
  }
  return { keeper, told, waiting, next }
}

it('tells an outage once, and its end once all is put right', async () => {
  const { keeper, told, next } = keeping()
  keeper.start()
  keeper.lose('cut')
  keeper.lose('cut again')
  expect([keeper.isUp(), told]).toEqual([false, ['down']])
  const settled = keeper.settle()
  ;(await next()).done()
  await settled
  expect([keeper.isUp(), told]).toEqual([true, ['down', 'up']])
  keeper.close()
})

it('does not believe that all is right where more was lost meanwhile', async () => {
  const { keeper, told, next } = keeping()
  keeper.start()
  keeper.lose('one')
  void keeper.settle()
  const first = await next()
  keeper.lose('another')
  first.done()
  const second = await next() // it tries again by itself
  expect(told).toEqual(['down'])
  second.done()
  await sleep(5)
  expect(told).toEqual(['down', 'up'])
  keeper.close()
})

it('takes what lasts for a moment only for no outage, and tries until it is over', async () => {
  const { keeper, told, next } = keeping()
  keeper.start()
  void keeper.settle()
  for (let i = 0; i < 3; i++) (await next()).fail(new Error('nobody owns the slot'))
  await sleep(5)
  expect([keeper.isUp(), told]).toEqual([true, []])
  ;(await next()).fail(new Error('nobody owns the slot'))
  await sleep(5)
  expect(told).toEqual(['down'])
  ;(await next()).done()
  await sleep(5)
  expect(told).toEqual(['down', 'up'])
  keeper.close()
})

it('does one thing at a time, and once more for all who asked while it was at it', async () => {
  const { keeper, waiting, next } = keeping()
  keeper.start()
  const first = keeper.settle()
  const work = await next()
  let [second, third] = [false, false]
  void keeper.settle().then(() => {
    second = true
  })
  void keeper.settle().then(() => {
    third = true
  })
  expect(waiting).toHaveLength(0)
  work.done()
  await first
  expect([second, third]).toEqual([false, false]) // what was under way may have been too early for them
  ;(await next()).done()
  await sleep(5)
  expect([second, third, waiting.length]).toEqual([true, true, 0])
  keeper.close()
})

it('does nothing before it starts and after it is closed', async () => {
  const { keeper, told, waiting } = keeping()
  keeper.lose('early')
  await keeper.settle()
  keeper.start()
  keeper.close()
  keeper.lose('late')
  keeper.soon()
  await keeper.settle()
  await sleep(60)
  expect([told, waiting]).toEqual([[], []])
})
