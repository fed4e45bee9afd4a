import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partsOf } from '../../../../formats/nmea/sentence.ts'
import { recognise } from '../../../../simulators/replay/formats.ts'
import { fixesOf, notesOf, read, reasonsOf, sentence, unneededOf } from './read.ts'
import { gga, log, MIDNIGHT, PLACE, rmc, secondsOf } from './sentences.ts'

describe('sentences', () => {
  it('that cannot be used are told by what is wrong with them', () => {
    const recording = log(
      rmc('205206.50'),
      rmc('205207.125'),
      sentence('GPRMC,205208,V,,,,,,,090605,,'),
      rmc('205209').replace(/..$/, '00'),
      rmc('', { date: '' }),
      rmc('205211', { place: ',,,' }),
      rmc('205212', { date: '310605' }),
      '$GPRMC,2052',
      'garbage',
      rmc('250000'),
    )
    expect(secondsOf(recording)).toEqual([75_126.5, 75_127.125])
    expect(fixesOf(recording)[0]).toMatchObject({ id: 'TRUCK-1', heading: 90, lat: expect.closeTo(44.0926, 9) })
    expect(reasonsOf(recording)).toEqual({
      'void fix: the receiver had no position': 1,
      'the checksum is wrong': 1,
      'malformed: a fix without a position': 1,
      'the date of the sentence cannot be read': 1,
      'malformed: the sentence is cut off': 1,
      'malformed: not an NMEA sentence': 1,
      'the time cannot be read': 2,
    })
  })

  it('need no checksum, and may have one in lower or upper case, with something behind it', () => {
    const line = rmc('205206.00')
    for (const text of [
      line,
      line.slice(0, -2) + line.slice(-2).toUpperCase(),
      line.split('*')[0] ?? '',
      `${line},1709632800`,
    ])
      expect(read(text, 'nmea').items).toHaveLength(1)
    expect(read(`${line.split('*')[0]}*`, 'nmea').items).toHaveLength(0)
  })

  it('of any talker are read, behind whatever a logger put before them', () => {
    for (const talker of ['GP', 'GN', 'GL', 'GA', 'GB', 'BD', 'GQ', 'QZ', 'II', 'U1'])
      expect(secondsOf(log(rmc('000001', { talker })))).toEqual([1])
    expect(
      secondsOf(log(`NMEA,${rmc('000001')}`, `\u00b5b\u0001${rmc('000002')}`, `$GPRMC,00${rmc('000003')}`)),
    ).toEqual([1, 2, 3])
  })

  it('are all read where several stand on one line, behind a checksum each', () => {
    const tagged = `\\${'c:1118275204*53'}\\${rmc('000004')}`
    const recording = log(`${rmc('000001')}${rmc('000002')} ${rmc('000003')}`, `${rmc('000005')}${tagged}`)
    expect(secondsOf(recording)).toEqual([1, 2, 3, 4, 5])
    expect([recording.rows, recording.skips.size]).toEqual([5, 0])
    expect(reasonsOf(log(`${rmc('000001').slice(0, -2)}00${rmc('000002')}`))).toEqual({ 'the checksum is wrong': 1 })
    expect(unneededOf(log(`${rmc('000001')}${sentence('GPGSV,1,1,00')}`))).toEqual({ GSV: 1 })
  })

  it('that are right and not needed are counted apart', () => {
    const recording = log(
      '# Date: 2005-06-09',
      '// logged by hand',
      sentence('GPGSV,1,1,00'),
      sentence('GPGSV,1,1,01'),
      sentence('PMTK010,001'),
      sentence('AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0', '!'),
      sentence('GPTXT,01,01,02,u-blox'),
      rmc('000001'),
    )
    expect(unneededOf(recording)).toEqual({ comment: 2, GSV: 2, PMTK: 1, VDM: 1, TXT: 1 })
    expect([recording.items.length, recording.skips.size, recording.rows]).toEqual([1, 0, 8])
  })

  it('account for every line of anything, and keep order of time', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('$GPRMC,', ',A,', '*4e', '\\c:1709632800*00\\', ',,,,', '"', '4405.556,N', '$GPGGA,000001', '#'),
      fc.integer({ min: 0, max: 235_959 }).map((time) => rmc(String(time).padStart(6, '0'))),
      fc.integer({ min: 0, max: 235_959 }).map((time) => gga(String(time).padStart(6, '0'))),
    )
    const text = fc.array(
      fc.array(piece, { maxLength: 4 }).map((parts) => parts.join('')),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(text, fc.constantFrom('nmea' as const, 'coinbase' as const), (texts, format) => {
        const whole = texts.join('\n')
        fc.pre(whole.trim() !== '')
        const { items, rows } = read(whole, format)
        const lines = whole.split('\n').filter((line) => line.trim() !== '')
        const parts = (line: string) => (format === 'nmea' && !/^\s*[#;%]/.test(line) ? partsOf(line.trim()) : [line])
        expect(rows).toBe(lines.flatMap(parts).length)
        expect(items.every(({ t }, i) => i === 0 || t >= (items[i - 1]?.t ?? 0))).toBe(true)
      }),
    )
  })
})

