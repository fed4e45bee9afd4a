import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import type { CandlesReply, StatsReply, SymbolsReply, TrackReply } from '../../../wire/api.ts'
import type { CellSnapshot } from '../../../wire/fleet.ts'
import type { Cursor, Update } from '../../../wire/protocol.ts'
import { deviceTopic, symbolTopic, type Topic, topicKey, topicPart } from '../../../wire/topics.ts'
import type { TestClient } from '../../support/client.ts'
import { eventually } from '../../support/eventually.ts'
import { killSubscribers } from '../../support/redis-everywhere.ts'
import { AUSTIN, floorForThisFile, newNumber, results, trade } from './floor.ts'

/** Names as markets and fleets write them, with letters of every length in UTF-8. */
const SYMBOLS = [
  'BTC/USD',
  '^GSPC',
  'EURUSD=X',
  'M&M.NS',
  'ES=F',
  'BTC_USDT',
  '0700.HK',
  'btcusdt',
  '株式.T',
  '__proto__',
]
const DEVICES = ['B-XY 1234', 'user/phone', '京A·12345', 'a:b', 'Ünïcode 🚌', '%2F..', 'A\u2028B']
const [STOCKS, VANS] = [SYMBOLS.map(symbolTopic), DEVICES.map(deviceTopic)]
/** In milliseconds; long enough to go from one cell to another. */
const TEN_MINUTES = 600_000

const floor = floorForThisFile()
const fix = (id: string, { lat = 30.25, lon = -97.75, ago = 0 } = {}) =>
  floor.feed.fix({ id, n: newNumber(), t: Date.now() - ago, lat, lon })
const tradeAll = () => Promise.all(SYMBOLS.map((symbol) => floor.feed.market(symbol, [trade()])))
const ask = async <T>(path: string): Promise<T> => {
  const response = await fetch(`${floor.nodes[0]?.url}/api/${path}`)
  expect(response.status, path).toBe(200)
  return (await response.json()) as T
}

/** The cursors of an answer that says how all these topics stand. */
const cursorsOf = async (client: TestClient, topics: readonly Topic[]): Promise<Map<Topic, Cursor>> => {
  const answers = results(await client.watchTopics(...topics))
  expect(answers.map(({ topic, kind }) => [topic, kind])).toEqual(topics.map((topic) => [topic, 'snapshot']))
  return new Map(answers.flatMap((each) => (each.kind === 'error' ? [] : [[each.topic, each.cursor]])))
}
const untilAll = (what: string, client: TestClient, topics: readonly Topic[], count: number): Promise<unknown> =>
  eventually(what, () => topics.every((topic) => client.segments(topic).length >= count))

describe('symbols of any name', () => {
  it('are watched, updated, told of in heartbeats and statistics, and unwatched', async () => {
    await tradeAll()
    const one = await floor.client()
    const cursors = await cursorsOf(one, STOCKS)
    await tradeAll()
    await untilAll('an update of each', one, STOCKS, 1)
    for (const topic of STOCKS) expect(one.segments(topic)[0]?.seq, topic).toBe((cursors.get(topic)?.seq ?? 0) + 1)
    await eventually('a heartbeat of each', () =>
      STOCKS.every((topic) => one.heartbeats.some(({ seqs }) => seqs[topic]?.seq === one.segments(topic)[0]?.seq)),
    )
    const { watchers } = await ask<StatsReply>('stats')
    expect(Object.entries(watchers).sort()).toEqual(SYMBOLS.map((symbol) => [symbol, 1]).sort())
    expect(await one.unwatch(...STOCKS)).toEqual({
      results: STOCKS.map((topic) => ({ topic, kind: 'unwatched' })),
    })
    await tradeAll()
    await one.watchTopics('s:^GSPC')
    await floor.feed.market('^GSPC', [trade()])
    await untilAll('the one that is watched again', one, ['s:^GSPC'], 2)
    for (const topic of STOCKS.filter((each) => each !== 's:^GSPC')) expect(one.segments(topic)).toHaveLength(1)
  })

  it('are conflated', async () => {
    const one = await floor.client()
    await one.watch({ topics: STOCKS.map((topic) => ({ topic, mode: 'latest', rate: 1 })) })
    for (let i = 0; i < 3; i++) await tradeAll()
    const merged = (topic: Topic) => (one.segments(topic) as Update[]).filter(({ candles }) => candles)
    await eventually('candles of each', () => STOCKS.every((topic) => merged(topic).length > 0))
    for (const topic of STOCKS) expect(merged(topic)[0]).toMatchObject({ topic, last: { size: 2 } })
  })

  it('are replayed to a client that comes back, by another node too, and after Redis cut its subscribers off', async () => {
    const one = await floor.client()
    const cursors = await cursorsOf(one, STOCKS)
    await tradeAll()
    await untilAll('what another will be replayed', one, STOCKS, 1)
    await killSubscribers(floor.redis())
    await tradeAll()
    await untilAll('what came while nothing was heard', one, STOCKS, 2)
    for (const node of floor.nodes) {
      const other = await floor.client(node)
      const reply = await other.watch({ topics: [...cursors].map(([topic, cursor]) => ({ topic, cursor })) })
      for (const each of results(reply)) {
        expect(each).toMatchObject({ kind: 'replay', updates: [{ topic: each.topic }, { topic: each.topic }] })
        if (each.kind === 'replay') expect(each.updates).toEqual(one.segments(each.topic))
      }
    }
  })

  it('are resynced, and the gap is told, where Redis began them anew', async () => {
    const one = await floor.client()
    await cursorsOf(one, STOCKS)
    for (const topic of STOCKS)
      await floor
        .redis()
        .del(topicKey(topic), ...(['log', '1m', 'seen'] as const).map((part) => topicPart(topic, part)))
    await tradeAll()
    await eventually('a resync of each', () =>
      STOCKS.every((topic) => one.segments(topic).some((segment) => 'snapshot' in segment)),
    )
    expect(new Set(one.gaps.map(({ topic, reason }) => `${topic} ${reason}`))).toEqual(
      new Set(STOCKS.map((topic) => `${topic} epoch`)),
    )
  })

  it('are listed, and have candles at their address', async () => {
    await floor.feed.describe(...SYMBOLS)
    await tradeAll()
    const { symbols } = await ask<SymbolsReply>('symbols')
    const names = new Map(symbols.map(({ symbol, name }) => [symbol, name]))
    for (const symbol of SYMBOLS) expect(names.get(symbol)).toBe(`${symbol} Inc.`)
    for (const symbol of SYMBOLS) {
      const reply = await ask<CandlesReply>(`symbols/${encodeURIComponent(symbol)}/candles`)
      expect(reply).toMatchObject({ symbol, candles: [{ open: 100 }] })
    }
  })
})

