import { signal } from '@preact/signals'
import { expect, test } from 'vitest'
import { createLink } from '../../../web/state/link.ts'
import { createMarket } from '../../../web/state/market.ts'
import { FIRST_PLACE } from '../../../web/state/prefs.ts'
import { titleOf, withCount } from '../../../web/views/shell/title.ts'

test('the title tells the chosen symbol’s price as long as it is true', () => {
  const market = createMarket(() => {})
  const link = createLink(() => 0)
  link.become({ phase: 'live' })
  link.hello({ node: 'one', version: '1', at: 0, heartbeatMs: 5_000 })
  link.catchUp(true)
  let paused = false
  const place = signal({ ...FIRST_PLACE, symbol: 'X' })
  const shown = () => ({ place, workspace: signal(place.value.workspace), market, link, paused: () => paused })
  const title = () => titleOf({ ...shown(), past: null })
  expect(title()).toBe('X · Watchfloor')
  const trade = { id: 1, t: 60_000, price: 99, size: 1 }
  market.snapshot('X', { last: trade, quote: null, day: null, prev: { price: 90, t: 0, id: 0 }, candle: null }, 0, 0)
  market.flush()
  expect(title()).toBe('X 99.00 +10.00% · Watchfloor')
  paused = true
  expect(title()).toBe('X · Watchfloor')
  paused = false
  link.notice({ kind: 'redis_down' })
  expect(title()).toBe('X · Watchfloor')
  place.value = { ...place.value, workspace: 'fleet' }
  expect(title()).toBe('Watchfloor')
  const moment = signal(new Date(2026, 10, 30, 8, 15, 59).getTime())
  expect(titleOf({ ...shown(), past: { moment } })).toBe('⏪ 08:15 Watchfloor')
})

test('what waits in the inbox stands before the title', () => {
  expect([withCount('X', 0), withCount('X', 3)]).toEqual(['X', '(3) X'])
})
