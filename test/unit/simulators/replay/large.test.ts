import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf } from '../../../../formats/times.ts'
import type { FormatName } from '../../../../simulators/replay/formats.ts'
import { notesOf, placesOf, type Recording, read, readPieces, reasonsOf, sentence, unneededOf } from './read.ts'
import { T } from './trades.ts'

/** So little memory that a few rows go to disk, and keys are compared in many parts. */
const LITTLE = { start: 80, runBytes: 3000, keys: 10 }

/** A text in pieces of the lengths given, by turns. */
function* piecesOf(text: string, lengths: readonly number[]): Generator<string> {
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1
    yield text.slice(at, at + length)
    at += length
  }
}
const lengths = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 })

type Row = { t: number; id: number; symbol: string; price: number | string }
const rows = fc.array(
  fc.record({
    t: fc.integer({ min: T, max: T + 50 }),
    id: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
    symbol: fc.constantFrom('A', 'B/C', 'Ü'),
    price: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: -5, max: 5 }) },
      { weight: 1, arbitrary: fc.constant('x') },
    ),
  }),
  { maxLength: 200 },
)

/** What is taken of trades, the plain way: all in memory, sorted, and a set of what came before. */
const plainly = (all: readonly Row[]) => {
  const good = all.map((row, place) => ({ ...row, row: place + 1 })).filter(({ price }) => typeof price === 'number')
  const seen = new Set<string>()
  const repeats: number[] = []
  const taken = good
    .toSorted((a, b) => a.t - b.t)
    .filter(({ symbol, id, row }) => {
      const isNew = !seen.has(`${symbol} ${id}`)
      seen.add(`${symbol} ${id}`)
      if (!isNew) repeats.push(row)
      return isNew
    })
  return { taken, repeats, bad: all.length - good.length }
}

