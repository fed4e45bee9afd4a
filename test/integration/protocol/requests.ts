import { expect, it } from 'vitest'
import { cellTopic } from '../../../wire/topics.ts'
import { eventually } from '../../support/eventually.ts'
import {
  AUSTIN,
  cursorOf,
  fix,
  MOST_REQUESTS,
  MOST_WATCHES,
  quote,
  type Stage,
  segments,
  segmentsOf,
  trade,
  watch,
} from './stage.ts'

const DAY_AGO = 86_400_000

/** Every request and every kind of answer. */
export const testRequests = (stage: () => Stage): void => {
  it('opens as the page says: handshake, namespace, hello', async () => {
    const one = await stage().client()
    expect(one.control[0]).toMatch(/^0\{"sid":"[^"]+","upgrades":\[\],"pingInterval":25000,"pingTimeout":20000,/)
    expect(one.control[1]).toMatch(/^40\{"sid":"[^"]+"\}$/)
    expect(one.packets[0]?.text).toMatch(/^42\["hello",\{"node":"one",/)
  })

  it('answers symbols with snapshot, current and replay', async () => {
    const { feed, client } = stage()
    await feed.describe('REQ2')
    await feed.describeAs('REQ1', {
      name: 'Requested Inc.',
      type: 'stock',
      currency: 'USD',
      exchange: 'NYSE',
      zone: 'America/New_York',
      sessions: '0930-1600:23456',
      priceStep: 0.01,
    })
    const one = await client()
    const [empty] = await watch(one, { topics: [{ topic: 's:REQ2' }] })
    expect(empty).toMatchObject({ kind: 'snapshot', snapshot: { last: null, quote: null, day: null, prev: null } })
    await feed.market('REQ1', [trade({ t: Date.now() - DAY_AGO, side: 'sell' }), trade({ side: 'sell' })], [quote()])
    const cursor = await cursorOf(one, 's:REQ1')
    const again = await client()
    const resume = () => watch(again, { topics: [{ topic: 's:REQ1', cursor }] })
    expect(await resume()).toEqual([{ topic: 's:REQ1', kind: 'current', cursor }])
    await feed.market('REQ1', [], [quote()])
    await feed.market('REQ1', [trade({ side: 'buy' })])
    // As long as the node has not heard of them it would rightly say that this client has everything, and send them
    // after.
    await segmentsOf(again, 's:REQ1', 2)
    const [first, second] = [cursor.seq + 1, cursor.seq + 2]
    expect(await resume()).toMatchObject([
      { kind: 'replay', cursor: { seq: second }, updates: [{ seq: first }, { seq: second }] },
    ])
    // More than the node remembers; the log has no quotes by themselves.
    for (let i = 0; i < 60; i++) await feed.market('REQ1', [], [quote()])
    await feed.market('REQ1', [trade({ side: 'buy' })])
    await segmentsOf(again, 's:REQ1', 63)
    const seq = second + 61
    expect(await resume()).toMatchObject([
      {
        kind: 'replay',
        cursor: { seq },
        updates: [
          { seq: second, after: cursor.seq },
          { seq, after: second },
        ],
      },
    ])
  })

  it('replays to each of two messages under way from the cursor that it named', async () => {
    const { feed, client } = stage()
    await feed.describe('REQ4')
    const one = await client()
    const topics = [{ topic: 's:REQ4', cursor: await cursorOf(one, 's:REQ4') }]
    await feed.market('REQ4', [trade()])
    const [heard] = await segmentsOf(one, 's:REQ4')
    // Not even what the client heard meanwhile is left out: it has to tell repeats itself.
    for (const [result] of await Promise.all([watch(one, { topics }), watch(one, { topics })]))
      expect(result).toMatchObject({ kind: 'replay', updates: [heard] })
  })

  it('watches a topic that is named again as the message says', async () => {
    const { feed, client } = stage()
    await feed.describe('REQ5')
    const one = await client()
    const heldBack = async (tuning: object): Promise<boolean> => {
      await watch(one, { topics: [{ topic: 's:REQ5', ...tuning }] })
      const before = segments(one, 's:REQ5').length
      await feed.market('REQ5', [trade()])
      await feed.market('REQ5', [trade()])
      const [first] = (await segmentsOf(one, 's:REQ5', before + 1)).slice(before)
      return first !== undefined && 'candles' in first
    }
    expect(await heldBack({ mode: 'latest', rate: 0.5 })).toBe(true)
    expect(await heldBack({})).toBe(false)
  })

  it('answers devices with snapshot, current and replay, also one that was reaped', async () => {
    const { feed, client, command } = stage()
    const attributes = { plate: 'BCD-1234', seats: 40, lift: true }
    const described = { name: 'Bus 1', group: 'other', category: 'bus', attributes }
    await feed.describeDevice('REQ-1', described)
    await feed.fix(fix('REQ-1', { speed: 9.5, heading: 270, battery: 0.5, route: '801 North' }))
    const one = await client()
    const cursor = await cursorOf(one, 'd:REQ-1')
    const again = await client()
    const resume = () => watch(again, { topics: [{ topic: 'd:REQ-1', cursor }] })
    expect(await resume()).toMatchObject([{ kind: 'current' }])
    await feed.fix(fix('REQ-1'))
    await segmentsOf(again, 'd:REQ-1')
    expect(await resume()).toMatchObject([{ kind: 'replay', updates: [{ seq: cursor.seq + 1 }] }])
    await command.call('FCALL', 'wf1_reap', 1, 'wf:{d:REQ-1}', 0)
    const [reaped] = await watch(await client(), { topics: [{ topic: 'd:REQ-1' }] })
    expect(reaped).toMatchObject({ kind: 'snapshot', snapshot: { last: { id: 'REQ-1' }, cell: null } })
    expect(reaped).toMatchObject({ snapshot: { description: described } })
  })

  it('answers the register of devices with snapshot, current and replay, and tells who comes and who is gone', async () => {
    const { feed, client } = stage()
    const bus = { id: 'REG-1', name: 'Bus 1', group: 'buses', category: 'bus' }
    await feed.register(bus)
    const one = await client()
    const [first] = await watch(one, { topics: [{ topic: 'r:devices' }] })
    if (first?.kind !== 'snapshot') throw new Error(`${first?.kind}`)
    const { cursor, snapshot } = first
    expect(snapshot).toEqual({ count: expect.any(Number) })
    const again = await client()
    const resume = () => watch(again, { topics: [{ topic: 'r:devices', cursor }] })
    expect(await resume()).toMatchObject([{ kind: 'current' }])
    await feed.register({ id: 'REG-2' })
    await feed.unregister('REG-1')
    expect(await segmentsOf(again, 'r:devices', 2)).toMatchObject([{ devices: [{ id: 'REG-2' }] }, { gone: ['REG-1'] }])
    expect(await resume()).toMatchObject([{ kind: 'replay', updates: [{ seq: cursor.seq + 1 }, { gone: ['REG-1'] }] }])
    await watch(one, { topics: [{ topic: 'r:devices', mode: 'latest', rate: 0.5 }] })
    for (const name of ['A', 'B', 'C', 'D']) await feed.register({ ...bus, name })
    await eventually('the last of them', () => JSON.stringify(segments(one, 'r:devices').at(-1)).includes('"name":"D"'))
    expect(await one.ask('tune', { topics: [{ topic: 'r:devices' }] })).toMatchObject({ results: [{ kind: 'tuned' }] })
    expect(await one.ask('unwatch', { topics: ['r:devices'] })).toMatchObject({ results: [{ kind: 'unwatched' }] })
    expect(segments(one, 'r:devices').at(-1)).toMatchObject({
      devices: [{ ...bus, name: 'D' }],
      after: expect.any(Number),
    })
  })

  it('answers a view with its cells, and one cell again by its cursor', async () => {
    const { feed, client } = stage()
    const cell = await feed.fix(fix('REQ-2'))
    const one = await client()
    const results = await watch(one, { view: { bounds: AUSTIN } })
    const here = results.find(({ topic }) => topic === cellTopic(cell))
    expect(here).toMatchObject({ kind: 'snapshot', snapshot: { fixes: [expect.anything(), expect.anything()] } })
    expect(await watch(one, { view: { bounds: AUSTIN } })).toEqual([])
    if (here?.kind !== 'snapshot') return
    const cursors = { [here.topic]: here.cursor }
    expect(await watch(one, { view: { bounds: AUSTIN, cursors, mode: 'latest', rate: 60 } })).toEqual([
      { topic: here.topic, kind: 'current', cursor: here.cursor },
    ])
    expect(await watch(one, { view: { bounds: AUSTIN, groups: ['other'] } })).toEqual([])
    expect(await one.ask('watch', { view: null })).toEqual({ results: [], view: { cells: [], groups: [] } })
  })

  it('tunes, and unwatches: nothing of the topic comes after the answer', async () => {
    const { feed, client } = stage()
    await feed.describe('REQ3')
    await feed.fix(fix('REQ-3'))
    const one = await client()
    await watch(one, { topics: [{ topic: 's:REQ3' }, { topic: 'd:REQ-3' }], view: { bounds: AUSTIN } })
    const topics = [{ topic: 's:REQ3', mode: 'latest', rate: 0.1 }, { topic: 'd:REQ-3', rate: 60 }, { topic: 's:NO' }]
    expect(await one.ask('tune', { topics, view: { mode: 'every', rate: 1 } })).toMatchObject({
      results: [{ kind: 'tuned' }, { kind: 'tuned' }, { kind: 'error', error: { code: 'not_watched' } }],
    })
    expect(await one.ask('unwatch', { topics: ['d:REQ-3', 's:REQ3'] })).toMatchObject({
      results: [{ kind: 'unwatched' }, { kind: 'unwatched' }],
    })
    const other = await client()
    await watch(other, { topics: [{ topic: 's:REQ3' }] })
    await feed.market('REQ3', [trade()])
    await segmentsOf(other, 's:REQ3')
    expect(one.heard('updates')).toEqual([])
  })

  it('answers what is wrong of each topic by itself, or of the whole message', async () => {
    const { feed, client } = stage()
    const symbols = Array.from({ length: MOST_WATCHES }, (_, i) => `FULL${i}`)
    await feed.describe(...symbols)
    const one = await client()
    const codes = async (...topics: string[]) =>
      (await watch(one, { topics: topics.map((topic) => ({ topic })) })).map((result) =>
        result.kind === 'error' ? result.error.code : result.kind,
      )
    const wrong = ['s:NOBODY', 'd:GHOST', 'c:other/0231301203313', 'x:Y', '']
    expect(await codes(...wrong)).toEqual(['unknown_symbol', 'unknown_device', 'bad_topic', 'bad_topic', 'bad_topic'])
    const watched = symbols.map((name) => `s:${name}`)
    expect(await codes(...watched, 's:REQ1')).toEqual([...watched.map(() => 'snapshot'), 'too_many_watches'])
    expect(await one.ask('unwatch', { topics: ['c:other/0231301203313'] })).toMatchObject({
      results: [{ kind: 'error', error: { code: 'bad_topic' } }],
    })
    const world = { west: -180, south: -85, east: 180, north: 85 }
    expect(await one.ask('watch', { view: { bounds: world } })).toMatchObject({
      results: [],
      view: { error: { code: 'view_too_wide' } },
    })
    const hurried = await client()
    const replies = await Promise.all(Array.from({ length: MOST_REQUESTS * 2 + 2 }, () => hurried.ask('watch', {})))
    expect(replies).toContainEqual({ error: expect.objectContaining({ code: 'rate_limited' }) })
  })

  it('refuses exactly what the document does not allow', async () => {
    const { client, malformed } = stage()
    const one = await client()
    const cursor = { epoch: '', seq: 0 }
    const bad: [event: string, payload: unknown][] = [
      ['watch', null],
      ['watch', { topics: 's:AAPL' }],
      ['watch', { topics: [{ topic: null }] }],
      ['watch', { topics: [{ topic: 's:A', cursor: { ...cursor, seq: -1 } }] }],
      ['watch', { topics: [{ topic: 's:A', cursor: { ...cursor, epoch: 'x'.repeat(33) } }] }],
      ['watch', { topics: [{ topic: 's:A', rate: 0 }] }],
      ['watch', { topics: [{ topic: 's:A', rate: 61 }] }],
      ['watch', { topics: [{ topic: 's:A', mode: 'some' }] }],
      ['watch', { topics: Array.from({ length: 2001 }, () => ({ topic: 's:A' })) }],
      ['watch', { view: { bounds: { ...AUSTIN, north: 91 } } }],
      ['watch', { view: { bounds: { ...AUSTIN, west: -1081 } } }],
      ['unwatch', {}],
      ['unwatch', { topics: [5] }],
      ['tune', { topics: [{ topic: 's:A', rate: 'fast' }] }],
      ['tune', { view: null }],
    ]
    for (const [event, payload] of bad)
      expect(await one.ask(event, payload), JSON.stringify(payload)).toMatchObject({ error: { code: 'bad_request' } })
    expect(malformed.splice(0)).toHaveLength(bad.length)
    // What JSON Schema cannot say.
    expect(await one.ask('watch', { view: { bounds: { ...AUSTIN, west: 0 } } })).toMatchObject({
      error: { code: 'bad_request' },
    })
    // The edges of what it allows.
    const edge = { topics: [{ topic: 's:A', cursor: { epoch: 'x'.repeat(32), seq: 0 }, rate: 0.1 }] }
    expect(await one.ask('watch', edge)).toMatchObject({ results: [{ error: { code: 'unknown_symbol' } }] })
    expect(await one.ask('tune', { topics: Array.from({ length: 2000 }, () => ({ topic: '' })) })).toHaveProperty(
      'results',
    )
  })
}
