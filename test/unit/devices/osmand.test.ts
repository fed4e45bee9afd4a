import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { readOsmAnd } from '../../../server/devices/doors/osmand.ts'
import { readTime } from '../../../server/devices/doors/times.ts'
import { setupsOf } from '../../../web/state/setups.ts'

const NOW = Date.UTC(2026, 10, 30)
const read = (query: string) => readOsmAnd(new URLSearchParams(query), NOW)
const fixOf = (query: string) => {
  const found = read(`id=a&${query}`)
  if ('wrong' in found) throw new Error(found.wrong)
  return found.report.fixes?.[0]
}

describe('what OsmAnd and Traccar Client send', () => {
  it.each([
    ['no device', 'lat=1&lon=2', 'id is missing'],
    ['a comma for a point', 'id=a&lat=48,2&lon=16', 'lat: is not a number: it takes a point'],
    ['commas in a location', 'id=a&location=48,2,16,3', 'location: is two numbers'],
    ['a location of one number', 'id=a&location=48.2', 'location: is two numbers'],
    ['a plus before a number', 'id=a&lat=+48.2&lon=16', 'lat: a + in an address means a blank'],
    ['a plus before a zone', 'id=a&lat=1&lon=2&timestamp=2026-11-30T10:00:00+01:00', 'timestamp: a + in an address'],
    ['half a place', 'id=a&lat=1', 'one of them is missing'],
    ['a word for a number', 'id=a&lat=1&lon=2&speed=fast', 'speed: is not a number'],
    ['hexadecimal', 'id=a&lat=0x10&lon=2', 'lat: is not a number'],
    ['a number without end', `id=a&lat=1&lon=2&altitude=1e999`, 'altitude: is not a number'],
    ['no time', 'id=a&lat=1&lon=2&timestamp=noon', 'timestamp: is no time'],
    ['a day that there is not', 'id=a&lat=1&lon=2&timestamp=2026-02-30T10:00:00Z', 'timestamp: is no time'],
    ['too many parameters', `id=a&${Array.from({ length: 70 }, (_, i) => `p${i}=1`).join('&')}`, 'more than 64'],
  ])('is refused with %s, and why', (_what, query, why) => {
    expect(read(query)).toEqual({ wrong: expect.stringContaining(why) })
  })

  it('may lack a time, or what it does not know', () => {
    expect(fixOf('lat=1&lon=2')).toEqual({ t: NOW, lat: 1, lon: 2 })
    expect(fixOf('lat=1&lon=2&altitude=NaN&speed=&heading=-1&batt=-1')).toEqual({ t: NOW, lat: 1, lon: 2 })
  })

  it.each(['', 'lat=&lon=', 'lat=0&lon=0.0', 'location=0,0', 'lat=1&lon=2&valid=false', 'lat=NaN&lon=NaN'])(
    'is a sign of life without a place: "%s"',
    (query) => expect(read(`id=a&${query}`)).toEqual({ id: 'a', report: {} }),
  )

  it('keeps places that cannot be for the library to refuse: a phone would send them for ever', () => {
    expect(fixOf('lat=91&lon=-181')).toMatchObject({ lat: 91, lon: -181 })
    expect(fixOf('lat=1&lon=2&timestamp=0')).toMatchObject({ t: 0 })
    expect(fixOf('lat=1&lon=2&timestamp=99999999999999')).toMatchObject({ t: 99_999_999_999_999 })
  })

  it('takes speeds in knots, or in m/s by another name', () => {
    expect(fixOf('lat=1&lon=2&speed=10')?.speed).toBe(5.14)
    expect(fixOf('lat=1&lon=2&speed_ms=10')?.speed).toBe(10)
  })

  it('keeps what else there is, within bounds', () => {
    const many = Array.from({ length: 20 }, (_, i) => `p${i}=${i}`).join('&')
    const found = read(`id=a&lat=1&lon=2&${many}&Note=${'x'.repeat(500)}`)
    if ('wrong' in found) throw new Error(found.wrong)
    expect(Object.keys(found.report.fixes?.[0]?.readings ?? {})).toHaveLength(16)
    expect(found.report.attributes).toMatchObject({ p16: 16, p19: 19, Note: 'x'.repeat(200) })
  })

  it('reads every position that it is given', () => {
    const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true }).filter((value) => value !== 0)
    fc.assert(
      fc.property(degrees(90), degrees(180), fc.integer({ min: 2 ** 31, max: 4e12 }), (lat, lon, t) => {
        expect(fixOf(`lat=${lat}&lon=${lon}&timestamp=${t}`)).toEqual({ t, lat, lon })
        expect(fixOf(`location=${lat},${lon}&timestamp=${t}`)).toEqual({ t, lat, lon })
      }),
    )
  })

  it('never throws, and never has a fix without numbers', () => {
    const name = fc.oneof(fc.constantFrom('id', 'lat', 'lon', 'location', 'timestamp', 'batt', 'speed'), fc.string())
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string()), { maxLength: 20 }), (all) => {
        const found = readOsmAnd(new URLSearchParams(all), NOW)
        if ('wrong' in found) return
        for (const { t, lat, lon } of found.report.fixes ?? []) expect([t, lat, lon].every(Number.isFinite)).toBe(true)
      }),
    )
  })
})

describe('times', () => {
  it.each([
    ['1718000000', 1_718_000_000_000],
    ['1718000000.25', 1_718_000_000_250],
    ['1718000000123', 1_718_000_000_123],
    ['2147483646', 2_147_483_646_000],
    ['2147483647', 2_147_483_647],
    ['2024-06-10T06:13:20Z', 1_718_000_000_000],
    ['2024-06-10T06:13:20.5', 1_718_000_000_500],
    ['2024-06-10T06:13:20.123456789Z', 1_718_000_000_123],
    ['2024-06-10 06:13:20', 1_718_000_000_000],
    ['2024-06-10T08:13:20+02:00', 1_718_000_000_000],
    ['2024-06-10T01:13:20-0500', 1_718_000_000_000],
    ['2024-06-10T11:43+0530', 1_717_999_980_000],
  ])('reads %s', (text, t) => expect(readTime(text)).toBe(t))

  it.each([
    '',
    ' ',
    'now',
    '-1',
    '1e9',
    '2024-06-10',
    '2024-13-01T00:00:00Z',
    '2024-06-10T25:00:00Z',
    '10.06.2024 06:13',
  ])('takes "%s" for none', (text) => expect(readTime(text)).toBeNull())

  it('reads what Date writes', () => {
    const date = fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(date, (at) => {
        expect(readTime(at.toISOString())).toBe(at.getTime())
      }),
    )
  })
})

test('what the screen gives for OsmAnd is read, once the app has put in its values', () => {
  const setups = setupsOf({ id: "Ann's van", key: 'k', base: 'https://floor.example', every: 10, doors: undefined })
  const address = setups.find(({ name }) => name === 'OsmAnd')?.lines[0]?.text ?? ''
  const values = ['48.2', '16.3', '1718000000000', '4.5', '171.0', '8.25', '93.0']
  const filled = new URL(address.replace(/\{(\d)\}/g, (_, i) => values[Number(i)] ?? ''))
  expect(filled.pathname).toBe('/in/k')
  expect(readOsmAnd(filled.searchParams, 0)).toEqual({
    id: "Ann's van",
    report: {
      fixes: [
        {
          ...{ t: 1_718_000_000_000, lat: 48.2, lon: 16.3, speed: 8.25, heading: 93 },
          readings: { accuracy: 4.5, altitude: 171 },
        },
      ],
    },
  })
})