describe('devices of any name', () => {
  it('are watched by name and in a view, move and leave, and have a track', async () => {
    const cells = await Promise.all(DEVICES.map((id) => fix(id, { ago: TEN_MINUTES })))
    const [cell = ''] = cells
    const one = await floor.client()
    await cursorsOf(one, VANS)
    const view = results(await one.watch({ view: { bounds: AUSTIN } }))
    const shown = view.flatMap((each) => (each.kind === 'snapshot' ? (each.snapshot as CellSnapshot).fixes : []))
    expect(shown.map(({ id }) => id).sort()).toEqual([...DEVICES].sort())
    for (const id of DEVICES) await fix(id, { lat: 30.2501, ago: TEN_MINUTES })
    await untilAll('a fix of each', one, VANS, 1)
    await eventually('of each in the view', () => one.segments(`c:${cell}`).length >= DEVICES.length)
    for (const [i, id] of DEVICES.entries())
      expect((one.segments(deviceTopic(id)) as Update[])[0]?.fixes, id).toMatchObject([
        { id: DEVICES[i], lat: 30.2501 },
      ])
    for (const id of DEVICES) {
      const reply = await ask<TrackReply>(`devices/${encodeURIComponent(id)}/track`)
      expect(reply).toMatchObject({ id, fixes: [{ id }, { id }] })
    }
  })

  it('are told to leave the view by those names', async () => {
    const id = '京A·12345'
    const from = await fix(id, { ago: TEN_MINUTES })
    const one = await floor.client()
    await one.watch({ view: { bounds: AUSTIN, mode: 'latest', rate: 1 } })
    const to = await fix(id, { lon: -97.7 })
    const left = () => (one.segments(`c:${from}`) as Update[]).flatMap((update) => update.left ?? [])
    await eventually('it left', () => left().length > 0)
    expect(left()).toMatchObject([{ id, to }])
  })
})

it('refuses names that no topic can have one by one, however long they are', async () => {
  await tradeAll()
  const one = await floor.client()
  const hostile = [
    's:\ud800',
    's:A\udfffB',
    `s:${'A'.repeat(65)}`,
    `d:${'株'.repeat(100_000)}`,
    's:A}:log',
    'd:"',
    's:\n',
  ]
  const answers = results(await one.watchTopics(...hostile, 's:株式.T'))
  expect(answers.map((each) => (each.kind === 'error' ? each.error.code : each.kind))).toEqual([
    ...hostile.map(() => 'bad_topic'),
    'snapshot',
  ])
  expect(answers.map(({ topic }) => topic)).toEqual([...hostile, 's:株式.T'])
  expect(await one.unwatch(...hostile)).toEqual({
    results: hostile.map((topic) => ({ topic, kind: 'error', error: expect.objectContaining({ code: 'bad_topic' }) })),
  })
})

it('keeps a client to which a message that is not UTF-8 would go, and gives it what follows', async () => {
  const topic = 's:株式.T'
  await tradeAll()
  const one = await floor.client()
  const { epoch, seq } = (await cursorsOf(one, [topic])).get(topic) ?? { epoch: '', seq: 0 }
  const forged = Buffer.from(`{"topic":"${topic}","epoch":"${epoch}","seq":${seq + 1},"at":1,"note":"Zürich"}`)
  forged.fill(0xfc, forged.indexOf('ü'), forged.indexOf('rich'))
  const redis = floor.redis()
  await (redis instanceof Redis ? redis.publish(topicKey(topic), forged) : redis.spublish(topicKey(topic), forged))
  await floor.feed.market('株式.T', [trade()])
  await untilAll('the trade', one, [topic], 1)
  expect(one.segments(topic)).toMatchObject([{ epoch, seq: seq + 1, trades: [{ size: 2 }] }])
  expect([one.hellos.length, one.gaps]).toEqual([1, []])
})
