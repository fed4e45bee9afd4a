import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, unixTime } from '../../../../formats/times.ts'
import { millisecondsOf, readTime, UNREADABLE, ZONELESS } from '../../../../simulators/replay/times.ts'
import { type Zone, zoneOf } from '../../../../simulators/replay/zone.ts'

const T = Date.UTC(2024, 2, 5, 10)
const zone = (name: string): Zone => {
  const found = zoneOf(name)
  if (found === null) throw new Error(`no zone ${name}`)
  return found
}

describe('a time as text', () => {
  it.each([
    ['2024-03-05T10:00:00Z', 0],
    ['2024-03-05t10:00:00z', 0],
    ['2024-03-05 10:00:00 UTC', 0],
    [' 2024-03-05  10:00Z ', 0],
    ['2024/03/05 10:00:00Z', 0],
    ['20240305T100000Z', 0],
    ['2024-03-05T10:00:00.250Z', 250],
    ['2024-03-05T10:00:00,25Z', 250],
    ['2024-03-05T10:00:00.0897239Z', 89],
    ['2024-03-05T11:00:00+01:00', 0],
    ['2024-03-05 11:00:00 +0100', 0],
    ['2024-03-05T04:30:00-05:30', 0],
    ['2024-03-05T12:00+02', 0],
    ['2024-03-04T24:00:00Z', -36_000_000],
    ['2024-03-05T09:59:60Z', 0],
    ['2024-02-29T10:00:00Z', -5 * 86_400_000],
    ['1709632800', 0],
    ['1709632800.25', 250],
    ['1709632800000', 0],
  ])('%s', (text, after) => expect(readTime(text, null)).toBe(T + after))

  it.each([
    '',
    'yesterday',
    '2024-03-05',
    '2024-03-05T10',
    '2024-02-30T10:00:00Z',
    '2023-02-29T10:00:00Z',
    '2024-13-05T10:00:00Z',
    '2024-00-05T10:00:00Z',
    '2024-03-00T10:00:00Z',
    '2024-03-05T24:00:01Z',
    '2024-03-05T10:60:00Z',
    '2024-03-05T10:00:61Z',
    '2024-03-05T10:00:00Zulu',
    '2024-03-05T10:00:00Z36000',
    '2024-03-05T10:00:00+25:00',
    '2024-0305T10:00:00Z',
    '05.03.2024 10:00',
    '03/05/2024 10:00',
    '0024-03-05T10:00:00Z',
    '20240305',
    '-1709632800',
  ])('is none: "%s"', (text) => expect(readTime(text, zone('UTC'))).toBe(UNREADABLE))

  it.each(['2024-03-05T10:00:00', '2024-03-05 10:00:00.5', '20240305100000', '2024-03-05T10:00'])(
    'needs a zone: %s',
    (text) => {
      expect(readTime(text, null)).toBe(ZONELESS)
      expect(readTime(text, zone('+01:00'))).toBe(
        (readTime(`${text.replace(/^(\d{8})(\d{6})$/, '$1T$2')}Z`, null) as number) - 3_600_000,
      )
    },
  )

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), (date) => {
        expect(readTime(date.toISOString(), null)).toBe(date.getTime())
      }),
    )
  })
})

describe('Unix time', () => {
  it('is told apart by its size', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2200, 0) }), (t) => {
        expect([unixTime(t), unixTime(t * 1000), unixTime(t / 1000)]).toEqual([t, t, t])
        expect(Math.abs(unixTime(t * 1_000_000) - t)).toBeLessThanOrEqual(1) // more digits than a double has
        expect(unixTime(Math.floor(t / 1000))).toBe(Math.floor(t / 1000) * 1000)
      }),
    )
  })

  it.each([0, -1, 99_999_999, 1e20, Number.NaN, Number.POSITIVE_INFINITY])('is not %d', (value) =>
    expect(unixTime(value)).toBeNaN(),
  )
})

describe('a zone', () => {
  const inChicago = (text: string) => millisecondsOf(readTime(text, zone('America/Chicago')))

  it('has summer and winter', () => {
    expect(inChicago('2024-01-05T10:00:00')).toBe(Date.UTC(2024, 0, 5, 16))
    expect(inChicago('2024-07-05T10:00:00.5')).toBe(Date.UTC(2024, 6, 5, 15, 0, 0, 500))
  })

  it('takes a time that comes twice for the first, and one that never comes for as long after the change', () => {
    expect(inChicago('2024-11-03T00:59:59')).toBe(Date.UTC(2024, 10, 3, 5, 59, 59))
    expect(inChicago('2024-11-03T01:30:00')).toBe(Date.UTC(2024, 10, 3, 6, 30))
    expect(inChicago('2024-11-03T02:00:00')).toBe(Date.UTC(2024, 10, 3, 8))
    expect(inChicago('2024-03-10T01:59:59')).toBe(Date.UTC(2024, 2, 10, 7, 59, 59))
    expect(inChicago('2024-03-10T02:30:00')).toBe(Date.UTC(2024, 2, 10, 8, 30))
    expect(inChicago('2024-03-10T03:00:00')).toBe(Date.UTC(2024, 2, 10, 8))
  })

  it.each([
    ['2024-11-03T00:59:59', null],
    ['2024-11-03T01:00:00', 'came twice'],
    ['2024-11-03T01:59:59', 'came twice'],
    ['2024-11-03T02:00:00', null],
    ['2024-03-10T01:59:59', null],
    ['2024-03-10T02:00:00', 'never came'],
    ['2024-03-10T02:59:59', 'never came'],
    ['2024-03-10T03:00:00', null],
    ['2024-11-03T01:30:00-06:00', null],
  ])('says of %s that it %s', (text, note) => {
    const time = readTime(text, zone('America/Chicago'))
    if (note === null) expect(time).toEqual(expect.any(Number))
    else expect(time).toEqual({ t: expect.any(Number), note: expect.stringContaining(note) })
  })

  it.each(['America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC'])(
    'of %s reads what its clocks show',
    (name) => {
      const shows = new Intl.DateTimeFormat('sv', { timeZone: name, dateStyle: 'short', timeStyle: 'medium' })
      fc.assert(
        fc.property(fc.integer({ min: Date.UTC(2000, 0) / 1000, max: Date.UTC(2030, 0) / 1000 }), (second) => {
          const t = millisecondsOf(readTime(shows.format(second * 1000), zone(name)))
          expect(shows.format(t)).toBe(shows.format(second * 1000))
        }),
      )
    },
  )

  it.each([
    ['+01:00', 1],
    ['-0530', -5.5],
    ['+14', 14],
    ['Z', 0],
  ])('may be an offset: %s', (name, hours) => {
    const found = name === 'Z' ? zone('UTC') : zone(name)
    expect(found(T)).toBe(T - hours * 3_600_000)
  })

  it.each(['Mars', '', '+25:00', '+1', '01:00', 'America/'])('is not "%s"', (name) => expect(zoneOf(name)).toBeNull())
})

it.each([
  [2024, 2, 29, Date.UTC(2024, 1, 29)],
  [2023, 2, 29, Number.NaN],
  [2024, 4, 31, Number.NaN],
  [1969, 12, 31, Number.NaN],
  [2024, 1.5, 1, Number.NaN],
])('the day %d-%d-%d', (year, month, day, midnight) => expect(dayOf(year, month, day)).toBe(midnight))
