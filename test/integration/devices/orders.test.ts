import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serverKindOf } from '../../../server/kinds/kinds.ts'
import type { Call } from '../../../wire/calls.ts'
import {
  COMMAND_STATES,
  type CommandState,
  isOpen,
  MOST_FAILURES,
  MOST_ORDERED,
  type OrderEntry,
  type OrderSnapshot,
} from '../../../wire/commands.ts'
import { foldOrder } from '../../../wire/fold-commands.ts'
import { order as orderKind } from '../../../wire/kinds/order.ts'
import {
  MOST_ADDED,
  MOST_STEPS,
  orderCall,
  orderStep,
  orderTopic,
  readOrderDevices,
} from '../../../wire/order-calls.ts'
import { topicKey, topicKeys, topicPart } from '../../../wire/topics.ts'
import { type Floor, startFloor } from '../redis/floor.ts'
import { ANN, areKnown } from './asking.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const DAY_S = 86_400
const until = Date.now() + 3_600_000
const command = { kind: 'message', args: { text: 'ü' }, by: ANN, until, if: { fresherThan: 60 } }
const run = async <Reply>(call: Call): Promise<Reply> => (await floor.run(call)) as Reply
const open = (id: string, devices: readonly string[]) => run<[number, string, number]>(orderCall(id, command, devices))
const step = (id: string, ...entries: OrderEntry[]) => run<[number, string, number]>(orderStep(id, entries))
const stateOf = async (id: string) => (await floor.snapshot<OrderSnapshot>(orderTopic(id))).snapshot
const page = async (id: string, state: CommandState | null, after: string | null, limit: number) => {
  const [next, text] = await run<[string, string]>(readOrderDevices(id, state, after, limit))
  return { next: next === '' ? null : next, entries: JSON.parse(text) as OrderEntry[] }
}

test('an order is opened in pieces, once each, and tells how far its devices are', async () => {
  const id = floor.fresh('ann.')
  const listener = await floor.listen(orderTopic(id))
  expect(await open(id, ['A', 'B ü'])).toMatchObject({ 0: 1, 2: 2 })
  expect(await open(id, ['B ü', 'C', 'C'])).toMatchObject({ 0: 2, 2: 3 })
  expect(await open(id, ['A', 'C'])).toMatchObject({ 0: 2, 2: 3 })
  const order = { id, ...command, t: expect.any(Number), devices: 3 }
  expect(await stateOf(id)).toEqual({ order, counts: { queued: 3 }, failures: [] })
  const sent = { device: 'A', state: 'sent' as const, at: 5 }
  const refused = { device: 'B ü', state: 'refused' as const, at: 6, reason: 'Too "fast".' }
  expect(await step(id, sent, refused, { ...sent, device: 'nobody' })).toMatchObject({ 0: 3, 2: 2 })
  expect(await step(id, sent, refused)).toMatchObject({ 0: 3, 2: 0 })
  const wanted = { order, counts: { queued: 1, sent: 1, refused: 1 }, failures: [refused] }
  expect(await stateOf(id)).toEqual(wanted)
  const updates = await listener.updates()
  expect(updates.reduce(foldOrder, orderKind.empty as OrderSnapshot)).toEqual(wanted)
  expect(areKnown(listener.texts)).toBe(true)
  expect(JSON.stringify(await stateOf(id))).toMatch(serverKindOf(orderTopic(id)).isSnapshot)
  const { cursor } = await floor.snapshot(orderTopic(id))
  expect(await floor.read(orderTopic(id), { ...cursor, seq: 0 })).toEqual({ kind: 'replay', cursor, updates })
})

test('it is gone a day after its deadline, all of it', async () => {
  const id = floor.fresh('ann.')
  await open(id, ['A'])
  await step(id, { device: 'A', state: 'failed', at: 5 })
  const ttls = await Promise.all(topicKeys(orderTopic(id)).map((key) => floor.redis.ttl(key)))
  expect(ttls).toHaveLength(5)
  for (const ttl of ttls) expect(Math.abs(ttl - DAY_S - 3600)).toBeLessThan(300)
})

test('nobody knows an order that is not there, and steps make none', async () => {
  const id = floor.fresh('ann.')
  expect(await step(id, { device: 'A', state: 'done', at: 1 })).toMatchObject({ 0: 0, 2: 0 })
  expect(await floor.redis.exists(topicKey(orderTopic(id)))).toBe(0)
  expect(await stateOf(id)).toEqual(orderKind.empty)
  expect(await page(id, null, null, 10)).toEqual({ next: null, entries: [] })
})

