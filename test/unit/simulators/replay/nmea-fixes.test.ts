import { describe, expect, it } from 'vitest'
import { fixesOf, notesOf, read, reasonsOf, sentence, unneededOf } from './read.ts'
import { gga, log, MIDNIGHT, PLACE, rmc, secondsOf } from './sentences.ts'

describe('a position', () => {
  it.each([
    ['4730,N,00843.2000,E', 47.5, 8.72],
    ['4730.,S,843.2,W', -47.5, -8.72],
    ['30.5,N,10.2984,W', 0.508333333, -0.17164],
    ['0000.6,N,17959.4,E', 0.01, 179.99],
  ])('%s is degrees and minutes', (place, lat, lon) => {
    expect(fixesOf(log(rmc('000001', { place })))[0]).toMatchObject({
      lat: expect.closeTo(lat, 8),
      lon: expect.closeTo(lon, 8),
    })
  })

  it.each([
    ['4730.0,,00843.2,E', 'the hemisphere is neither N nor S but ""'],
    ['4730.0,N,00843.2,', 'the hemisphere is neither E nor W but ""'],
    ['4730.0,E,00843.2,N', 'the hemisphere is neither N nor S but "E"'],
    ['4730.0,N,00843.2,O', 'the hemisphere is neither E nor W but "O"'],
    ['4760.0,N,00843.2,E', 'the position cannot be read'],
    ['47x30.0,N,00843.2,E', 'the position cannot be read'],
    ['-4730.0,N,00843.2,E', 'the position cannot be read'],
    ['9930.0,N,00843.2,E', 'the position is not on Earth'],
    ['8600.0,N,00843.2,E', 'the map has no place for it: it ends at 85.05 degrees'],
    [',N,00843.2,E', 'malformed: a fix without a position'],
  ])('%s is none: %s', (place, reason) => expect(reasonsOf(log(rmc('000001', { place })))).toEqual({ [reason]: 1 }))

  it('has no speed or course where the receiver does not tell them, or tells what is no number', () => {
    const line = (speed: string, course: string) => sentence(`GPRMC,205206,A,${PLACE},${speed},${course},090605,,`)
    expect(Object.keys(fixesOf(log(line('', '')))[0] ?? {})).toEqual(['id', 't', 'lat', 'lon', 'n'])
    const odd = log(line('1.2.3', '361'))
    expect(Object.keys(fixesOf(odd)[0] ?? {})).toEqual(['id', 't', 'lat', 'lon', 'n'])
    expect(Object.keys(notesOf(odd))).toHaveLength(2)
    expect(fixesOf(log(line('10', '360')))[0]).toMatchObject({ speed: expect.closeTo(5.14444, 5), heading: 360 })
  })

  it('is void where the receiver says so, by status or mode', () => {
    const mode = (letter: string) => sentence(`GPRMC,000001,A,${PLACE},,,090605,,,${letter}`)
    expect(
      [log(mode('N')), log(mode('A')), log(rmc('000001', { status: 'V' }))].map(({ items }) => items.length),
    ).toEqual([0, 1, 0])
  })
})

