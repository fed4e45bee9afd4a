import { expect, it } from 'vitest'
import type { CandlesReply, SymbolsReply, TrackReply } from '../../../wire/api.ts'
import type { Heartbeat } from '../../../wire/protocol.ts'
import { eventually } from '../../support/eventually.ts'
import { cursorOf, fix, type Stage, segmentsOf, trade, watch } from './stage.ts'

/** As sources write them: markets, pairs, indices, shares; plates, phones, in any script. */
const NAMES = ['BTC/USD', '^GSPC', 'EURUSD=X', 'M&M.NS', '0700.HK', 'btcusdt', 'ES=F', 'user:phone', '50%', 'a b']
const FOREIGN = ['ZÜ 123', '東京/7', '🚌 é', `${'x'.repeat(60)}🚌`]

/** Names: any text, in messages as it is, encoded in an address. */
export const testNames = (stage: () => Stage): void => {
  it.each([...NAMES, ...FOREIGN])('carries the name %s through every message and address', async (name) => {
    const { feed, client, node } = stage()
    const get = async <T>(path: string): Promise<T> => (await fetch(`${node.url}/api/${path}`)).json() as Promise<T>
    const encoded = encodeURIComponent(name)
    await feed.describe(name)
    await feed.market(name, [trade()])
    await feed.fix(fix(name))
    const one = await client()
    const [symbol, device] = [await cursorOf(one, `s:${name}`), await cursorOf(one, `d:${name}`)]
    await feed.market(name, [trade({ price: 101 })])
    await feed.fix(fix(name))
    expect(await segmentsOf(one, `s:${name}`)).toMatchObject([{ topic: `s:${name}`, trades: [{ price: 101 }] }])
    expect(await segmentsOf(one, `d:${name}`)).toMatchObject([{ topic: `d:${name}`, fixes: [{ id: name }] }])
    const again = [
      { topic: `s:${name}`, cursor: symbol },
      { topic: `d:${name}`, cursor: device },
    ]
    expect(await watch(one, { topics: again })).toMatchObject([{ kind: 'replay' }, { kind: 'replay' }])
    await eventually('heartbeats that name both', () => {
      const told = one.heard<Heartbeat>('heartbeat').flatMap(({ seqs }) => Object.keys(seqs))
      return told.includes(`s:${name}`) && told.includes(`d:${name}`)
    })
    const { symbol: named, candles } = await get<CandlesReply>(`symbols/${encoded}/candles`)
    // A minute may have begun between the two trades.
    expect([named, candles.reduce((sum, { count }) => sum + count, 0)]).toEqual([name, 2])
    expect((await get<TrackReply>(`devices/${encoded}/track`)).fixes).toHaveLength(2)
  })

  it('lists every name as it is', async () => {
    const listed = async (): Promise<true> => {
      const { symbols } = (await (await fetch(`${stage().node.url}/api/symbols`)).json()) as SymbolsReply
      expect(symbols.map(({ symbol }) => symbol)).toEqual(expect.arrayContaining([...NAMES, ...FOREIGN]))
      return true
    }
    await eventually('the list of symbols', listed)
  })

  it('tells upper from lower case, and refuses what cannot be a name', async () => {
    const { feed, client } = stage()
    await feed.describe('Case')
    const one = await client()
    const codes = async (...names: string[]) =>
      (await watch(one, { topics: names.map((name) => ({ topic: `s:${name}` })) })).map((result) =>
        result.kind === 'error' ? result.error.code : result.kind,
      )
    expect(await codes('Case', 'CASE')).toEqual(['snapshot', 'unknown_symbol'])
    const wrong = [
      '',
      ' a',
      'a ',
      '.',
      '..',
      'a{b',
      'a}b',
      'a"b',
      'a\\b',
      'a\tb',
      'a\u0085b',
      'é'.repeat(33),
      'x'.repeat(65),
    ]
    expect(await codes(...wrong)).toEqual(wrong.map(() => 'bad_topic'))
  })
}
