import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { FORMATS, type FormatName, recognise } from '../../../../simulators/replay/formats.ts'
import { loadRecording } from '../../../../simulators/replay/load.ts'
import { asName, namesOf } from '../../../../simulators/replay/names.ts'
import { dueItems } from '../../../../simulators/replay/pauses.ts'
import { emptyLine, fileLines } from '../../../../simulators/replay/run.ts'
import { shift } from '../../../../simulators/replay/shift.ts'
import { createSpool } from '../../../../simulators/replay/spool.ts'
import { isName } from '../../../../wire/topics.ts'
import { fixesOf, held, notesOf, placesOf, read, reasonsOf, sentence, textOf, tradesOf } from './read.ts'

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-files-'))
afterAll(() => rmSync(folder, { recursive: true }))
const rmc = (time: string) => sentence(`GPRMC,${time},A,4405.556,N,12118.398,W,010.0,090.0,090605,,`)

const load = async (text: string | Buffer) => {
  const path = join(folder, 'file.gz')
  writeFileSync(path, text)
  const given = { symbol: null, device: null, format: null, zone: null, date: Number.NaN, shift: false }
  const options = { ...given, file: path, speed: 1, maxPause: Number.POSITIVE_INFINITY }
  return held(await loadRecording(options, { spool: createSpool([tmpdir()]) }))
}

describe('the text of a file', () => {
  const readBack = async (...bytes: Uint8Array[]) => {
    const path = join(folder, 'file')
    writeFileSync(path, Buffer.concat(bytes))
    return textOf(path)
  }
  const text = '<?xml version="1.0" encoding="ISO-8859-1"?><gpx>Línea</gpx>'

  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 with a mark', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 the other way round', Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    ['what XML declares', Buffer.from(text, 'latin1')],
    ['gzip', gzipSync(Buffer.from(`\uFEFF${text}`))],
  ])('may be written as %s', async (_, bytes) => expect(await readBack(bytes)).toBe(text))

  it('may end its lines in any way', async () => {
    const lines = [rmc('000001'), rmc('000002')]
    for (const end of ['\n', '\r\n', '\r', '\r\r\n']) {
      const { items, skips } = read(await readBack(Buffer.from(lines.join(end) + end)), 'nmea')
      expect([items.length, skips.size]).toEqual([2, 0])
    }
  })

  it('is read as far as it is UTF-8, and where an encoding is declared that nobody knows', async () => {
    expect(await readBack(Buffer.from('a,Línea', 'latin1'))).toBe('a,L\uFFFDnea')
    const odd = Buffer.from('<?xml version="1.0" encoding="KLINGON"?>\u00ed', 'latin1')
    expect(await readBack(odd)).toContain('\uFFFD')
  })

  it('says what is wrong with a file', async () => {
    await expect(textOf(join(folder, 'none'))).rejects.toThrow('there is no such file')
    await expect(textOf(folder)).rejects.toThrow('it is a folder')
    await expect(textOf('/dev/zero')).rejects.toThrow('it is a device')
    await expect(load('\uFEFF \n')).rejects.toThrow('it is empty')
    await expect(load(gzipSync('x').subarray(0, 10))).rejects.toThrow('gzip data is cut off at once')
    const damaged = gzipSync('x'.repeat(99))
    damaged.writeUInt8(damaged.readUInt8(damaged.length - 8) ^ 1, damaged.length - 8)
    await expect(readBack(damaged)).rejects.toThrow('its gzip data is damaged')
  })
})

