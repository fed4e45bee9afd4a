import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { dayOf } from '../../../../formats/times.ts'
import { recognise } from '../../../../simulators/replay/formats.ts'
import { dueItems } from '../../../../simulators/replay/pauses.ts'
import { shift } from '../../../../simulators/replay/shift.ts'
import { zoneOf } from '../../../../simulators/replay/zone.ts'
import { CASES } from '../../../support/data.ts'
import { inherited, ROOT } from '../../../support/environment.ts'
import { fixesOf, notesOf, type Recording, read, reasonsOf, textOf, tradesOf, unneededOf } from './read.ts'

const TEN = Date.UTC(2024, 2, 5, 10)

/** Reads a file as a replay does: its format is found by how it begins. */
const readCase = async (name: string, hints: Parameters<typeof read>[2] = {}): Promise<Recording> => {
  const text = await textOf(`${CASES}/${name}`)
  const format = recognise(text)
  if (format === null) throw new Error(`${name} was not recognised`)
  return read(text, format, { device: 'X', symbol: 'X', ...hints })
}
const fix = (t: number, lat: number, lon: number) => ({ id: 'X', n: t, t, lat, lon })

describe('a GPX file', () => {
  it('01: may name its elements with a prefix', async () => {
    const recording = await readCase('01-prefixed.gpx')
    expect(fixesOf(recording)).toEqual([fix(TEN, 47.5001, 8.7201), fix(TEN + 10_000, 47.5002, 8.7202)])
  })

  it.each(['UTC', 'America/New_York', 'Asia/Kathmandu'])('02: has times in UTC where the machine’s are %s', (TZ) => {
    const program = `
      const { read, textOf } = await import('./test/unit/simulators/replay/read.ts')
      const { items } = read(await textOf(${JSON.stringify(`${CASES}/02-no-zone.gpx`)}), 'gpx')
      console.log(new Date(0).getHours(), items.map(({ t }) => t).join())`
    const args = ['--input-type=module', '--eval', program]
    const output = execFileSync(process.execPath, args, { cwd: ROOT, env: { ...inherited(), TZ }, encoding: 'utf8' })
    const hour = { UTC: 0, 'America/New_York': 19, 'Asia/Kathmandu': 5 }[TZ]
    expect(output.trim()).toBe(`${hour} ${TEN},${TEN + 10_250}`)
  })

  it('03: may have times in extensions, which are not the point’s', async () => {
    expect(fixesOf(await readCase('03-ext-time.gpx')).map(({ t }) => t)).toEqual([TEN, TEN + 10_000])
  })

  it('05: has points whose place is empty or written with a comma; they are told, and not published at 0', async () => {
    const recording = await readCase('05-empty-lat.gpx')
    expect(fixesOf(recording)).toEqual([fix(TEN + 10_000, 47.5, 8.72)])
    expect(recording.skips.get('the position cannot be read')).toEqual({
      count: 2,
      examples: [
        'row 2: lat="" lon="8.72" 2024-03-05T10:00:00Z',
        'row 4: lat="47,5001" lon="8,7201" 2024-03-05T10:00:20Z',
      ],
    })
  })

  it('07: may name a stylesheet first', async () => {
    expect(fixesOf(await readCase('07-stylesheet.gpx'))).toEqual([fix(TEN, 47.5, 8.72)])
  })

  it('18: has a pause of eight hours', async () => {
    expect(fixesOf(await readCase('18-gap.gpx')).map(({ t }) => t)).toEqual([TEN, TEN + 8 * 3_600_000])
  })

  it('19: has an & that is not escaped: both points are read, and the row of the & is told', async () => {
    const recording = await readCase('19-ampersand.gpx')
    expect(fixesOf(recording)).toEqual([fix(TEN, 47.5, 8.72), fix(TEN + 60_000, 47.6, 8.72)])
    expect(recording.notes.get('a & that is not escaped was read as it stands')?.examples).toEqual([
      expect.stringMatching(/^row 2: .*Fish & Chips run/),
    ])
  })

  it('19b: has two tracks, of two devices', async () => {
    const recording = await readCase('19b-two-vehicles.gpx')
    expect(fixesOf(recording)).toEqual([
      { ...fix(TEN, 47.5, 8.72), id: 'A' },
      { ...fix(TEN, 48.5, 9.72), id: 'B' },
    ])
  })

  it('19d: tells speed and course', async () => {
    const recording = await readCase('19d-speed.gpx')
    expect(fixesOf(recording)).toEqual([{ ...fix(TEN, 47.5, 8.72), speed: 4.5, heading: 52.7 }])
  })

  it.each([
    ['monday', 4],
    ['tuesday', 5],
  ])('35: of %s has twenty fixes of its own', async (name, day) => {
    const times = fixesOf(await readCase(`35-${name}.gpx`)).map(({ n }) => n)
    expect(times).toEqual(Array.from({ length: 20 }, (_, i) => Date.UTC(2024, 2, day, 10, 0, i)))
  })
})

