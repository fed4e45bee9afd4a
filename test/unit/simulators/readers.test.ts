import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FORMATS, type FormatName, namesOf, readRecording, recognise } from '../../../simulators/replay/formats.ts'
import { skipLines } from '../../../simulators/replay/run.ts'
import { shift } from '../../../simulators/replay/shift.ts'

const NAMES = { symbol: 'XRP-ETH', device: 'TRUCK-1' }
const reasons = (text: string, format: FormatName): Record<string, number> =>
  Object.fromEntries([...readRecording(text, format, NAMES).skips].map(([reason, { count }]) => [reason, count]))

/** An NMEA sentence with its checksum. */
const sentence = (body: string): string => {
  const sum = [...body].reduce((value, letter) => value ^ letter.charCodeAt(0), 0)
  return `$${body}*${sum.toString(16).padStart(2, '0')}`
}
const rmc = (time: string, rest = 'A,4405.556,N,12118.398,W,010.0,090.0,090605,,') => sentence(`GPRMC,${time},${rest}`)

describe('the readers of recordings', () => {
  it('name rows of trades that cannot be used', () => {
    const rows = [
      [1000, '2', null, 'buy', 1.5, 3, 4.5],
      [1001, '2', null, 'sell', 1.5, 3, 4.5],
      [1002, 'x', null, 'buy', 1.5, 3, 4.5],
      [1003, '4', null, 'buy', -1, 3, 4.5],
      [null, '5', null, 'buy', 1, 3, 4.5],
      { id: 6 },
      [900, '1', null, '', 1.5, 3, 4.5],
    ]
    const { items, rows: seen, skips } = readRecording(JSON.stringify(rows), 'trades', NAMES)
    expect(items.map((item) => (item.kind === 'trade' ? item.trade.id : 0))).toEqual([1, 2])
    expect(items[0]).not.toHaveProperty('trade.side')
    expect(seen).toBe(7)
    expect(
      [...skips].map(([reason, { count, examples }]) => `${count} ${reason}; ${examples[0]?.split(':')[0]}`),
    ).toEqual([
      '1 the trade has no number; row 3',
      '1 price or size is not a positive number; row 4',
      '1 the time cannot be read; row 5',
      '1 not a row of a trade; row 6',
      '1 a trade with the same number came before; row 2',
    ])
    expect(() => readRecording('[[1,', 'trades', NAMES)).toThrow('JSON')
  })

  it('name rows of bus fixes that cannot be used, by line', () => {
    const csv = [
      'vehicle_id,timestamp,speed,route_id,trip_id,latitude,longitude,trip_headsign',
      '1,2017-03-16T00:00:34-05:00,,1,1,30.2,-97.7,"Metric, South"',
      '1,2017-03-16T00:00:34-05:00,1,1,1,30.3,-97.7,same time',
      '2,yesterday,1,1,1,30.2,-97.7,x',
      '3,2017-03-16T00:00:34-05:00,1,1,1,,-97.7,x',
      '4,2017-03-16T00:00:34-05:00,1,1,1,95,-97.7,x',
      'bad id,2017-03-16T00:00:34-05:00,1,1,1,30.2,-97.7,x',
      '5,2017-03-16T00:00:34-05:00,1,1',
    ].join('\r\n')
    const { items, skips } = readRecording(csv, 'capmetro', NAMES)
    expect(items).toHaveLength(1)
    expect(items[0]).not.toHaveProperty('fix.speed')
    expect(
      [...skips].map(([reason, { examples }]) => `${reason}; ${examples.map((text) => text.split(':')[0])}`),
    ).toEqual([
      'the time cannot be read; row 4',
      'the position is not on Earth; row 5,row 6',
      'the device id is not one; row 7',
      'malformed: 4 columns instead of 8; row 8',
      'a fix of this device with the same number or time came before; row 3',
    ])
  })

  it('name NMEA sentences that cannot be used', () => {
    const log = [
      rmc('205206.50'),
      rmc('205207.125'),
      sentence('GPRMC,205208,V,,,,,,,090605,,'),
      rmc('205209').replace(/..$/, '00'),
      rmc('205210').split('*')[0],
      rmc('', 'A,4405.556,N,12118.398,W,010.0,090.0,,,'),
      rmc('205211', 'A,,,,,010.0,090.0,090605,,'),
      sentence('GPGGA,205206,4405.556,N,12118.398,W,1,04,1,1,M,1,M,,'),
      '$GPRMC,2052',
      'garbage',
    ].join('\r\n')
    const { items } = readRecording(log, 'nmea', NAMES)
    const midnight = Date.UTC(2005, 5, 9)
    expect(items.map(({ t }) => t - midnight)).toEqual([75_126_500, 75_127_125])
    expect(items[0]).toMatchObject({ fix: { id: 'TRUCK-1', heading: 90, lat: 44.0926 } })
    expect(reasons(log, 'nmea')).toEqual({
      'void fix: the receiver had no position': 1,
      'bad or missing checksum': 3,
      'the time cannot be read': 1,
      'malformed: a fix without a position': 1,
      'not a fix with a date: GGA': 1,
      'malformed: not an NMEA sentence': 1,
    })
  })

  it('leave out a speed or course that a receiver does not tell', () => {
    const { items } = readRecording(rmc('205206', 'A,4405.556,N,12118.398,W,,,090605,,'), 'nmea', NAMES)
    expect(items[0]).toHaveProperty('fix.lat')
    expect(items[0]).not.toHaveProperty('fix.speed')
    expect(items[0]).not.toHaveProperty('fix.heading')
  })

  it('take checksums in lower and upper case', () => {
    const line = rmc('205206.00')
    for (const text of [line, line.slice(0, -2) + line.slice(-2).toUpperCase()])
      expect(readRecording(text, 'nmea', NAMES).items).toHaveLength(1)
  })

  it('read a GPX track that was cut off, as far as it goes, and points without a time not at all', () => {
    const gpx = `<gpx><trk><trkseg>
      <trkpt lat="52.6" lon="-8.6"><time>2019-02-18T07:45:50Z</time></trkpt>
      <trkpt lat="52.6" lon="-8.6"><ele>3</ele></trkpt>
      <trkpt lat="52.7" lon="-8.6"><time>2019-02-18T07:45:5`
    const { items, skips } = readRecording(gpx, 'gpx', NAMES)
    expect(items).toHaveLength(1)
    expect([...skips.keys()]).toEqual(
      ['malformed XML: the rest of the file is not read', 'the time cannot be read'].reverse(),
    )
    expect(skips.get('the time cannot be read')?.examples[0]).toContain('row 3')
  })

  it('name Coinbase lines that cannot be used', () => {
    const match = {
      type: 'match',
      trade_id: 1,
      side: 'sell',
      size: '2',
      price: '3',
      product_id: 'A-B',
      time: '2021-04-17T16:43:37.089723Z',
    }
    const log = [`1.5: ${JSON.stringify(match)}`, '2: {"type":', '3: {"type":"heartbeat"}', 'note', ''].join('\n')
    const { items } = readRecording(log, 'coinbase', NAMES)
    expect(items).toEqual([
      {
        kind: 'trade',
        t: 1_618_677_817_089,
        row: 1,
        symbol: 'A-B',
        trade: { id: 1, t: 1_618_677_817_089, price: 3, size: 2, side: 'buy' },
      },
    ])
    expect(reasons(log, 'coinbase')).toEqual({
      'malformed JSON': 1,
      'neither trade nor quote: heartbeat': 1,
      'a note of the recorder': 1,
    })
  })

  it('account for every line of anything, and keep order of time', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('$GPRMC,', ',A,', '*4e', '1.0: {"type":"match"', ',,,,', '"', '[[1,2', '4405.556,N'),
      fc.integer({ min: 0, max: 235_959 }).map((time) => rmc(String(time).padStart(6, '0'))),
    )
    const text = fc.array(
      fc.array(piece, { maxLength: 4 }).map((parts) => parts.join('')),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(text, fc.constantFrom<FormatName>('nmea', 'coinbase'), (lines, format) => {
        const whole = lines.join('\n')
        const { items, rows } = readRecording(whole, format, NAMES)
        expect(rows).toBe(whole.split('\n').filter((line) => line.trim() !== '').length)
        expect(items.every(({ t }, i) => i === 0 || t >= (items[i - 1]?.t ?? 0))).toBe(true)
      }),
    )
  })
})

