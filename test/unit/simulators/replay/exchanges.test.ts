import { describe, expect, it } from 'vitest'
import { recognise } from '../../../../simulators/replay/formats.ts'
import { quotesOf, read, reasonsOf, tradesOf, unneededOf } from './read.ts'
import { T, trades } from './trades.ts'

describe('trades as ccxt gives them', () => {
  const trade = {
    id: '7',
    timestamp: T,
    datetime: 'no',
    symbol: 'BTC/USDT',
    side: 'sell',
    price: 68000.5,
    amount: '0.001',
    info: {},
  }

  it('name their symbol, or the file does', () => {
    const { symbol, ...nameless } = trade
    const { items } = trades([trade, { ...nameless, id: '8' }])
    expect(items).toEqual([
      {
        kind: 'trade',
        t: T,
        row: 1,
        symbol: 'BTC/USDT',
        trade: { id: 7, t: T, price: 68000.5, size: 0.001, side: 'sell' },
      },
      {
        kind: 'trade',
        t: T,
        row: 2,
        symbol: 'XRP-ETH',
        trade: { id: 8, t: T, price: 68000.5, size: 0.001, side: 'sell' },
      },
    ])
    expect(recognise(JSON.stringify([trade]))).toBe('trades')
  })

  it('may have their time as text, and no number', () => {
    const odd = { ...trade, timestamp: undefined, datetime: '2024-03-05T10:00:01Z', id: null }
    expect(tradesOf(trades([odd], { anew: true }))[0]?.t).toBe(T + 1000)
    expect(reasonsOf(trades([{ ...trade, symbol: 'a"b' }]))).toEqual({ 'the symbol cannot be a name': 1 })
  })
})

describe('trades as Binance gives them', () => {
  const long = { id: 28457, price: '4.00000100', qty: '12.0', quoteQty: '48', time: T, isBuyerMaker: true }
  const short = { a: 26129, p: '0.01633102', q: '4.7', f: 27781, l: 27781, T: T + 1, m: false, M: true }
  const event = { e: 'trade', E: T, s: 'BNBBTC', t: 12345, p: '0.001', q: '100', b: 88, a: 50, T: T + 2, m: true }

  it('are single ones, aggregates, and those of the stream; the side is the one who did not make the order', () => {
    const recording = trades([long, short, event])
    expect(tradesOf(recording)).toEqual([
      { id: 28457, t: T, price: 4.000001, size: 12, side: 'sell' },
      { id: 26129, t: T + 1, price: 0.01633102, size: 4.7, side: 'buy' },
      { id: 12345, t: T + 2, price: 0.001, size: 100, side: 'sell' },
    ])
    expect(recording.items.map((item) => item.kind === 'trade' && item.symbol)).toEqual([
      'XRP-ETH',
      'XRP-ETH',
      'BNBBTC',
    ])
  })

  it.each([
    [{ ...long, time: undefined }, 'the trade has no time'],
    [{ ...long, price: undefined }, 'the trade has no price'],
    [{ ...long, qty: undefined }, 'the trade has no size'],
    [{ ...short, T: undefined }, 'the trade has no time'],
  ])('are told by what they lack: %j', (value, reason) => expect(reasonsOf(trades([value]))).toEqual({ [reason]: 1 }))
})

describe('Coinbase', () => {
  const time = '2021-04-17T16:43:37.089723Z'
  const t = 1_618_677_817_089
  const frame = (value: object) => `1.5: ${JSON.stringify(value)}`
  const match = { type: 'match', trade_id: 1, side: 'sell', size: '2', price: '3', product_id: 'A-B', time }
  const ticker = {
    type: 'ticker',
    product_id: 'A-B',
    time,
    best_bid: '1',
    best_bid_size: '5',
    best_ask: '2',
    best_ask_size: '6',
  }
  const coinbase = (...frames: object[]) => read(frames.map(frame).join('\n'), 'coinbase')

  it('has lines that cannot be used, and others that are not needed', () => {
    const lines = [
      frame(match),
      '2: {"type":',
      '3: {"type":"heartbeat"}',
      'wss://feed <-> 1',
      '17.06',
      JSON.stringify({ ...match, trade_id: 2 }),
      '',
    ]
    const recording = read(lines.join('\r\n'), 'coinbase')
    expect(recording.items[0]).toEqual({
      kind: 'trade',
      t,
      row: 1,
      symbol: 'A-B',
      trade: { id: 1, t, price: 3, size: 2, side: 'buy' },
    })
    expect(recording.items.map(({ row }) => row)).toEqual([1, 6])
    expect(reasonsOf(recording)).toEqual({ 'malformed JSON': 1, 'malformed: not a frame': 1 })
    expect(unneededOf(recording)).toEqual({ heartbeat: 1, 'note of the recorder': 1 })
  })

  it.each([
    [{ best_bid: '' }, { bid: null, bidSize: 0, ask: 2, askSize: 6 }],
    [
      { best_ask: undefined, best_ask_size: undefined },
      { bid: 1, bidSize: 5, ask: null, askSize: 0 },
    ],
    [
      { best_ask: null, best_ask_size: '0' },
      { bid: 1, bidSize: 5, ask: null, askSize: 0 },
    ],
    [
      { best_bid: '', best_ask: '' },
      { bid: null, bidSize: 0, ask: null, askSize: 0 },
    ],
    [
      { best_bid_size: undefined, best_ask_size: '' },
      { bid: 1, bidSize: 0, ask: 2, askSize: 0 },
    ],
    [
      { best_bid: '-1.5', best_ask: 0 },
      { bid: -1.5, bidSize: 5, ask: 0, askSize: 6 },
    ],
  ])('tells a quote of a ticker with %j', (more, quote) =>
    expect(quotesOf(coinbase({ ...ticker, ...more }))).toEqual([{ t, ...quote }]),
  )

  it.each([
    [{ ...ticker, best_bid: 'x' }, 'bid or ask is no number'],
    [{ ...ticker, best_ask: true }, 'bid or ask is no number'],
    [{ ...ticker, best_ask_size: '1x' }, 'the size of bid or ask is no number from 0'],
    [{ ...ticker, time: undefined }, 'the time cannot be read'],
    [{ type: 'ticker', product_id: 'A-B', time }, 'a ticker without bid and ask'],
    [{ ...match, price: '' }, 'the price is no number'],
    [{ ...match, size: null }, 'the size is no number'],
    [{ ...match, product_id: undefined }, 'the symbol cannot be a name'],
    [{ ...match, time: 'now' }, 'the time cannot be read'],
  ])('has nothing to tell by %j', (value, reason) => expect(reasonsOf(coinbase(value))).toEqual({ [reason]: 1 }))
})