describe('an NMEA log', () => {
  it('11: tells no date; an option does, and days go on at midnight', async () => {
    const without = await readCase('11-ggaonly.nmea')
    expect(without.items).toEqual([])
    expect(Object.keys(reasonsOf(without))).toEqual([expect.stringContaining('--date 2024-03-05')])
    const recording = await readCase('11-ggaonly.nmea', { date: dayOf(2024, 3, 5) })
    const midnight = Date.UTC(2024, 2, 6)
    expect(fixesOf(recording)).toEqual([
      fix(midnight - 1000, expect.closeTo(35.145225, 9), expect.closeTo(136.864838333, 8)),
      fix(midnight, expect.closeTo(35.142288333, 8), expect.closeTo(136.864516667, 8)),
    ])
  })

  it('12b: writes minutes without a point', async () => {
    const places = fixesOf(await readCase('12b-half-integer.nmea')).map(({ lat, lon }) => [lat, lon])
    expect(places).toEqual([
      [47.5, expect.closeTo(8.72, 9)],
      [expect.closeTo(47.508333, 6), expect.closeTo(8.720167, 6)],
    ])
  })

  it('13: has TAG blocks, and checksums none of which holds', async () => {
    const recording = await readCase('13-tagblock.nmea')
    expect(fixesOf(recording).map(({ t, lat }) => [t, lat])).toEqual([
      [TEN, 47.5],
      [TEN + 1000, expect.closeTo(47.501666667, 8)],
    ])
    expect(notesOf(recording)).toEqual({ 'no checksum of this log holds, so they were not looked at': 2 })
  })

  it('14: begins with sentences of makers, which are right and not needed', async () => {
    const recording = await readCase('14-proprietary-first.nmea')
    expect(recording.items).toHaveLength(1)
    expect(unneededOf(recording)).toEqual({ PMTK: 1, PUBX: 1 })
    expect(reasonsOf(recording)).toEqual({})
  })

  it('17b: has a hemisphere behind a blank, and one that is not told, which is not guessed', async () => {
    const recording = await readCase('17b-hemisphere.nmea')
    expect(fixesOf(recording).map(({ lat, lon }) => [lat, lon])).toEqual([
      [expect.closeTo(38.5432, 9), expect.closeTo(-0.17164, 9)],
      [47.5, expect.closeTo(8.72, 9)],
    ])
    expect(reasonsOf(recording)).toEqual({ 'the hemisphere is neither N nor S but ""': 1 })
  })
})

describe('a JSON array of trades', () => {
  it('20: has numbers that are none: an option takes the trades all the same', async () => {
    const without = await readCase('20-string-ids.json')
    expect(without.items).toEqual([])
    expect(without.rows).toBe(4)
    expect(Object.keys(reasonsOf(without)).every((reason) => reason.includes('--shift'))).toBe(true)
    const { items, due } = await readCase('20-string-ids.json', { anew: true })
    const shifted = [...shift(dueItems(items, Number.POSITIVE_INFINITY), due, TEN, 7, 1)]
    expect(shifted.map(({ item }) => item.kind === 'trade' && [item.trade.id, item.trade.price])).toEqual([
      [7, 68000.5],
      [8, 68000.1],
      [9, 68000.1],
      [10, 68000.1],
    ])
  })

  it('22: begins with a byte order mark', async () => {
    expect(tradesOf(await readCase('22-bom.json'))).toEqual([
      { id: 1, t: 1_709_632_800_000, price: 68000.5, size: 0.001, side: 'buy' },
    ])
  })

  it('24: has times in microseconds', async () => {
    expect(tradesOf(await readCase('24-micro.json')).map(({ t }) => t)).toEqual([TEN, TEN + 1000])
  })
})

describe('a table of buses', () => {
  it('08: has a time without a zone, a speed of -1 and a route with an í', async () => {
    const recording = await readCase('08-capmetro-nozone.csv')
    const t = TEN + 6 * 3_600_000
    expect(fixesOf(recording)).toEqual([
      { id: '9002', n: t, t, lat: 30.27, lon: -97.75, route: '801' },
      { id: '9003', n: t, t, lat: 30.28, lon: -97.76, speed: 5, route: 'Línea 5' },
    ])
    expect(Object.keys(reasonsOf(recording))).toEqual([expect.stringContaining('--zone')])
    expect(notesOf(recording)).toEqual({ 'taken without the speed: it is out of range or no number': 1 })
    const whole = await readCase('08-capmetro-nozone.csv', { zone: zoneOf('America/Chicago') })
    expect(fixesOf(whole)[0]).toEqual({ id: '9001', n: t, t, lat: 30.26, lon: -97.74, speed: 3.5, route: '801' })
  })
})
