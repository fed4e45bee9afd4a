import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createNmeaReader, type LineFault } from '../../../../../server/devices/doors/nmea.ts'
import type { ReportedFix } from '../../../../../wire/devices.ts'
import { RECORDINGS } from '../../../../support/data.ts'
import { fixesOf, read, sentence, textOf } from '../../../simulators/replay/read.ts'
import { gga, MIDNIGHT, PLACE, rmc } from '../../../simulators/replay/sentences.ts'

const NOW = Date.UTC(2026, 10, 30, 12)

/** What a reader makes of lines. `null` stands for a moment in which nothing comes. */
const readLines = (lines: readonly (string | null)[]) => {
  const fixes: ReportedFix[] = []
  const faults: LineFault[] = []
  const reader = createNmeaReader({ fix: (fix) => fixes.push(fix), wrong: (why) => faults.push(why), now: () => NOW })
  const alive = lines.map((line) => {
    if (line === null) reader.flush()
    return line !== null && reader.take(line)
  })
  reader.end()
  return { fixes, faults, alive }
}
const secondsOf = (fixes: readonly ReportedFix[]) => fixes.map(({ t }) => (t - MIDNIGHT) / 1000)
const vtg = (course: string, knots: string) => sentence(`GPVTG,${course},T,,M,${knots},N,,K,A`)
const zda = (time: string) => sentence(`GPZDA,${time},09,06,2005,00,00`)

describe('the lines of a receiver', () => {
  it('one moment is one fix: position and motion of the RMC, readings of the GGA', () => {
    const { fixes } = readLines([gga('100000'), rmc('100000'), rmc('100001'), gga('100001')])
    expect(fixes).toHaveLength(2)
    expect(fixes[0]).toEqual({
      t: MIDNIGHT + 36_000_000,
      lat: expect.closeTo(44.0926, 4),
      lon: expect.closeTo(-121.3066, 4),
      speed: expect.closeTo(5.144, 3),
      heading: 90,
      readings: { altitude: 1, satellites: 4, hdop: 1 },
    })
    expect(secondsOf(fixes)).toEqual([36_000, 36_001])
  })

  it('a moment is given once the next one begins, or once nothing comes; what then still comes of it is left out', () => {
    const fixes: ReportedFix[] = []
    const reader = createNmeaReader({ fix: (fix) => fixes.push(fix), wrong: () => {}, now: () => NOW })
    reader.take(rmc('100000'))
    expect(fixes).toHaveLength(0)
    reader.flush()
    expect(fixes).toHaveLength(1)
    reader.take(gga('100000', { place: '4500.000,N,12000.000,W' }))
    reader.end()
    expect(fixes).toHaveLength(1)
  })

  it('takes the motion of a VTG where no RMC tells it, whoever talks', () => {
    const { fixes } = readLines([zda('100000'), gga('100000', { talker: 'GN' }), vtg('45.0', '20.0')])
    expect(fixes).toMatchObject([{ heading: 45, speed: expect.closeTo(10.289, 3) }])
    expect(readLines([rmc('100000', { talker: 'GN' }), vtg('45.0', '20.0')]).fixes).toMatchObject([{ heading: 90 }])
  })

  it('a void fix is a sign of life and no fix', () => {
    const { fixes, faults, alive } = readLines([rmc('100000', { status: 'V' }), '$GPRMC,,V,,,,,,,,,,N*53'])
    expect({ fixes, faults, alive }).toEqual({ fixes: [], faults: [], alive: [true, true] })
  })

  it('drops what is damaged, and tells which way', () => {
    const wrong = rmc('100000').replace('A,4405', 'A,4406')
    const { fixes, faults, alive } = readLines([wrong, 'GARBAGE', '\u0000\u0001', rmc('100001')])
    expect(faults).toEqual(['checksum', 'malformed', 'malformed'])
    expect(alive).toEqual([false, false, false, true])
    expect(secondsOf(fixes)).toEqual([36_001])
  })

  it('lets the JSON of gpsd, comments and empty lines be', () => {
    const { faults, alive } = readLines(['{"class":"VERSION","release":"3.22"}', '', '# log', '\r'])
    expect({ faults, alive }).toEqual({ faults: [], alive: [false, false, false, false] })
  })

  it('dates by RMC and ZDA, over midnight too', () => {
    const midnight = readLines([rmc('235959'), gga('235959'), gga('000000'), gga('000001')])
    expect(secondsOf(midnight.fixes)).toEqual([86_399, 86_400, 86_401])
    expect(secondsOf(readLines([zda('100000'), gga('100000'), gga('100001')]).fixes)).toEqual([36_000, 36_001])
  })

  it('moments before the first date wait for it; where none comes, the day is that of this machine', () => {
    expect(secondsOf(readLines([gga('100000'), gga('100001'), rmc('100002')]).fixes)).toEqual([36_000, 36_001, 36_002])
    const fixes = Array.from({ length: 8 }, (_, i) => gga(`11000${i}`))
    expect(readLines(fixes).fixes.map(({ t }) => t)).toEqual(
      Array.from({ length: 8 }, (_, i) => NOW - 3_600_000 + i * 1000),
    )
    const early = createNmeaReader({ fix: () => expect.fail('too early'), wrong: () => {}, now: () => NOW })
    for (const line of fixes.slice(0, 5)) early.take(line)
  })

  it('a clock that stands still gives one fix', () => {
    expect(readLines([rmc('100000'), null, rmc('100000'), null, rmc('100000')]).fixes).toHaveLength(1)
  })

  it('reads several sentences of one line', () => {
    expect(readLines([rmc('100000') + rmc('100001')]).fixes).toHaveLength(2)
  })

  it.each(readdirSync(`${RECORDINGS}/nmea`))('reads %s as a replay does', async (name) => {
    const text = await textOf(`${RECORDINGS}/nmea/${name}`)
    const live = readLines(text.split('\n')).fixes
    const replayed = fixesOf(read(text, 'nmea'))
    const shown = replayed.map(({ t, lat, lon }) => ({ t, lat, lon }))
    expect(live.length).toBeGreaterThan(0)
    expect(new Set(live.map(({ t }) => t)).size).toBe(live.length)
    const known = new Map(shown.map((fix) => [fix.t, fix]))
    expect(live.map(({ t, lat, lon }) => ({ t, lat, lon }))).toEqual(live.map(({ t }) => known.get(t)))
    expect(live.length).toBe(known.size)
  })

  it('never throws, and gives finite numbers only, whatever comes', () => {
    const field = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('100000', '4405.556', 'N', 'A', '090605', 'e9'),
    )
    const line = fc
      .tuple(fc.constantFrom('GPRMC', 'GPGGA', 'GNGNS', 'GPVTG', 'GPZDA', 'GPGLL'), fc.array(field, { maxLength: 15 }))
      .map(([address, fields]) => sentence([address, ...fields].join(',')))
    const any = fc.oneof(line, fc.string(), fc.constant(rmc('100000')), fc.constant(gga('100000', { place: PLACE })))
    fc.assert(
      fc.property(fc.array(any, { maxLength: 40 }), (lines) => {
        for (const { t, lat, lon, speed = 0, heading = 0, readings = {} } of readLines(lines).fixes)
          for (const value of [t, lat, lon, speed, heading, ...Object.values(readings)])
            expect(Number.isFinite(value)).toBe(true)
      }),
    )
  })
})
