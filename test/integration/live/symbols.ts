import { expect, it, onTestFinished } from 'vitest'
import { applyMarket } from '../../../wire/candles.ts'
import type { SymbolSnapshot } from '../../../wire/market.ts'
import type { Update, WatchReply } from '../../../wire/protocol.ts'
import { eventually } from '../../support/eventually.ts'
import { type Floor, newNumber, results, trade } from './floor.ts'

/** What a client that watches symbols gets, and what is refused. */
export const testSymbols = (floor: Floor): void => {
  it('answers a snapshot with its cursor, then sends the updates above it, which give what Redis holds', async () => {
    await floor.feed.market(
      'S0',
      [trade(10), trade(11)],
      [{ t: 1_700_000_000_000, bid: 10, bidSize: 1, ask: 12, askSize: 1 }],
    )
    const one = await floor.client()
    const [answer] = results(await one.watchTopics('s:S0'))
    if (answer?.kind !== 'snapshot') throw new Error(`${answer?.kind}`)
    for (let i = 0; i < 20; i++) await floor.feed.market('S0', [trade(10 + i), trade(30 - i)])
    await eventually('all updates', () => one.segments('s:S0').length === 20)
    const updates = one.segments('s:S0') as Update[]
    expect(updates.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => answer.cursor.seq + 1 + i))
    const state = updates.reduce(applyMarket, answer.snapshot as SymbolSnapshot)
    const [now] = results(await (await floor.client()).watchTopics('s:S0'))
    expect(now).toEqual({
      topic: 's:S0',
      kind: 'snapshot',
      cursor: { epoch: answer.cursor.epoch, seq: updates.at(-1)?.seq },
      snapshot: state,
    })
  })

  it('loses and repeats nothing for a client that begins to watch while trades pour in', async () => {
    let pouring = true
    onTestFinished(() => {
      pouring = false
    })
    const pour = (async () => {
      while (pouring) await floor.feed.market('S1', [trade()])
    })()
    pour.catch(() => {}) // it is awaited below, unless something else fails
    const watchers = await Promise.all(Array.from({ length: 10 }, () => floor.client()))
    const answers = await Promise.all(watchers.map((each) => each.watchTopics('s:S1')))
    await eventually('some updates', () => watchers.every((each) => each.segments('s:S1').length > 50))
    pouring = false
    await pour
    const [truth] = results(await (await floor.client()).watchTopics('s:S1'))
    for (const [i, each] of watchers.entries()) {
      const [answer] = results(answers[i] as WatchReply)
      if (answer?.kind !== 'snapshot' || truth?.kind !== 'snapshot') throw new Error('no snapshot')
      await eventually('the last update', () => each.segments('s:S1').at(-1)?.seq === truth.cursor.seq)
      const updates = each.segments('s:S1') as Update[]
      expect(updates.map(({ seq }) => seq)).toEqual(updates.map((_, place) => answer.cursor.seq + 1 + place))
      expect(updates.reduce(applyMarket, answer.snapshot as SymbolSnapshot)).toEqual(truth.snapshot)
    }
  })

  it('answers each topic by itself: one that is wrong does not spoil the rest', async () => {
    const one = await floor.client()
    const reply = await one.watchTopics('s:S2', 's:NOBODY', 'x:Y', 's:a{b}', 'c:other/0231301203313', 'd:GHOST', 's:S3')
    expect(results(reply).map((each) => (each.kind === 'error' ? each.error.code : each.kind))).toEqual([
      'snapshot',
      'unknown_symbol',
      'bad_topic',
      'bad_topic',
      'bad_topic',
      'unknown_device',
      'snapshot',
    ])
  })

  it('refuses malformed messages and too many watches, and goes on', async () => {
    const one = await floor.client()
    for (const bad of [
      null,
      5,
      'x',
      { topics: 'all' },
      { topics: [{ topic: 5 }] },
      { view: { bounds: { west: 0 } } },
      { view: { bounds: { west: 5, east: 1, south: 0, north: 1 } } },
    ]) {
      const reply = await one.socket.timeout(60_000).emitWithAck('watch', bad as never)
      expect(reply, JSON.stringify(bad)).toMatchObject({ error: { code: 'bad_request' } })
    }
    one.socket.emit('watch', {} as never, undefined as never)
    const many = Array.from({ length: 12 }, (_, i) => `s:S${i}`)
    const more = Array.from({ length: 40 }, (_, i) => `d:D${i}`)
    for (const id of more) await floor.feed.fix({ id: id.slice(2), n: newNumber(), t: Date.now(), lat: 1, lon: 1 })
    const answers = results(await one.watchTopics(...many, ...more))
    expect(answers.filter(({ kind }) => kind === 'snapshot')).toHaveLength(40)
    expect(answers.filter((each) => each.kind === 'error' && each.error.code === 'too_many_watches')).toHaveLength(12)
  })

  it('sends nothing more after unwatch', async () => {
    const one = await floor.client()
    await one.watchTopics('s:S4', 's:S5')
    expect(await one.unwatch('s:S4', 'nonsense')).toMatchObject({
      results: [
        { topic: 's:S4', kind: 'unwatched' },
        { kind: 'error', error: { code: 'bad_topic' } },
      ],
    })
    await floor.feed.market('S4', [trade()])
    await floor.feed.market('S5', [trade()])
    await eventually('the other symbol', () => one.segments('s:S5').length === 1)
    expect(one.segments('s:S4')).toEqual([])
  })
}