describe('recognising a file', () => {
  it.each<[string, FormatName | null]>([
    ['[[1,"2",null,"buy",1,1,1]]', 'trades'],
    [' [\n [1', 'trades'],
    ['1618677817.061845: {"type":"x"}', 'coinbase'],
    ['wss://feed <-> 1', 'coinbase'],
    ['vehicle_id,timestamp,speed,route_id', 'capmetro'],
    ['"id","vehicle_id","trip_id","timestamp","latitude"', 'bods'],
    ['<?xml version="1.0"?>\n<gpx version="1.1">', 'gpx'],
    ['<gpx>', 'gpx'],
    ['<?xml version="1.0"?>\n<kml>', null],
    ['$GPGGA,,,', 'nmea'],
    ['Symbol,Security', null],
    ['', null],
  ])('tells that %j is %s', (text, format) => {
    expect(recognise(text)).toBe(format)
  })

  it('names symbols and devices by the file', () => {
    expect(namesOf('/a/b/xrp-eth-trades.json.gz')).toEqual({ symbol: 'XRP-ETH', device: 'xrp-eth-trades' })
    expect(namesOf('C:\\logs\\_my truck 1.log')).toEqual({ symbol: 'MY-TRUCK-1', device: 'my-truck-1' })
    expect(Object.keys(FORMATS)).toEqual(['trades', 'coinbase', 'capmetro', 'bods', 'gpx', 'nmea'])
  })
})

describe('a recording', () => {
  const text = [rmc('000001'), rmc('000003'), rmc('000008')].join('\n')
  const { items } = readRecording(text, 'nmea', NAMES)

  it.each([
    [1, [5_000_000, 5_002_000, 5_007_000]],
    [100, [5_000_000, 5_000_020, 5_000_070]],
    [Number.POSITIVE_INFINITY, [4_993_000, 4_995_000, 5_000_000]],
  ])('is moved to when it is played at speed %d, and numbered anew without gaps', (speed, times) => {
    const moved = shift(items, 5_000_000, 77, speed)
    const fixes = moved.flatMap((item) => (item.kind === 'fix' ? [item.fix] : []))
    expect(fixes.map(({ t }) => t)).toEqual(times)
    expect(fixes.map(({ n }) => n)).toEqual([77, 78, 79])
    expect(moved.map(({ t }) => t)).toEqual(items.map(({ t }) => t))
    expect(shift([], 1, 1, speed)).toEqual([])
  })

  it('tells what was left out: reasons, first rows, and how many more', () => {
    const { skips } = readRecording(['a', 'b', 'c', 'd', rmc('000001')].join('\n'), 'nmea', NAMES)
    expect(skipLines(skips)).toEqual([
      '  4 rows: malformed: not an NMEA sentence',
      '      row 1: a',
      '      row 2: b',
      '      row 3: c',
      '      and 1 more',
    ])
  })
})
