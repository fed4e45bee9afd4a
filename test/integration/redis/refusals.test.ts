import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Call,
  describeSymbol,
  leaveCell,
  MOST_ITEMS,
  placeInCell,
  publishFixes,
  publishMarket,
} from '../../../wire/calls.ts'
import type { Fix } from '../../../wire/fleet.ts'
import type { Quote, SymbolDescription, SymbolSnapshot, Trade } from '../../../wire/market.ts'
import { SYMBOLS_KEY, symbolTopic, topicKey } from '../../../wire/topics.ts'
import { keysEverywhere } from '../../support/redis-everywhere.ts'
import { type Floor, startFloor, toReply } from './floor.ts'
import { BASE, marketCall, wrongItems } from './market-items.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const trade = (id: number, more: Partial<Trade> = {}): Trade => ({ id, t: BASE + id, price: 10, size: 1, ...more })
const quote = (t: number, more: Partial<Quote> = {}): Quote => ({ t, bid: 9, bidSize: 1, ask: 11, askSize: 1, ...more })

/** Everything that Redis holds, as text. */
const dump = async (): Promise<string> => {
  const keys = await keysEverywhere(floor.redis)
  const values = await Promise.all(keys.map((key) => floor.redis.dump(key)))
  return JSON.stringify([keys, values])
}

test('each wrong value is refused at its place for its reason, never published, and spoils nothing beside it', async () => {
  const wrong = wrongItems()
  expect(wrong.length).toBeGreaterThan(200)
  const symbol = floor.fresh('BAD')
  const listener = await floor.listen(symbolTopic(symbol))
  const half = MOST_ITEMS / 2
  for (let from = 0; from < wrong.length; from += half) {
    const some = wrong.slice(from, from + half)
    const good = some.map((_, i) => trade(from + i + 1))
    const items = some.flatMap((bad, i) => [bad, { trade: good[i] as Trade }])
    const reply = toReply(await floor.run(marketCall(symbol, items)))
    expect(reply.rest).toEqual(some.map(({ reason }, i) => `${2 * i}:${reason}`))
    expect(reply).toMatchObject({ seq: from / half + 1, accepted: some.length, repeats: 0 })
    const update = (await listener.updates()).at(-1)
    expect(update?.trades).toEqual(good)
    expect(update).not.toHaveProperty('quote')
  }
  expect(await listener.updates()).toHaveLength(Math.ceil(wrong.length / half))
})

test('calls of which all is refused number nothing, publish nothing and leave no trace', async () => {
  const symbol = floor.fresh('NIL')
  const listener = await floor.listen(symbolTopic(symbol))
  const before = await dump()
  for (const item of wrongItems()) {
    const reply = toReply(await floor.run(marketCall(symbol, [item])))
    expect(reply).toEqual({ seq: 0, epoch: '', accepted: 0, repeats: 0, rest: [`0:${item.reason}`] })
  }
  expect(await dump()).toBe(before)
  expect(listener.texts).toEqual([])
  await floor.run(publishMarket(symbol, [trade(1)], []))
  expect(await listener.updates()).toMatchObject([{ seq: 1 }])
})

test('times are taken from 2000 on and until five minutes ahead of Redis', async () => {
  const symbol = floor.fresh('TIME')
  const first = Date.UTC(2000, 0, 1)
  const ahead = Date.now() + 4 * 60_000 + 50_000
  const reply = toReply(
    await floor.run(publishMarket(symbol, [trade(1, { t: first }), trade(2, { t: ahead })], [quote(first)])),
  )
  expect(reply).toMatchObject({ accepted: 3, rest: [] })
})

test('ids up to the largest whole number that JavaScript has are taken, and stored exactly', async () => {
  const symbol = floor.fresh('LONG')
  const trades = [
    trade(1),
    trade(Number.MAX_SAFE_INTEGER - 1, { t: BASE }),
    trade(Number.MAX_SAFE_INTEGER, { t: BASE }),
  ]
  const listener = await floor.listen(symbolTopic(symbol))
  for (const one of trades)
    expect(toReply(await floor.run(publishMarket(symbol, [one], [])))).toMatchObject({ accepted: 1 })
  expect((await listener.updates()).flatMap((update) => update.trades)).toEqual(trades)
  expect(toReply(await floor.run(publishMarket(symbol, trades, [])))).toMatchObject({ accepted: 0, repeats: 3 })
})