test('devices are read by id, page by page, of one state too', async () => {
  const id = floor.fresh('ann.')
  const devices = Array.from({ length: 1200 }, (_, i) => `D${String(i).padStart(4, '0')}`)
  for (let i = 0; i < devices.length; i += 400) await open(id, devices.slice(i, i + 400).reverse())
  await step(id, ...['D1100', 'D0003', 'D0700'].map((device) => ({ device, state: 'failed' as const, at: 1 })))
  const all: string[] = []
  let after: string | null = null
  do {
    const { next, entries } = await page(id, null, after, 500)
    all.push(...entries.map(({ device }) => device))
    after = next
  } while (after !== null)
  expect(all).toEqual(devices)
  const failed = await page(id, 'failed', null, 10)
  expect([failed.next, failed.entries.map(({ device }) => device)]).toEqual([null, ['D0003', 'D0700', 'D1100']])
  expect(await page(id, 'failed', null, 2)).toMatchObject({ next: 'D0700', entries: [{}, {}] })
  expect((await page(id, 'failed', 'D0700', 2)).entries).toMatchObject([{ device: 'D1100' }])
})

test('a state tells the first of the failures, by when they came', async () => {
  const id = floor.fresh('ann.')
  const devices = Array.from({ length: MOST_FAILURES + 5 }, (_, i) => `D${i}`)
  await open(id, devices)
  await step(id, ...devices.map((device, i) => ({ device, state: 'unknown' as const, at: 1000 - i })))
  await step(id, { device: devices.at(-1) ?? '', state: 'done', at: 2000 })
  const { counts, failures } = await stateOf(id)
  expect(counts).toEqual({ unknown: MOST_FAILURES + 4, done: 1 })
  expect(failures.map(({ device }) => device)).toEqual(devices.slice(0, -1).reverse().slice(0, MOST_FAILURES))
})

test('what is no order is refused; so are more devices than one may have, and steps that are none', async () => {
  const id = floor.fresh('ann.')
  const good = orderCall(id, command, ['A'])
  for (const [place, value] of [
    [0, 'Ann'],
    [2, 'No kind'],
    [3, '[]'],
    [4, 'soon'],
    [5, '{"slower":1}'],
    [6, ' A'],
  ] as const)
    await expect(floor.run({ ...good, args: good.args.with(place, value) }), `${place}`).rejects.toThrow('WFARG')
  const many = Array.from({ length: MOST_ADDED + 1 }, (_, i) => `D${i}`)
  await expect(open(id, many)).rejects.toThrow(`at most ${MOST_ADDED} devices`)
  expect(await floor.redis.exists(topicKey(orderTopic(id)))).toBe(0)
  await open(id, many.slice(1))
  const key = topicPart(orderTopic(id), 'devices')
  const more = Object.fromEntries(Array.from({ length: MOST_ORDERED - MOST_ADDED }, (_, i) => [`E${i}`, '{}']))
  await floor.redis.hset(key, more)
  await expect(open(id, ['F'])).rejects.toThrow(`at most ${MOST_ORDERED} devices`)
  const entry = { device: 'D1', state: 'sent' as const, at: 1 }
  await expect(step(id, ...Array.from({ length: MOST_STEPS + 1 }, () => entry))).rejects.toThrow('WFARG')
  for (const args of [
    ['D1', 'sent', 1, ''],
    ['D1', 'gone', 1, '', ''],
    ['D1', 'sent', 0, '', ''],
    ['', 'sent', 1, '', ''],
  ])
    await expect(floor.run({ ...orderStep(id, []), args })).rejects.toThrow('WFARG')
})

const DEVICES = Array.from({ length: 20 }, (_, i) => `D${String(i).padStart(2, '0')}`)
const entries = fc.array(
  fc.record({
    device: fc.constantFrom(...DEVICES),
    state: fc.constantFrom(...COMMAND_STATES),
    at: fc.integer({ min: 1, max: 30 }),
  }),
  { maxLength: 60 },
)

test('steps in any order, in any calls, lead to one end: what is final stays, and counts are right', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(entries, { maxLength: 6 }), async (batches) => {
      const id = floor.fresh('any.')
      const listener = await floor.listen(orderTopic(id))
      await open(id, DEVICES)
      for (const batch of batches) await step(id, ...batch)
      const state = await stateOf(id)
      expect((await listener.updates()).reduce(foldOrder, orderKind.empty as OrderSnapshot)).toEqual(state)
      await listener.stop()
      expect(areKnown(listener.texts)).toBe(true)
      const told = Map.groupBy((await page(id, null, null, 500)).entries, (entry) => entry.state)
      const counts = Object.fromEntries([...told].map(([each, some]) => [each, some.length]))
      expect(state.counts).toEqual(counts)
      for (const { device, state: last } of [...told.values()].flat()) {
        const ends = batches.flat().filter((entry) => entry.device === device && !isOpen(entry.state))
        expect(isOpen(last) ? ends.length === 0 : ends[0]?.state === last, device).toBe(true)
      }
    }),
    { numRuns: 40 },
  )
})
