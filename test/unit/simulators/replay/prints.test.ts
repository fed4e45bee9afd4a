import { describe, expect, it } from 'vitest'
import { recognise } from '../../../../simulators/replay/formats.ts'
import { zoneOf } from '../../../../simulators/replay/zone.ts'
import { notesOf, placesOf, read, reasonsOf, tradesOf } from './read.ts'
import { T, trades } from './trades.ts'

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
