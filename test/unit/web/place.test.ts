import { describe, expect, test } from 'vitest'
import { formatPlace, parsePlace } from '../../../web/state/place.ts'
import { createPrefs, FIRST_PLACE, firstPlace } from '../../../web/state/prefs.ts'

describe('the place', () => {
  const place = { workspace: 'fleet', symbol: 'BRK.B', interval: '15m', device: 'BUS-8928' } as const
  test('comes back from its address', () => expect(parsePlace(formatPlace(place), FIRST_PLACE)).toEqual(place))
  test('falls back where the address makes no sense', () => {
    expect(parsePlace('#/nowhere', place)).toBe(place)
    expect(parsePlace('#/split/{script}/9m?device=%20', FIRST_PLACE)).toEqual({ ...FIRST_PLACE, workspace: 'split' })
  })
  test('may be a moment of the past, to the second or the millisecond; anything else is none', () => {
    const at = (text: string) => parsePlace(`#/split/X/1m?device=B&at=${text}`, FIRST_PLACE).at
    const moment = Date.UTC(2026, 10, 30, 8, 15)
    expect(at('2026-11-30T08:15:00Z')).toBe(moment)
    expect(at('2026-11-30T08:15Z')).toBe(moment)
    expect(at('2026-11-30T08%3A15%3A00.250Z')).toBe(moment + 250)
    const nothing = [
      '',
      'now',
      '0',
      '2026-11-30',
      '2026-11-30T08:15:00',
      '2026-02-30T08:15:00Z',
      '2026-13-01T00:00:00Z',
    ]
    for (const text of [...nothing, '1969-12-31T23:59:59Z', '2026-11-30T25:00:00Z', '%'])
      expect(at(text)).toBeUndefined()
    expect(formatPlace({ ...place, at: moment })).toBe('#/fleet/BRK.B/15m?device=BUS-8928&at=2026-11-30T08:15:00Z')
    expect(formatPlace({ ...FIRST_PLACE, at: moment + 7 })).toBe('#/split?at=2026-11-30T08:15:00.007Z')
    for (const when of [0, moment, moment + 250, 4e12]) {
      const past = { ...place, at: when }
      expect(parsePlace(formatPlace(past), FIRST_PLACE)).toEqual(past)
    }
  })
  test('is where one was last, unless the address says otherwise', () => {
    const store = new Map<string, string>()
    const prefs = createPrefs({
      getItem: (key) => store.get(key) ?? null,
      setItem: (key, value) => void store.set(key, value),
    })
    expect(firstPlace('', prefs)).toEqual(FIRST_PLACE)
    prefs.place.set(formatPlace(place))
    expect(firstPlace('', prefs)).toEqual(place)
    store.set('watchfloor.symbols', '{"not":"a list"}')
    expect(prefs.symbols.get()).toBeNull()
  })
})
