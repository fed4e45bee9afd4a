import { describe, expect, test } from 'vitest'
import { type Clocks, statusOf } from '../../../wire/status.ts'

const NOW = 1_800_000_000_000
/** A device as it was so many seconds ago. */
const clocks = (fixed: number | null, heard: number | null, every: number | null = 10, parked = false): Clocks => ({
  fixed: fixed === null ? null : NOW - fixed * 1000,
  heard: heard === null ? null : NOW - heard * 1000,
  every,
  parked,
})
const status = (...device: Parameters<typeof clocks>) => statusOf(clocks(...device), NOW)

describe('by the age of its fix, a device is', () => {
  test.each([
    ['live up to two and a half intervals', 25, 'live'],
    ['late after that', 25.1, 'late'],
    ['late up to six', 60, 'late'],
    ['stale after that', 60.1, 'stale'],
  ] as const)('%s', (_, age, expected) => {
    expect(status(age, age)).toBe(expected)
  })

  test.each([
    [10, 'live'],
    [10.1, 'late'],
    [30, 'late'],
    [30.1, 'stale'],
  ] as const)('not late within seconds because it reports every second: after %s s %s', (age, expected) => {
    expect(status(age, age, 1)).toBe(expected)
  })

  test.each([
    [75, 'live'],
    [75.1, 'late'],
    [180.1, 'stale'],
  ] as const)('taken to report every half minute where nothing is known: after %s s %s', (age, expected) => {
    expect(status(age, age, null)).toBe(expected)
  })

  test('stale however new its signs of life are', () => {
    expect(status(61, 0)).toBe('stale')
    expect(status(7 * 86_400, 0)).toBe('stale')
  })
})

describe('nothing heard for long is offline', () => {
  test('after a quarter of an hour, or after twenty intervals where those are longer', () => {
    expect([status(900, 900), status(901, 901)]).toEqual(['stale', 'offline'])
    expect([status(6000, 6000, 300), status(6001, 6001, 300)]).toEqual(['stale', 'offline'])
  })

  test('not by an old fix alone', () => {
    expect(status(5000, 900)).toBe('stale')
  })

  test('nor is what was never heard of anything else', () => {
    expect(status(null, null)).toBe('offline')
    expect(status(null, null, null, true)).toBe('offline')
  })

  test('where only fixes are known, they count as heard', () => {
    expect([status(5, null), status(2000, null)]).toEqual(['live', 'offline'])
  })
})

test('what was heard of and never had a position is not live', () => {
  expect([status(null, 0), status(null, 2000)]).toEqual(['stale', 'offline'])
})

describe('one that said it stopped is parked', () => {
  test('while it is silent, for a day', () => {
    expect([status(20_000, 20_000, 10, true), status(86_400, 86_400, 10, true)]).toEqual(['parked', 'parked'])
    expect(status(86_401, 86_401, 10, true)).toBe('offline')
  })

  test('by its last sign of life, however old its fix is', () => {
    expect(status(300_000, 60, 10, true)).toBe('parked')
  })
})

describe('a clock that is ahead', () => {
  test('makes no device live for longer: its fix is no newer than when it was heard', () => {
    expect([status(-240, 20), status(-240, 26), status(-240, 61)]).toEqual(['live', 'late', 'stale'])
  })

  test('of this machine’s own does no harm', () => {
    expect([status(-3, -3), status(-3, null), status(null, -3)]).toEqual(['live', 'live', 'stale'])
  })
})