describe('a file that is cut off, or holds nothing', () => {
  const CUT = 'the gzip data is cut off here, and read as far as it goes'
  /** Packed so that what was written comes back whole, but for the end of the data. */
  const cut = (text: string) => gzipSync(text, { level: 0 }).subarray(0, -8)

  it('is read as far as it goes, but for the last line of a table, whose last number may lack digits', async () => {
    const table = await load(
      cut('vehicle_id,timestamp,latitude,longitude\n1,1709632800,30.1,-97.7\n1,1709632801,30.2,-9'),
    )
    expect(fixesOf(table).map(({ lat }) => lat)).toEqual([30.1])
    expect(notesOf(table)).toEqual({ [CUT]: 1 })
    const trades = await load(cut('[[1709632800000,"1",null,"buy",1,1,1],[1709632800000,"2",null,"buy",1'))
    expect(tradesOf(trades).map(({ id }) => id)).toEqual([1])
    expect(placesOf(trades)).toEqual(['the file ends within this row; row 2'])
    expect(notesOf(trades)).toEqual({ [CUT]: 1 })
    const whole = await load(gzipSync('[[1709632800000,"1",null,"buy",1,1,1]]'))
    expect([notesOf(whole), reasonsOf(whole)]).toEqual([{}, {}])
  })

  it.each([
    ['[]', 'trades): nothing of it can be replayed: it holds no trades.'],
    ['<gpx></gpx>', 'gpx): nothing of it can be replayed: it holds no points.'],
    ['vehicle_id,timestamp,latitude,longitude', 'capmetro): nothing of it can be replayed: it holds no rows beneath'],
    ['[{"id":1}]', 'trades): nothing of it can be replayed.'],
  ])('is told why nothing of it can be replayed: %s', async (text, line) => {
    const recording = await load(text)
    expect(emptyLine({ file: 'f' }, recording)).toContain(line)
  })
})

describe('recognising a file', () => {
  it.each<[string, FormatName | null]>([
    ['[[1,"2",null,"buy",1,1,1]]', 'trades'],
    [' [\n [1', 'trades'],
    ['[\n{"id":"1"', 'trades'],
    ['[]', 'trades'],
    ['1618677817.061845: {"type":"x"}', 'coinbase'],
    ['wss://feed <-> 1', 'coinbase'],
    ['{"type":"ticker"', 'coinbase'],
    ['{"type":"FeatureCollection"', null],
    ['timestamp,symbol,side,size,price,trdMatchID', 'csv'],
    ['4611,0.5,10,5,1569902400000,True,True', 'csv'],
    ['1616662740,52556.5,0.03', 'csv'],
    ['time,open,high,low,close,volume', null],
    ['vehicle_id,timestamp,speed,route_id,latitude,longitude', 'capmetro'],
    ['"id","vehicle_id","trip_id","timestamp","latitude","longitude"', 'bods'],
    ['<?xml version="1.0"?>\n<gpx version="1.1">', 'gpx'],
    ['<gpx>', 'gpx'],
    ['<gpxx>', null],
    ['<?xml version="1.0"?>\n<kml>', null],
    ['$GPGGA,,,', 'nmea'],
    ['Symbol,Security', null],
    ['', null],
  ])('tells that %j is %s', (text, format) => {
    expect(recognise(text)).toBe(format)
  })

  it('knows seven formats', () =>
    expect(Object.keys(FORMATS)).toEqual(['trades', 'csv', 'coinbase', 'capmetro', 'bods', 'gpx', 'nmea']))
})

describe('names by the file', () => {
  it.each([
    ['/a/b/xrp-eth-trades.json.gz', 'XRP-ETH', 'xrp-eth-trades'],
    ['C:\\logs\\my truck 1.log', 'MY-TRUCK-1', 'my truck 1'],
    ['btc_usdt.json', 'BTC-USDT', 'btc_usdt'],
    ['Bus Zürich.gpx', 'BUS-ZÜRICH', 'Bus Zürich'],
    ['a{b}"c".nmea', 'A-B--C-', 'a-b--c-'],
    ['...gpx', 'RECORDING', 'recording'],
    [`${'ü'.repeat(50)}.gpx`, 'Ü'.repeat(32), 'ü'.repeat(32)],
  ])('%s', (path, symbol, device) => expect(namesOf(path)).toEqual({ symbol, device }))

  it('are names, or nothing', () => {
    const sign = fc.constantFrom('a', ' ', '.', '"', '{', '\\', 'ü', '株', '🚌', '\ud83d', '\u0085', '\u00a0', '\n')
    const text = fc.oneof(
      fc.string(),
      fc.array(sign, { maxLength: 70 }).map((signs) => signs.join('')),
    )
    fc.assert(
      fc.property(text, fc.constantFrom('', '-2'), (any, end) => {
        const name = asName(any, end)
        expect(name === '' || isName(name)).toBe(true)
        if (isName(any) && any === any.trim() && end === '') expect(name).toBe(any)
      }),
    )
    for (const path of ['', '/', '.gpx', '{}.gz', '\ud800.gpx', 'a'.repeat(300)])
      expect(Object.values(namesOf(path)).every(isName)).toBe(true)
  })
})