describe('a date', () => {
  it('goes from RMC and ZDA to sentences without one, before and behind, over midnight', () => {
    expect(secondsOf(log(gga('235958'), gga('235959'), rmc('000000', { date: '100605' }), gga('000001')))).toEqual([
      86_398, 86_399, 86_400, 86_401,
    ])
    const days = ['060000', '140000', '220000', '030000'].map((time) => gga(time))
    expect(secondsOf(log(...days, rmc('050000', { date: '100605' })))).toEqual([
      21_600, 50_400, 79_200, 97_200, 104_400,
    ])
    expect(secondsOf(log(gga('000001'), sentence('GPZDA,000002,09,06,2005,00,00'), gga('000003')))).toEqual([1, 3])
    expect(secondsOf(log(rmc('000001', { date: '' }), rmc('000002')))).toEqual([1, 2])
  })

  it('is that of --date where none is told, and goes on at each midnight', () => {
    const lines = ['120000', '235959', '000001', '120000', '235959', '000001'].map((time) => gga(time))
    const recording = read(lines.join('\n'), 'nmea', { date: MIDNIGHT })
    expect(secondsOf(recording)).toEqual([43_200, 86_399, 86_401, 129_600, 172_799, 172_801])
    expect(Object.keys(reasonsOf(log(...lines)))).toEqual([expect.stringContaining('--date')])
    expect(secondsOf(read(rmc('000001'), 'nmea', { date: 0 }))).toEqual([1])
  })

  it('is that of a TAG block whose checksum holds, in seconds or milliseconds', () => {
    const tag = (body: string) => sentence(body, '\\').concat('\\')
    const c = MIDNIGHT / 1000 + 5
    for (const time of [c, c * 1000]) {
      expect(secondsOf(log(`${tag(`s:r1,c:${time}`)}${gga('000004')}`))).toEqual([4])
      expect(secondsOf(log(`${tag('g:1-2-34')}${tag(`c:${time}`)}${gga('235959')}`))).toEqual([-1])
    }
    expect(secondsOf(log(`\\s:r1,c:${c}*00\\${gga('000004')}`))).toEqual([])
    expect(unneededOf(log(tag('s:r1')))).toEqual({ 'TAG block': 1 })
  })

  it('of a receiver that had no position yet is not passed on', () => {
    const lines = [rmc('000001', { status: 'V', date: '060180' }), gga('000002'), rmc('000003')]
    expect(secondsOf(log(...lines))).toEqual([2, 3])
  })

  it.each([
    ['010180', 1980],
    ['311299', 1999],
    ['290224', 2024],
  ])('%s has two digits for the year', (date, year) =>
    expect(new Date(log(rmc('000001', { date })).items[0]?.t ?? 0).getUTCFullYear()).toBe(year),
  )
})

describe('several sentences for one moment', () => {
  it('are one fix, of the sentence that tells most', () => {
    const gll = (time: string) => sentence(`GPGLL,${PLACE},${time},A`)
    const gns = (time: string) => sentence(`GNGNS,${time},${PLACE},AN,12,1,1,1,,`)
    const all = log(
      gga('000001.00'),
      gll('000001'),
      gns('000001'),
      rmc('000001.000'),
      gga('000002'),
      gll('000002'),
      gll('000003'),
      gns('000004'),
    )
    expect(secondsOf(all)).toEqual([1, 2, 3, 4])
    expect(all.items.map(({ row }) => row)).toEqual([4, 5, 7, 8])
    expect(unneededOf(all)).toEqual({ GGA: 1, GLL: 2, GNS: 1 })
  })

  it('of two talkers are the first one’s; those of one that tells no fractions are all kept', () => {
    expect(log(rmc('000001'), rmc('000001', { talker: 'GN', place: '4405.557,N,12118.398,W' })).items).toHaveLength(1)
    expect(log(rmc('000001'), rmc('000001', { place: '4405.557,N,12118.398,W' })).items).toHaveLength(2)
  })

  it('are none where the best one is void; another speaks where it is damaged', () => {
    expect(log(rmc('000001', { status: 'V' }), gga('000001'), rmc('000002')).items).toHaveLength(1)
    const damaged = log(rmc('000001').replace('4405', '4406'), gga('000001'), rmc('000002'))
    expect(secondsOf(damaged)).toEqual([1, 2])
    expect(reasonsOf(damaged)).toEqual({ 'the checksum is wrong': 1 })
  })

  it('of a receiver without a position are void once', () => {
    expect(reasonsOf(log(rmc('', { status: 'V' }), gga('', { quality: 0 }), rmc('000001')))).toEqual({
      'void fix: the receiver had no position': 1,
    })
  })
})
