import { expect, test } from 'vitest'
import { createSymbolList } from '../../../server/market/symbols.ts'
import { SYMBOLS_KEY } from '../../../wire/topics.ts'
import { fakeRedis } from './fake-redis.ts'

const nothing = (): void => {}

test('the list of symbols is read once for all who ask within two seconds, but each time while it is empty', async () => {
  const symbols: Record<string, string> = {}
  let now = 0
  const { redis, asked } = fakeRedis(new Map([[SYMBOLS_KEY, symbols]]))
  const list = createSymbolList(redis, () => now, nothing)
  expect(await list()).toEqual([])
  symbols.A = 'A Inc.'
  expect((await list()).map(({ symbol }) => symbol)).toEqual(['A'])
  symbols.B = 'B Inc.'
  expect(await list()).toHaveLength(1)
  expect(asked.filter((command) => command === 'hgetall')).toHaveLength(2)
  now = 2_001
  expect(await list()).toHaveLength(2)
})

const last = JSON.stringify({ id: 1, t: 1_795_003_200_000, price: 0, size: 0 })

test('a symbol that cannot be read is left out and told, and all others are there', async () => {
  const keys = new Map<string, Record<string, string> | string>([
    ['wf:{s:A}', { last, quote: JSON.stringify({ t: 1, bid: null, bidSize: 0, ask: 2, askSize: 1 }) }],
    ['wf:{s:CUT}', { last: last.slice(0, -5) }],
    ['wf:{s:DAY}', { last, day: '{"t":1}' }],
    ['wf:{s:LIST}', 'a list'],
    ['wf:{s:NULL}', { last: 'null' }],
    ['wf:{s:NUMBER}', { last: '5' }],
    ['wf:{s:SPARK}', { last }],
    ['wf:{s:SPARK}:1m', 'a list'],
  ])
  const symbols = ['A', 'CUT', 'DAY', 'LIST', 'NEW', 'NULL', 'NUMBER', 'SPARK', 'b}ad', '__proto__']
  keys.set(SYMBOLS_KEY, Object.fromEntries(symbols.map((symbol) => [symbol, `${symbol} Inc.`])))
  const told: string[] = []
  const rows = await createSymbolList(
    fakeRedis(keys).redis,
    () => 0,
    (key) => told.push(key),
  )()
  expect(rows.map(({ symbol, name }) => [symbol, name])).toEqual(
    ['A', 'NEW', 'SPARK', '__proto__'].map((symbol) => [symbol, `${symbol} Inc.`]),
  )
  expect(rows[0]).toMatchObject({ last: { price: 0 }, quote: { bid: null }, day: null, prev: null, spark: [] })
  expect(told.sort()).toEqual([
    'wf:{s:CUT}',
    'wf:{s:DAY}',
    'wf:{s:LIST}',
    'wf:{s:NULL}',
    'wf:{s:NUMBER}',
    'wf:{s:SPARK}:1m',
    SYMBOLS_KEY,
  ])
})