describe('a recording', () => {
  const { items, due } = read([rmc('000001'), rmc('000003'), rmc('000008')].join('\n'), 'nmea')
  const endless = Number.POSITIVE_INFINITY
  const moved = (span: typeof due, most: number, first: number, speed: number) =>
    [...shift(dueItems(items, most), span, 5_000_000, first, speed)].map(({ item }) => item)
  const fixes = (all: typeof items) => all.flatMap((item) => (item.kind === 'fix' ? [item.fix] : []))

  it.each([
    [1, [5_000_000, 5_002_000, 5_007_000]],
    [100, [5_000_000, 5_000_020, 5_000_070]],
    [Number.POSITIVE_INFINITY, [4_993_000, 4_995_000, 5_000_000]],
  ])('is moved to when it is played at speed %d, and numbered anew without gaps', (speed, times) => {
    const all = moved(due, endless, 77, speed)
    expect(fixes(all).map(({ t }) => t)).toEqual(times)
    expect(fixes(all).map(({ n }) => n)).toEqual([77, 78, 79])
    expect(all.map(({ t }) => t)).toEqual(items.map(({ t }) => t))
    expect([...shift([], { first: 0, last: 0 }, 1, 1, speed)]).toEqual([])
  })

  it('has its long pauses shortened, and is moved to when it is played then', () => {
    const { first } = due
    const dueTimes = (all: typeof items, most: number) => Array.from(dueItems(all, most), (each) => each.due)
    expect(dueTimes(items, endless)).toEqual(items.map(({ t }) => t))
    expect(due).toEqual({ first, last: first + 7000 })
    expect(dueTimes(items, 3000)).toEqual([first, first + 2000, first + 5000])
    const span = { first, last: first + 5000 }
    expect(fixes(moved(span, 3000, 1, 10)).map(({ t }) => t)).toEqual([5_000_000, 5_000_200, 5_000_500])
    expect(fixes(moved(span, 3000, 1, endless)).map(({ t }) => t)).toEqual([4_995_000, 4_997_000, 5_000_000])
    const nights = read(
      ['000001', '000002', '080000', '080001', '080003', '200000', '200001'].map(rmc).join('\n'),
      'nmea',
    )
    expect(dueTimes(nights.items, 10_000).map((t) => t - first)).toEqual(
      [0, 1, 11, 12, 14, 24, 25].map((seconds) => seconds * 1000),
    )
    expect(dueTimes([], 1)).toEqual([])
  })

  it('tells what was left out: reasons, first rows, and how many more; what is not needed; and what to know', () => {
    const odd = sentence('GPRMC,000002,A,4405.556,N,12118.398,W,fast,090.0,090605,,')
    const lines = ['a', 'b', 'c', 'd', rmc('000001'), odd, '# note', sentence('GPGSV,1')]
    expect(fileLines(read(lines.join('\n'), 'nmea'))).toEqual([
      'Left out:',
      '  4 rows: malformed: not an NMEA sentence',
      '      row 1: a',
      '      row 2: b',
      '      row 3: c',
      '      and 1 more',
      'Right, and not needed: 1 comment, 1 GSV.',
      'To know:',
      '  1 row: taken without the speed: it is out of range or no number',
      `      row 6: ${odd}`,
    ])
    expect(fileLines(read(rmc('000001'), 'nmea'))).toEqual([])
  })
})
