import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createApi } from '../../../web/state/api.ts'
import { createListing } from '../../../web/state/listing.ts'
import { createMarket } from '../../../web/state/market.ts'
import { findDevices } from '../../../web/state/nearby.ts'
import { formatPlace, parsePlace } from '../../../web/state/place.ts'
import { createPrefs, FIRST_PLACE } from '../../../web/state/prefs.ts'
import { byName, search, takenBy } from '../../../web/state/watchlist.ts'
import { isName } from '../../../wire/topics.ts'

const FIELD = ['BTC/USD', '^GSPC', 'EURUSD=X', 'M&M.NS', 'btcusdt', '0700.HK', 'B-XY 1234', 'user/phone', '京A·12345']
const TRICKY = ['A%2FB', '100%', 'a?b', 'a#b', 'a+b', '1m', '#/split', 'x&device=y', "it's", 'ünï', '🚌 7', '...', '%']
const anyName = fc.oneof(
  fc.constantFrom(...FIELD, ...TRICKY),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter(isName),
)

/** What the browser makes of an address that was written into it. */
const throughBrowser = (hash: string): string => new URL(hash, 'http://floor/').hash

describe('any name', () => {
  test('comes back from the address', () => {
    fc.assert(
      fc.property(anyName, fc.option(anyName), (symbol, device) => {
        const place = { workspace: 'fleet', symbol, interval: '15m', device } as const
        const address = formatPlace(place)
        expect(throughBrowser(address)).toBe(address)
        expect(parsePlace(address, FIRST_PLACE)).toEqual(place)
      }),
    )
  })

  test('is read from an address that a person wrote by hand, as far as it can be', () => {
    const read = (hash: string) => {
      const { symbol, device } = parsePlace(throughBrowser(hash), FIRST_PLACE)
      return [symbol, device]
    }
    expect(read('#/split/^GSPC/1m?device=B-XY 1234')).toEqual(['^GSPC', 'B-XY 1234'])
    expect(read('#/split/100%/1m?device=京A·12345')).toEqual(['100%', '京A·12345'])
  })

  test('is asked for by HTTP as one part of the path', async () => {
    const paths: string[] = []
    const fetch = async (path: string) => {
      paths.push(path)
      return Response.json({})
    }
    const api = createApi({ fetch, wait: async () => {}, random: () => 0 })
    await fc.assert(
      fc.asyncProperty(anyName, async (name) => {
        paths.length = 0
        await api.candles(name, '5m', 60_000)
        await api.track(name, 1.5)
        const urls = paths.map((path) => new URL(path, 'http://floor/'))
        const parts = urls.map(({ pathname }) => pathname.split('/').map(decodeURIComponent))
        expect(parts).toEqual([
          ['', 'api', 'symbols', name, 'candles'],
          ['', 'api', 'devices', name, 'track'],
        ])
        expect(urls[0]?.searchParams.get('before')).toBe('60000')
      }),
    )
  })

  test('is remembered as it is written', () => {
    const kept = new Map<string, string>()
    const prefs = createPrefs({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, text) => void kept.set(key, text),
    })
    const load = async () => ({ symbols: [] })
    const listing = createListing({ load, market: createMarket(() => {}), prefs, random: () => 0 })
    for (const name of [...FIELD, ...TRICKY].toReversed()) listing.add(name)
    expect(prefs.symbols.get()).toEqual([...FIELD, ...TRICKY])
  })
})

describe('names that differ by their case only', () => {
  const rows = ['BTCUSDT', 'btcusdt', 'Btcusdt.P'].map((symbol) => ({ symbol, name: '' }))
  const found = (text: string) => search(rows, text).map(({ symbol }) => symbol)

  test('are all found, the one that was typed first', () => {
    expect(found('btcusdt')).toEqual(['btcusdt', 'BTCUSDT', 'Btcusdt.P'])
    expect(found(' BTCUSDT ')).toEqual(['BTCUSDT', 'btcusdt', 'Btcusdt.P'])
  })

  test('are told apart by Enter, which else takes the first row', () => {
    const [upper, lower] = rows.map((row) => [row])
    expect(takenBy('BTCUSDT', lower ?? [], upper ?? [])?.symbol).toBe('BTCUSDT')
    expect(takenBy('btcusdt', lower ?? [], upper ?? [])?.symbol).toBe('btcusdt')
    expect(takenBy('btcU', lower ?? [], upper ?? [])?.symbol).toBe('btcusdt')
    expect(takenBy('btcU', [], upper ?? [])?.symbol).toBe('BTCUSDT')
    expect(takenBy('x', [], [])).toBeUndefined()
  })

  test('have an order of their own, beside their like', () => {
    const sorted = ['b', 'B', 'A', 'a', 'ä', 'Z', 'z'].toSorted(byName)
    expect(sorted.map((name) => name.toLowerCase()).join('')).toBe('aaäbbzz')
    fc.assert(fc.property(anyName, anyName, (a, b) => void expect(byName(a, b) === 0).toBe(a === b)))
  })

  test('find their own device', () => {
    const fix = (id: string) => ({ id, n: 1, t: 1, lat: 1, lon: 1 })
    const devices = ['VAN-1', 'van-1', 'van-10'].map((id) => ({ id, fix: fix(id) }) as never)
    const ids = (text: string) => findDevices(devices, text, 9).map(({ id }) => id)
    expect([ids('van-1'), ids('VAN-1')]).toEqual([
      ['van-1', 'VAN-1', 'van-10'],
      ['VAN-1', 'van-1', 'van-10'],
    ])
  })
})
