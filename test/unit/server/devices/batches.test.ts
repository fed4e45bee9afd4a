import { expect, test } from 'vitest'
import { createBatches } from '../../../../server/devices/batches.ts'
import { createFaults } from '../../../../server/faults.ts'
import { eventually } from '../../../support/eventually.ts'
import { noFaults } from '../../../support/faults.ts'

type Item = { key: string; n: number; fail: (error: unknown) => void }
const item = (key: string, n: number, fail: Item['fail'] = () => {}): Item => ({ key, n, fail })

/** Batches whose work ends when the test says so. */
const setUp = (options: { most?: number; depth?: number; cap?: number; keyed?: boolean } = {}) => {
  const { most = 10, depth = 2, cap = 100, keyed = true } = options
  const begun: { items: readonly Item[]; end: () => void }[] = []
  const batches = createBatches<Item>({
    work: (items) => new Promise((end) => begun.push({ items, end })),
    ...(keyed && { keyOf: ({ key }) => key }),
    gatherMs: 1,
    most,
    depth,
    cap,
    faults: noFaults,
  })
  const numbers = () => begun.map(({ items }) => items.map(({ n }) => n))
  const began = (count: number) => eventually(`${count} batches`, () => begun.length >= count, { everyMs: 1 })
  return { ...batches, begun, numbers, began }
}

test('what comes at about the same time goes together, and what comes then in the next', async () => {
  const { add, numbers, began, begun, waiting } = setUp({ depth: 1 })
  for (let n = 1; n <= 3; n++) add(item(`k${n}`, n))
  await began(1)
  for (let n = 4; n <= 5; n++) add(item(`k${n}`, n))
  expect([numbers(), waiting()]).toEqual([[[1, 2, 3]], 5])
  begun[0]?.end()
  await began(2)
  expect(numbers()).toEqual([
    [1, 2, 3],
    [4, 5],
  ])
  begun[1]?.end()
  await eventually('all is done', () => waiting() === 0, { everyMs: 1 })
})

test('one key is never in two batches at once, and its items go in order', async () => {
  const { add, numbers, began, begun } = setUp()
  add(item('a', 1))
  add(item('a', 2))
  add(item('b', 3))
  add(item('a', 4))
  await began(1)
  expect(numbers()).toEqual([[1, 3]])
  begun[0]?.end()
  await began(2)
  begun[1]?.end()
  await began(3)
  expect(numbers()).toEqual([[1, 3], [2], [4]])
})

test('goes so many at a time, and takes no more than may wait', async () => {
  const { add, numbers, began } = setUp({ most: 2, depth: 2, cap: 3, keyed: false })
  expect([1, 2, 3, 4].map((n) => add(item('', n)))).toEqual([true, true, true, false])
  await began(2)
  expect(numbers()).toEqual([[1, 2], [3]])
})

test('a fault is told to whoever waits, and the next items go on', async () => {
  const told: string[] = []
  const faults = createFaults(({ at }) => told.push(at))
  const done: number[] = []
  const batches = createBatches<Item>({
    work: async (items) => {
      if (items.some(({ n }) => n === 1)) throw new TypeError('no')
      done.push(...items.map(({ n }) => n))
    },
    gatherMs: 1,
    most: 1,
    depth: 1,
    cap: 10,
    faults,
  })
  batches.add(item('', 1, () => told.push('failed')))
  batches.add(item('', 2))
  await eventually('the second is done', () => done.length > 0, { everyMs: 1 })
  expect(told).toEqual(['device.batch', 'failed'])
})

test('a fault at the gate is told to all who wait, and then things go on', async () => {
  let isFaulty = true
  const inject = (): void => {
    if (isFaulty) throw new Error('on purpose')
  }
  const happened: string[] = []
  const batches = createBatches<Item>({
    work: async (items) => void happened.push(...items.map(({ n }) => `${n} done`)),
    keyOf: ({ key }) => key,
    gatherMs: 1,
    most: 1,
    depth: 2,
    cap: 10,
    faults: createFaults(() => {}, inject),
  })
  for (let n = 1; n <= 4; n++) batches.add(item('one', n, () => happened.push(`${n} failed`)))
  await eventually('all failed', () => happened.length === 4, { everyMs: 1 })
  isFaulty = false
  batches.add(item('one', 5))
  await eventually('the next is done', () => happened.length === 5, { everyMs: 1 })
  expect(happened).toEqual(['1 failed', '2 failed', '3 failed', '4 failed', '5 done'])
  expect(batches.waiting()).toBe(0)
})