describe('sources that TAG blocks name', () => {
  const tagged = (tags: string, line: string) => `\\${sentence(tags, '')}\\${line}`
  const from = (source: string, time: string, place = PLACE) => tagged(`s:${source},c:1118275200`, gga(time, { place }))
  const idsOf = (lines: string[], hints = {}) => fixesOf(read(lines.join('\n'), 'nmea', hints)).map(({ id }) => id)
  const two = [from('SHIPA', '000001'), from('SHIPB', '000001', '5130.0,N,00007.0,W'), from('SHIPA', '000002')]

  it('are devices where a log has several, which tell of the same moment each', () =>
    expect(idsOf(two)).toEqual(['SHIPA', 'SHIPB', 'SHIPA']))

  it('are one device where a person names it, or where there is one alone', () => {
    expect(idsOf(two, { device: 'FLEET', isOneDevice: true })).toEqual(['FLEET', 'FLEET', 'FLEET'])
    expect(idsOf([from('SHIPA', '000001'), from('SHIPA', '000002')])).toEqual(['TRUCK-1', 'TRUCK-1'])
  })

  it('are those of positions alone, and a sentence that names none is of the file, with a number', () => {
    const other = tagged('s:AIS', sentence('AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0', '!'))
    expect(idsOf([other, from('SHIPA', '000001')])).toEqual(['TRUCK-1'])
    expect(idsOf([from('a"b', '000001'), rmc('000002')])).toEqual(['a-b', 'TRUCK-1-2'])
  })
})

describe('a receiver that tells how it came to a position', () => {
  const lineOf = (type: string, mode: string | number) =>
    sentence(
      {
        RMC: `GPRMC,000001,A,${PLACE},010.0,090.0,090605,,,${mode}`,
        GGA: `GPGGA,000001,${PLACE},${mode},04,1,1,M,1,M,,`,
        GNS: `GNGNS,000001,${PLACE},${mode},04,1,1,1,,`,
        GLL: `GPGLL,${PLACE},000001,A,${mode}`,
      }[type] ?? '',
    )
  const one = (type: string, mode: string | number) => read(lineOf(type, mode), 'nmea', { date: MIDNIGHT })

  it.each([
    ['RMC', 'S'],
    ['GGA', 8],
    ['GNS', 'SSN'],
    ['GLL', 'S'],
  ])('is not believed where it simulates: %s %s', (type, mode) =>
    expect(reasonsOf(one(type, mode))).toEqual({ 'simulated: the receiver made the position up': 1 }),
  )
  it.each([
    ['RMC', 'E', 'the position is estimated from speed and course'],
    ['GGA', 6, 'the position is estimated from speed and course'],
    ['GNS', 'EN', 'the position is estimated from speed and course'],
    ['GLL', 'M', 'the position was entered by hand'],
    ['GGA', 7, 'the position was entered by hand'],
  ])('is believed where it estimates, with a note: %s %s', (type, mode, note) => {
    expect(secondsOf(one(type, mode))).toEqual([1])
    expect(notesOf(one(type, mode))).toEqual({ [note]: 1 })
  })
  it.each([
    ['RMC', 'A'],
    ['GGA', 4],
    ['GNS', 'AEN'],
    ['GLL', 'D'],
  ])('has nothing to tell where satellites told it: %s %s', (type, mode) => {
    expect(secondsOf(one(type, mode))).toEqual([1])
    expect(notesOf(one(type, mode))).toEqual({})
  })
  it('simulates the moment, whatever sentence tells of it too', () =>
    expect(log(lineOf('RMC', 'S'), gga('000001', { quality: 8 })).items).toEqual([]))
})

describe('checksums', () => {
  const wrong = (text: string) => text.replace(/..$/, '00')

  it('that are wrong leave a sentence out, also where it is the only one', () => {
    expect(log(wrong(rmc('000001'))).items).toEqual([])
  })

  it('are not looked at only where sentences are in TAG blocks and none holds', () => {
    const tagged = (text: string) => `\\s:x*00\\${text}`
    expect(log(tagged(wrong(rmc('000001')))).items).toHaveLength(1)
    expect(secondsOf(log(tagged(wrong(rmc('000001'))), tagged(rmc('000002'))))).toEqual([2])
  })
})

describe('a log is recognised', () => {
  it.each([
    ['behind comments', `${'# a line of what this is\n'.repeat(200)}${rmc('000001')}`],
    ['by a sentence that is not needed', sentence('PUBX,00')],
    ['without checksums', '$GPGGA,,,'],
    ['by ships', sentence('AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0', '!')],
    ['by a TAG block', `\\s:x*00\\${rmc('000001')}`],
    ['behind half a line', `56,N,12118.398,W,010.0*11\n${rmc('000001')}`],
    ['behind what a logger writes', `NMEA,${rmc('000001')},17`],
  ])('%s', (_, text) => expect(recognise(text)).toBe('nmea'))

  it.each(['# only a comment', 'price: $GPRMC, and more', 'a,b\n$1,2'])('and "%s" is none', (text) =>
    expect(recognise(text)).toBeNull(),
  )
})
