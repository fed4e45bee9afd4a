import { describe, expect, it } from 'vitest'
import { recognise } from '../../../../simulators/replay/formats.ts'
import { zoneOf } from '../../../../simulators/replay/zone.ts'
import { notesOf, placesOf, quotesOf, read, reasonsOf, tradesOf, unneededOf } from './read.ts'

const T = 1_709_632_800_000
const trades = (rows: readonly unknown[], hints = {}) => read(JSON.stringify(rows), 'trades', hints)
const row = (time: unknown, id: unknown = '1', price: unknown = 1.5, size: unknown = 3, side: unknown = 'buy') => [
  time,
  id,
  null,
  side,
  price,
  size,
  4.5,
]

describe('rows of trades', () => {
  it('that cannot be used are told by what is wrong with them, and the rest is put in order of time', () => {
    const recording = trades([
      row(T + 1000, '2'),
      row(T + 1001, '2'),
      row(T, 'x'),
      row(null, '5'),
      { id: 6 },
      row(T, '1', 1.5, 3, ''),
      [T, '9', null, 'buy', 1],
      'text',
      null,
    ])
    expect(tradesOf(recording).map(({ id }) => id)).toEqual([1, 2])
    expect(tradesOf(recording)[0]).not.toHaveProperty('side')
    expect(recording.rows).toBe(9)
    expect(placesOf(recording)).toEqual([
      'the number of the trade is no whole number from 1: --shift numbers anew, and takes it; row 3',
      'the time cannot be read; row 4',
      'not a row of a trade; row 5,row 7,row 8',
      'a trade with the same number came before; row 2',
    ])
  })

  it('are read as far as an array goes that is cut off, whatever its lines', () => {
    const text = JSON.stringify([
      row(T, 'a"]\\'),
      { id: 2, timestamp: T, price: 1, amount: 1, info: [{}, '}'] },
      row(T),
    ])
    for (const whole of [text, text.replaceAll('},', '},\n'), `\n[\n${text.slice(1)}`]) {
      const recording = read(whole.slice(0, -20), 'trades', { anew: true })
      expect(recording.items).toHaveLength(2)
      expect(placesOf(recording)).toEqual(['the file ends within this row; row 3'])
    }
    expect(reasonsOf(read('[[1,', 'trades'))).toEqual({ 'the file ends within this row': 1 })
    expect(reasonsOf(read('[{"id":1},{"id" 2},{"id":3}]', 'trades'))).toEqual({
      'not a row of a trade': 2,
      'malformed JSON': 1,
    })
  })

  it('may be a line each, of which a broken one is told', () => {
    const rows = [row(T, '1'), { id: 2, timestamp: T, price: 1, amount: 1 }, { s: 'A/B', a: 3, T, p: '1', q: '1' }]
    const texts = rows.map((each) => JSON.stringify(each))
    for (const [place, first] of texts.entries()) {
      const text = [first, '', '{"id":', `${texts[(place + 1) % 3]},`, texts[(place + 2) % 3]].join('\n')
      expect(recognise(text)).toBe('trades')
      const recording = read(text, 'trades')
      expect(recording.items.map((item) => item.row).toSorted()).toEqual([1, 4, 5])
      expect(placesOf(recording)).toEqual(['malformed JSON; row 3'])
    }
  })

  it('are none in other JSON', () => {
    for (const text of ['{}', '{"data":\n[]}', '7']) expect(read(text, 'trades').items).toEqual([])
    for (const text of ['{"type":"FeatureCollection"}', '{"price":1}', '[1,2]']) expect(recognise(text)).toBeNull()
    expect(recognise(JSON.stringify({ type: 'match', trade_id: 1, size: 1, price: 1, time: T }))).toBe('coinbase')
    expect(trades([])).toMatchObject({ rows: 0, items: [] })
  })

  it.each([0, -37.63, '0', '-1e-10', '68000.50'])('may have the price %j', (price) =>
    expect(tradesOf(trades([row(T, '1', price)]))[0]?.price).toBe(Number(price)),
  )
  it.each([null, '', ' ', true, '12abc', '0x10', '1,5', 'NaN', '1e999', [1], {}])(
    'may not have the price %j',
    (price) => expect(reasonsOf(trades([row(T, '1', price)]))).toEqual({ 'the price is no number': 1 }),
  )
  it.each([
    [0, {}],
    ['0', {}],
    [null, { 'the size is no number': 1 }],
    ['', { 'the size is no number': 1 }],
    [-1, { 'the size is negative': 1 }],
  ])('of the size %j', (size, reasons) => expect(reasonsOf(trades([row(T, '1', 1, size)]))).toEqual(reasons))

  it.each([
    ['seconds', 1_709_632_800, T],
    ['seconds with a fraction', 1_709_632_800.123, T + 123],
    ['milliseconds', T, T],
    ['microseconds', T * 1000 + 999, T],
    ['nanoseconds', T * 1_000_000, T],
    ['text', `${T}`, T],
    ['text of microseconds', `${T}123`, T],
    ['ISO 8601', '2024-03-05T10:00:00.000Z', T],
  ])('have a time in %s', (_, time, t) => expect(tradesOf(trades([row(time)]))[0]?.t).toBe(t))

  it('have their own unit of time each', () =>
    expect(tradesOf(trades([row(T / 1000, '1'), row((T + 1) * 1000, '2'), row(T + 2, '3')])).map(({ t }) => t)).toEqual(
      [T, T + 1, T + 2],
    ))

  it.each([[0], [12], [-T], [true], [1e30], ['soon']])('have no time that is %j', (time) =>
    expect(reasonsOf(trades([row(time)]))).toEqual({ 'the time cannot be read': 1 }),
  )

  it('have a time of some zone only where a person names it', () => {
    const rows = [row('2024-03-05 10:00:00')]
    expect(Object.keys(reasonsOf(trades(rows)))).toEqual([expect.stringContaining('--zone')])
    expect(tradesOf(trades(rows, { zone: zoneOf('UTC') }))[0]?.t).toBe(T)
  })
})

