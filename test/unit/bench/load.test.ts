import { describe, expect, test } from 'vitest'
import { symbolName, watchSets } from '../../bench/floor.ts'
import { frameReader } from '../../bench/load/frames.ts'
import { scanPlain, scanUpdates } from '../../bench/load/scan.ts'
import { createTally } from '../../bench/load/tally.ts'

/** The bench's own eyes: a checker that overlooks a loss would make every figure worthless. */

const update = (symbol: number, seq: number, at: string): string =>
  `{"topic":"s:${symbolName(symbol)}","epoch":"65f0a1b2c3d4e","seq":${seq},"at":${at},"trades":[{"id":${seq},"t":1,"price":1.5,"size":2,"side":"buy"}]}`

const framed = (text: string): Buffer => {
  const payload = Buffer.from(text)
  const head = payload.length < 126 ? [0x81, payload.length] : [0x81, 126, payload.length >> 8, payload.length & 255]
  return Buffer.concat([Buffer.from(head), payload])
}

const scanned = (text: string): { trades: [number, number, number][]; rest: string | null } => {
  const bytes = Buffer.from(text)
  const trades: [number, number, number][] = []
  const rest = scanUpdates(bytes, 0, bytes.length, (...trade) => trades.push(trade))
  return { trades, rest: rest < 0 ? null : bytes.toString('utf8', rest) }
}

describe('frames', () => {
  test.each([1, 2, 3, 7, 64, 1000])('come whole, however the bytes are cut: %i at a time', (size) => {
    const texts = ['', 'a', 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(3000)]
    const stream = Buffer.concat(texts.map(framed))
    const seen: string[] = []
    const read = frameReader((_, bytes, start, end) => seen.push(bytes.toString('utf8', start, end)))
    const shared = Buffer.alloc(size)
    for (let at = 0; at < stream.length; at += size) {
      const count = stream.copy(shared, 0, at, Math.min(at + size, stream.length))
      read(shared.subarray(0, count))
    }
    expect(seen).toEqual(texts)
  })
})

describe('scanning', () => {
  test('finds symbol, number and time of each update', () => {
    const text = `42["updates",[${update(7, 12, '1700000000000.125')},${update(199, 3, '1700000000001.000')}]]`
    expect(scanned(text)).toEqual({
      trades: [
        [7, 12, 1700000000000.125],
        [199, 3, 1700000000001],
      ],
      rest: null,
    })
  })

  test('stops before what is not a lone trade', () => {
    const resync = `{"topic":"s:${symbolName(7)}","epoch":"65f0a1b2c3d4e","seq":13,"at":1.5,"snapshot":{"last":null}}`
    const text = `42["updates",[${update(7, 12, '1.250')},${resync}]]`
    expect(scanned(text)).toEqual({ trades: [[7, 12, 1.25]], rest: `${resync}]]` })
    const after = update(7, 15, '1.5').replace('"seq":15', '"seq":15,"after":12')
    expect(scanned(`42["updates",[${after}]]`).rest).toBe(`${after}]]`)
  })

  test('reads the texts of the plain servers, one or several', () => {
    const plain = (n: number): string =>
      `{"symbol":"${symbolName(4)}","n":${n},"at":1700000000000.5,"trade":{"id":${n},"t":1,"price":1,"size":2,"side":"buy"}}`
    const bytes = Buffer.from(`[${plain(1)},${plain(2)}]`)
    const trades: number[] = []
    scanPlain(bytes, 1, bytes.length, (symbol, seq) => trades.push(symbol, seq))
    expect(trades).toEqual([4, 1, 4, 2])
  })
})

describe('the tally', () => {
  const tally = () => {
    const made = createTally(2, 3)
    made.stand(1, 2, 0)
    return made
  }
  const none = { lost: 0, repeated: 0, strays: 0, told: 0, ended: 0 }

  test('finds nothing wrong in order', () => {
    const { got, faults, deliveries } = tally()
    for (const seq of [1, 2, 3]) got(1, 2, seq, 0, 1)
    expect([faults, deliveries()]).toEqual([none, 3])
  })

  test.each([
    ['a hole', [1, 4], { lost: 2 }],
    ['a repeat', [1, 2, 2], { repeated: 1 }],
    ['a late one', [1, 3, 2], { lost: 1, repeated: 1 }],
  ])('notices %s', (_, seqs, found) => {
    const { got, faults } = tally()
    for (const seq of seqs) got(1, 2, seq, 0, 1)
    expect(faults).toEqual({ ...none, ...found })
  })

  test('notices what nobody watches', () => {
    const { got, faults } = tally()
    got(0, 2, 1, 0, 1)
    expect(faults).toEqual({ ...none, strays: 1 })
  })

  test('gives percentiles of the delays since they were cleared', () => {
    const { got, percentiles, clearDelays } = tally()
    for (let seq = 1; seq <= 100; seq++) got(1, 2, seq, 0, seq)
    expect(percentiles().p50).toBeCloseTo(50, 0)
    expect(percentiles().p99).toBeCloseTo(99, 0)
    clearDelays()
    got(1, 2, 101, 0, 5)
    expect(percentiles().p99).toBeCloseTo(5, 0)
  })
})

test('watch sets are the same each time, and each client watches as many different symbols as asked', () => {
  const floor = { clients: 50, symbols: 30, each: 20 }
  expect(watchSets(floor)).toEqual(watchSets(floor))
  for (const set of watchSets(floor)) expect(new Set(set).size).toBe(20)
})
