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