describe('the side of a trade', () => {
  const odd = { 'taken without the side: it is neither buy nor sell': 1 }
  it.each([
    ['SELL', 'sell', {}],
    ['Buy', 'buy', {}],
    [' sell ', 'sell', {}],
    ['bid', undefined, odd],
    [1, undefined, odd],
    [false, undefined, odd],
    ['', undefined, {}],
    [null, undefined, {}],
  ])('%j is read in any case, and told where it is none', (side, expected, notes) => {
    const object = { id: 1, timestamp: T, price: 1, amount: 1, side }
    for (const recording of [trades([row(T, '1', 1, 1, side)]), trades([object])]) {
      expect(tradesOf(recording).map((trade) => trade.side)).toEqual([expected])
      expect(notesOf(recording)).toEqual(notes)
    }
  })

  it("is in Coinbase's matches the maker's, in any case", () => {
    const match = (side: string) =>
      read(
        JSON.stringify({ type: 'match', trade_id: 1, side, size: '2', price: '3', product_id: 'A-B', time: T }),
        'coinbase',
      )
    expect(tradesOf(match('SELL'))[0]?.side).toBe('buy')
    expect(notesOf(match('ask'))).toEqual(odd)
  })

  it('is not told of a row that is left out', () =>
    expect(notesOf(trades([row(T, '1'), row(T, '1', 1, 1, 'bid'), row(T, '2', '', 1, 'bid')]))).toEqual({}))
})

describe('numbers of trades', () => {
  it.each([
    [1, 1],
    ['0042', 42],
    [9_007_199_254_740_991, 9_007_199_254_740_991],
    ['9007199254740991', 9_007_199_254_740_991],
  ])('%j can be read', (id, number) => expect(tradesOf(trades([row(T, id)]))[0]?.id).toBe(number))

  it.each([
    [null, 'no number'],
    ['', 'no number'],
    ['9007199254740992', 'above 9007199254740991'],
    [9.1e18, 'above 9007199254740991'],
    ['a1b2', 'no whole number from 1'],
    [1.5, 'no whole number from 1'],
    ['1.5', 'no whole number from 1'],
    ['1e3', 'no whole number from 1'],
    ['0x1f', 'no whole number from 1'],
    [0, 'no whole number from 1'],
    [-7, 'no whole number from 1'],
    [true, 'no whole number from 1'],
    [[1], 'no whole number from 1'],
  ])('%j cannot: the reason names --shift, under which it does not matter', (id, why) => {
    expect(Object.keys(reasonsOf(trades([row(T, id)])))).toEqual([expect.stringMatching(new RegExp(`${why}.*--shift`))])
    expect(trades([row(T, id)], { anew: true }).items).toHaveLength(1)
  })

  it('that are texts tell a repeat all the same; those above 2^53, as JSON numbers, do not', () => {
    const repeats = (ids: unknown[]) =>
      trades(
        ids.map((id) => row(T, id)),
        { anew: true },
      ).items.length
    expect(repeats(['a1', 'a1', 'a2'])).toBe(2)
    expect(repeats(['900719925474099312', '900719925474099313'])).toBe(2)
    expect(repeats([null, null, '', ''])).toBe(4)
    expect(
      read(
        '[[1709632800000,900719925474099312,null,"",1,1,1],[1709632800000,900719925474099313,null,"",1,1,1]]',
        'trades',
        { anew: true },
      ).items,
    ).toHaveLength(2)
  })
})

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