describe('a recording that is larger than memory', () => {
  it('is what it would be in memory: items, their order, repeats and reasons', () => {
    fc.assert(
      fc.property(rows, lengths, fc.boolean(), (all, cuts, isArray) => {
        fc.pre(all.length > 0)
        const texts = all.map(({ t, id, symbol, price }) =>
          JSON.stringify({ id, timestamp: t, symbol, price, amount: 1 }),
        )
        const text = isArray ? `[${texts.join(',\n')}]` : texts.join('\n')
        const recording = readPieces(piecesOf(text, cuts), 'trades', {}, LITTLE)
        const { taken, repeats, bad } = plainly(all)
        expect(recording.items).toEqual(
          taken.map(({ t, id, symbol, price, row }) => ({
            kind: 'trade',
            t,
            row,
            symbol,
            trade: { id, t, price, size: 1 },
          })),
        )
        expect([recording.rows, recording.total]).toEqual([all.length, taken.length])
        const again = recording.skips.get('a trade with the same number came before')
        expect(again?.examples.map((example) => Number(/\d+/.exec(example)?.[0])) ?? []).toEqual(repeats.slice(0, 3))
        expect([again?.count ?? 0, reasonsOf(recording)['the price is no number'] ?? 0]).toEqual([repeats.length, bad])
      }),
      { numRuns: 300 },
    )
  })

  const stamp = fc.integer({ min: 0, max: 20 }).map((s) => new Date(T + 1000 * s).toISOString())
  const place = fc.integer({ min: 1, max: 3 })
  const clock = fc
    .integer({ min: 0, max: 86_399 })
    .map((s) => new Date(s * 1000).toISOString().slice(11, 19).replaceAll(':', ''))
  const body = fc.oneof(
    fc.tuple(clock, place).map(([time, lat]) => `GPGGA,${time},${lat}730.0,N,00843.2,E,1,04,1,1,M,1,M,,`),
    fc
      .tuple(clock, place, fc.constantFrom('050324', '060324', ''))
      .map(([time, lat, date]) => `GPRMC,${time},A,${lat}730.0,N,00843.2,E,010.0,090.0,${date},,`),
    clock.map((time) => `GPRMC,${time},V,,,,,,,050324,,`),
    fc.constant('GPGSV,1,1,00'),
  )
  const damaged = (line: string) => `${line.slice(0, -2)}00`
  const line = fc
    .tuple(body, fc.constantFrom('', '\\s:a\\', '\\s:b\\'), fc.boolean())
    .map(([text, tag, isRight]) => (isRight ? `${tag}${sentence(text)}` : `${tag}${damaged(sentence(text))}`))
  const table = (header: string, row: fc.Arbitrary<string>) =>
    fc.array(row, { maxLength: 60 }).map((all) => [header, ...all].join('\n'))
  const TEXTS: Record<FormatName, fc.Arbitrary<string>> = {
    trades: rows.map((all) =>
      JSON.stringify(
        all.map(({ t, id, price }) => [t, `${id}`, null, 'buy', price, 1, 1]),
        null,
        1,
      ),
    ),
    csv: rows.map((all) =>
      ['time,id,symbol,price,size', ...all.map(({ t, id, symbol, price }) => [t, id, symbol, price, 1].join(','))].join(
        '\n',
      ),
    ),
    coinbase: rows.map((all) =>
      all
        .map(({ t, id, symbol, price }) =>
          JSON.stringify({
            type: id % 2 ? 'match' : 'ticker',
            trade_id: id,
            size: 1,
            price,
            best_bid: price,
            product_id: symbol,
            time: t,
          }),
        )
        .join('\r\n'),
    ),
    capmetro: table(
      'vehicle_id,timestamp,latitude,longitude,speed,route_id',
      fc
        .tuple(
          place,
          stamp,
          place,
          fc.constantFrom('1', '-1', ''),
          fc.constantFrom('x', '"a,b"', '"a\nb"', 'a"b', '"open'),
        )
        .map(([id, time, lat, speed, route]) => `${id},${time},${lat}.5,8.72,${speed},${route}`),
    ),
    bods: table(
      'id,vehicle_id,timestamp,latitude,longitude,bearing,route_name',
      fc
        .tuple(fc.integer({ min: 0, max: 30 }), place, stamp, place)
        .map(([n, id, time, lat]) => `"${n || 'none'}","${id}","${time}","${lat}.5","8.72","",""`),
    ),
    gpx: fc
      .array(
        fc.tuple(
          fc.constantFrom('trk', 'rte', 'wpt'),
          fc.constantFrom('A & B', '<![CDATA[<x>]]>', ''),
          fc.array(stamp, { maxLength: 9 }),
        ),
      )
      .map((all) => {
        const point = (name: string, time: string) =>
          `<${name} lat="1" lon="2"><!-- a > & b\n --><time>${time}</time></${name}>`
        const line = ([kind, name, times]: (typeof all)[number]) => {
          const points = (each: string) => times.map((time) => point(each, time)).join('\n')
          if (kind === 'wpt') return points('wpt')
          const inner = kind === 'trk' ? `<trkseg>${points('trkpt')}</trkseg>` : points('rtept')
          return `<${kind}><name>${name}</name>${inner}</${kind}>`
        }
        return `<gpx>${all.map(line).join('')}</gpx>`
      }),
    nmea: fc.array(line, { minLength: 1, maxLength: 80 }).map((all) => all.join('\n')),
  }
  const toldOf = ({ items, rows, total, due, symbols, ...rest }: Recording) => ({
    ...{ items, rows, total, due, symbols },
    tallies: [
      reasonsOf(rest as Recording),
      unneededOf(rest as Recording),
      notesOf(rest as Recording),
      placesOf(rest as Recording),
    ],
  })

  it.each(Object.keys(TEXTS) as FormatName[])(
    'is the same however it comes, in any piece, in memory or on disk: %s',
    (format) =>
      fc.assert(
        fc.property(TEXTS[format], lengths, fc.boolean(), (text, cuts, anew) => {
          fc.pre(text !== '')
          const hints = { anew, date: dayOf(2024, 3, 5) }
          expect(toldOf(readPieces(piecesOf(text, cuts), format, hints, LITTLE))).toEqual(
            toldOf(read(text, format, hints)),
          )
        }),
      ),
  )

  it('can be gone through again and again', () => {
    const text = Array.from({ length: 300 }, (_, i) =>
      JSON.stringify([T + ((i * 7) % 300), i + 1, null, 'buy', 1, 1]),
    ).join('\n')
    const recording = readPieces([text], 'trades', {}, LITTLE)
    expect(recording.items.map(({ t }) => t - T)).toEqual(Array.from({ length: 300 }, (_, i) => i))
  })
})