test('the items of a full call are answered, one by one', async () => {
  const symbol = floor.fresh('MANY')
  const bad = { bad: ['T', '0', String(BASE), '1', '1', ''], reason: 'id' }
  const reply = toReply(await floor.run(marketCall(symbol, [{ trade: trade(1) }, ...Array(MOST_ITEMS - 1).fill(bad)])))
  expect(reply.accepted).toBe(1)
  expect(reply.rest).toHaveLength(MOST_ITEMS - 1)
  expect(reply.rest.at(-1)).toBe(`${MOST_ITEMS - 1}:id`)
})

const call = (name: string, keys: string[], args: (string | number)[] = []): Call => ({ name, keys, args })
const AT = 'other/0231301203311'
const fix: Fix = { id: 'BUS', n: 1, t: BASE, lat: 30.2672, lon: -97.7431 }
const MARKET = publishMarket('A', [trade(1)], []).args
const FIXES = publishFixes('BUS', [fix]).args
const parts = (head: string, ...names: string[]): string[] => [head, ...names.map((name) => `${head}:${name}`)]

const HOSTILE = ['', ' ', ' a', 'a ', '.', '..', 'A}', 'A}x{', '{A', 'A\n', 'A\0', 'A\u007f', 'A\u0085', 'A"', 'A\\']
const badKeys: Call[] = [
  ...[...HOSTILE, 'A'.repeat(65), 'é'.repeat(33)].map((id) =>
    call('wf1_market', parts(`wf:{s:${id}}`, 'log', '1m'), MARKET),
  ),
  ...[...HOSTILE, 'A'.repeat(65), '🚌'.repeat(17)].map((id) =>
    call('wf1_device', parts(`wf:{d:${id}}`, 'track'), FIXES),
  ),
  ...[
    ...HOSTILE,
    AT.slice(0, -1),
    `${AT}0`,
    `${AT.slice(0, -1)}4`,
    AT.slice(6),
    `/${AT.slice(6)}`,
    `Other${AT.slice(5)}`,
    `a/${AT}`,
  ].flatMap((cell) => [
    call('wf1_place', parts(`wf:{c:${cell}}`, 'geo', 'fix'), [JSON.stringify(fix)]),
    call('wf1_leave', parts(`wf:{c:${cell}}`, 'geo', 'fix'), ['BUS', 1, 1, '']),
  ]),
  call('wf1_market', parts('wf:{d:A}', 'log', '1m'), MARKET),
  call('wf1_market', parts('{s:A}', 'log', '1m'), MARKET),
  call('wf1_market', parts('wf:{s:A}x', 'log', '1m'), MARKET),
  call('wf1_market', parts('xwf:{s:A}', 'log', '1m'), MARKET),
  call('wf1_market', [], MARKET),
  call('wf1_market', ['wf:{s:A}'], MARKET),
  call('wf1_market', parts('wf:{s:A}', 'log'), MARKET),
  call('wf1_market', parts('wf:{s:A}', '1m', 'log'), MARKET),
  call('wf1_market', parts('wf:{s:A}', 'log', '1m', 'fix'), MARKET),
  call('wf1_market', ['wf:{s:A}', 'wf:{s:B}:log', 'wf:{s:A}:1m'], MARKET),
  call('wf1_market', ['wf:{s:A}', 'wf:{s:A}', 'wf:{s:A}'], MARKET),
  call('wf1_device', parts('wf:{s:BUS}', 'track'), FIXES),
  call('wf1_device', ['wf:{d:BUS}', 'wf:{d:CAR}:track'], FIXES),
  call('wf1_place', parts(`wf:{c:${AT}}`, 'fix', 'geo'), [JSON.stringify(fix)]),
  call('wf1_describe', ['wf:{d:A}'], ['x']),
  call('wf1_describe', ['wf:{s:A}', 'wf:{s:B}'], ['x']),
  call('wf1_describe', [], ['x']),
  call('wf1_reap', ['wf:{s:A}'], [0]),
  call('wf1_reap', ['wf:{d:A}', 'wf:{d:B}'], [0]),
  call('wf1_drop_minutes', parts('wf:{s:A}', 'log', '1m'), [BASE, 'e', 1]),
  call('wf1_drop_fixes', parts('wf:{d:A}', 'past', 'track', 'seen'), [BASE, 'e', 1]),
  call('wf1_list', ['wf:{s:A}'], ['EPOCH', 'x']),
  call('wf1_list', [SYMBOLS_KEY, 'wf:{s:A}'], ['A', 'x']),
]

