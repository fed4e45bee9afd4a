import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type Call,
  describeSymbol,
  MOST_ITEMS,
  MOST_PLACED,
  placeInCell,
  publishFixes,
  publishMarket,
} from '../../../wire/calls.ts'
import { cellOf } from '../../../wire/cells.ts'
import { deviceTopic, symbolTopic, topicKey } from '../../../wire/topics.ts'
import { type Floor, startFloor, toReply } from './floor.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const list = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i))
const now = Date.now()
const cell = cellOf(30, -97)
const market = (items: number): Call =>
  publishMarket(
    'MANY',
    list(items - 1, (i) => ({ id: i + 1, t: now, price: 1, size: 1 })),
    [{ t: now, bid: 1, bidSize: 1, ask: 2, askSize: 1 }],
  )
const fix = (id: string, n: number) => ({ id, n, t: now - 1000 + n, lat: 30, lon: -97 })
const device = (items: number): Call =>
  publishFixes(
    'MANY',
    list(items, (i) => fix('MANY', i + 1)),
  )
const place = (items: number): Call =>
  placeInCell(
    cell,
    list(items, (i) => JSON.stringify(fix(`D${i}`, 1))),
  )

it.each([
  ['trades and quotes', market, MOST_ITEMS, topicKey(symbolTopic('MANY'))],
  ['fixes of a device', device, MOST_ITEMS, topicKey(deviceTopic('MANY'))],
  ['fixes in a cell', place, MOST_PLACED, topicKey(`c:${cell}`)],
] as const)(
  'a call holds up to so many %s, and one more is refused with nothing written',
  async (_what, call, most, key) => {
    for (const items of [most + 1, 4000]) {
      await expect(floor.run(call(items))).rejects.toThrow(`WFARG at most ${most}`)
      expect(await floor.redis.exists(key)).toBe(0)
    }
    const { seq, accepted } = toReply(await floor.run(call(most)))
    expect([seq, accepted]).toEqual([1, most])
  },
)

it('texts of any length are looked at no further than they may go, and errors do not repeat them', async () => {
  const long = '1'.repeat(5_000_000)
  const { rest } = toReply(
    await floor.run(publishMarket('LONG', [{ id: 1, t: now, price: long as unknown as number, size: 1 }], [])),
  )
  expect(rest).toEqual(['0:price'])
  const [describe, listed] = describeSymbol('LONG', `${'é'.repeat(2_000_000)}\xff`) as [Call, Call]
  await floor.run(describe)
  expect(Buffer.byteLength((await floor.redis.hget(topicKey('s:LONG'), 'name')) ?? '')).toBe(100)
  const refused = [
    { ...listed, args: [long, ''] },
    { ...describe, keys: [`wf:{s:${long}}`] },
    { ...describe, keys: list(200, (i) => `wf:{s:LONG}:${i}`) },
    placeInCell(cell, [`{"id":"${long}"}`]),
  ]
  for (const call of refused) {
    const error = (await floor.run(call).catch((reason) => reason)) as Error
    expect(error.message).toMatch(/^WF(ARG|KEY) /)
    expect(error.message.length).toBeLessThan(700)
  }
})
