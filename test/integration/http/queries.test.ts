import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ErrorReply } from '../../../wire/api.ts'
import { createFeed } from '../../support/feed.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

let redis: TestRedis
let node: TestNode

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url })
  const feed = createFeed(redis.client())
  await feed.market('AAPL', [{ id: 1, t: Date.now(), price: 1, size: 1 }])
  await feed.fix({ id: 'BUS', n: 1, t: Date.now(), lat: 1, lon: 1 })
})
afterAll(async () => {
  await node?.stop()
  await redis.stop()
})

const CANDLES = '/api/symbols/AAPL/candles'
const TRACK = '/api/devices/BUS/track'
const PARAMETERS = [
  [CANDLES, 'before'],
  [CANDLES, 'after'],
  [CANDLES, 'limit'],
  [TRACK, 'since'],
  [TRACK, 'until'],
  [TRACK, 'zoom'],
  [TRACK, 'points'],
  [TRACK, 'limit'],
  ['/api/devices', 'limit'],
] as const
const NUMBERS = [
  '',
  '%20',
  '%201',
  '+1',
  '-1',
  '1.0',
  '0x10',
  '1e3',
  'NaN',
  '1_000',
  'ten',
  '99999999999999999',
  '٣',
  '%zz',
]

it.each(PARAMETERS)('%s takes `%s` as a whole number, once, and says so', async (path, name) => {
  const ask = async (query: string) => {
    const response = await fetch(`${node.url}${path}?${query}`)
    const body = (await response.json()) as ErrorReply
    return `${response.status} ${body.error?.code ?? 'fine'} ${body.error?.message ?? ''}`
  }
  for (const number of NUMBERS)
    expect(await ask(`${name}=${number}`), number).toMatch(
      new RegExp(`^400 bad_request .* ${name}: a whole number from \\d+ to \\d+, given once$`),
    )
  expect(await ask(`${name}=1&${name}=2`)).toMatch(new RegExp(`^400 bad_request .* ${name}: `))
  expect(await ask(`${name}=1&${name}=1`)).toMatch(new RegExp(`^400 bad_request .* ${name}: `))
  expect(await ask(`${name}=1`)).toBe('200 fine ')
  if (name === 'limit')
    for (const limit of ['0', '2001']) expect(await ask(`limit=${limit}`)).toMatch(/^400 .* limit: /)
})

it('names any other parameter that is wrong', async () => {
  for (const [path, name] of [
    [`${CANDLES}?interval=`, 'interval'],
    [`${CANDLES}?interval=2m`, 'interval'],
    [`${CANDLES}?interval=1m&interval=5m`, 'interval'],
    [`${CANDLES}?as=seen`, 'as'],
    [`${TRACK}?at=1&as=then`, 'as'],
    ['/api/symbols?at=now', 'at'],
    [`/api/devices?q=${'x'.repeat(101)}`, 'q'],
    ['/api/devices?q=a&q=b', 'q'],
    ['/api/devices?after=%7D', 'after'],
    ['/api/devices?after=a&after=b', 'after'],
  ] as const) {
    const response = await fetch(`${node.url}${path}`)
    expect(response.status, path).toBe(400)
    expect(((await response.json()) as ErrorReply).error.message, path).toContain(` ${name}: `)
  }
})

it('answers addresses that cannot be decoded, and names that nobody can have, as mistakes of whoever asks', async () => {
  for (const [path, code] of [
    ['/api/symbols/%E0%A4%A/candles', 'bad_request'],
    ['/api/devices/%/track', 'bad_request'],
    ['/api/devices/%ff/track', 'bad_request'],
    ['/api/symbols/%ED%A0%80/candles', 'bad_request'],
    ['/api/symbols/%7B/candles', 'bad_topic'],
    ['/api/symbols/%00/candles', 'bad_topic'],
    [`/api/devices/${'x'.repeat(65)}/track`, 'bad_topic'],
  ] as const) {
    const response = await fetch(`${node.url}${path}`)
    expect(response.status, path).toBe(400)
    expect(await response.json(), path).toMatchObject({ error: { code } })
  }
})