test('keys that are not those of one such topic are refused, and nothing is written', async () => {
  const before = await dump()
  // A Cluster itself refuses keys of several slots.
  for (const bad of badKeys)
    await expect(floor.run(bad), JSON.stringify(bad.keys)).rejects.toThrow(/^(WFKEY|CROSSSLOT)/)
  expect(await dump()).toBe(before)
})

test('arguments that make no whole items are refused, and nothing is written', async () => {
  const before = await dump()
  const wrong: Call[] = [
    { ...publishMarket('A', [], []), args: MARKET.slice(1) },
    { ...publishFixes('BUS', []), args: FIXES.slice(1) },
    { ...leaveCell(AT, 'BUS', 1, 1, ''), args: ['BUS', 1, 1] },
    ...['4', '012', `${AT}0`, '"'].map((to) => leaveCell(AT, 'BUS', 1, 1, to)),
    ...['nan', 'inf', '-1', '1.5', '0x1', '', '1e400'].map((t) => ({
      ...leaveCell(AT, '', 1, 1, ''),
      args: ['B', t, 1, ''],
    })),
    ...['nan', '', 'x', '-1'].map((silence) => call('wf1_reap', ['wf:{d:BUS}'], [silence])),
    call('wf1_reap', ['wf:{d:BUS}']),
    ...[[], ['x', 'e', 1], [BASE, 'e'], [BASE, 'e', -1], [1, 'e', 1]].flatMap((args) => [
      call('wf1_drop_minutes', parts('wf:{s:A}', 'log', '1m', 'seen'), args),
      call('wf1_drop_fixes', parts('wf:{d:BUS}', 'track', 'past', 'seen'), args),
    ]),
    ...['', ' A', 'A"', 'A'.repeat(65), '..'].map((symbol) => call('wf1_list', [SYMBOLS_KEY], [symbol, 'x'])),
    placeInCell(AT, ['']),
    ...['', 'x', '5', '[]', '"{}"', '{', '{"a":1} ', '{"a":1}x', `{"a":"${'x'.repeat(1000)}"}`, '{"a":"\0'].map(
      (text) => call('wf1_describe', ['wf:{s:A}'], ['A', text]),
    ),
    call(
      'wf1_describe',
      ['wf:{s:A}'],
      ['A', Buffer.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')]) as never],
    ),
    call('wf1_list', [SYMBOLS_KEY], ['A', Buffer.from([0xff]) as unknown as string]),
  ]
  for (const one of wrong) await expect(floor.run(one), JSON.stringify(one)).rejects.toThrow(/^WFARG/)
  expect(await dump()).toBe(before)
})

test('a description is in snapshots with the name, stays where only the name is told, and goes with an empty one', async () => {
  const symbol = floor.fresh('WHAT')
  const more: Omit<SymbolDescription, 'name'> = {
    type: 'crypto',
    currency: 'USDT',
    exchange: 'Börse "X"',
    priceStep: 1e-8,
  }
  const described = async () => (await floor.snapshot<SymbolSnapshot>(symbolTopic(symbol))).snapshot.description
  await floor.run(publishMarket(symbol, [trade(1)], []))
  expect(await described()).toBeUndefined()
  const run = async (name: string, given?: typeof more) => {
    for (const each of describeSymbol(symbol, name, given)) await floor.run(each)
  }
  await run('A "name" / one', more)
  const { exchange, ...sound } = more
  expect(await described()).toEqual({ name: 'A "name" / one', ...sound })
  await run('Other')
  expect(await described()).toEqual({ name: 'Other', ...sound })
  for (const text of ['{ }', '{}']) {
    await floor.run(call('wf1_describe', [topicKey(symbolTopic(symbol))], ['Third', text]))
    expect(await described()).toEqual({ name: 'Third' })
  }
  expect(exchange).toMatch(/"/) // which is why it was left out
})

test('a symbol is described: listed and there, its name cut between characters', async () => {
  const symbol = floor.fresh('NAME')
  const name = `${'x'.repeat(98)}株式`
  for (const call of describeSymbol(symbol, name)) await floor.run(call)
  const kept = [
    await floor.redis.hget(topicKey(symbolTopic(symbol)), 'name'),
    await floor.redis.hget(SYMBOLS_KEY, symbol),
  ]
  expect(kept).toEqual(['x'.repeat(98), 'x'.repeat(98)])
  const nothing = { last: null, quote: null, day: null, prev: null, candle: null }
  expect(await floor.read(symbolTopic(symbol))).toMatchObject({
    kind: 'snapshot',
    cursor: { seq: 0 },
    snapshot: nothing,
  })
})
