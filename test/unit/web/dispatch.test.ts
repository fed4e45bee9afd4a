import { expect, test, vi } from 'vitest'
import { createChart } from '../../../web/state/chart.ts'
import { createDeskStores } from '../../../web/state/desk/stores.ts'
import { createDispatch } from '../../../web/state/dispatch.ts'
import { createFleet } from '../../../web/state/fleet.ts'
import { createGroups } from '../../../web/state/groups.ts'
import type { KindStore } from '../../../web/state/kinds/kind-store.ts'
import { createKindStores, type KindStores } from '../../../web/state/kinds/kinds.ts'
import { createLink } from '../../../web/state/link.ts'
import { createMarket } from '../../../web/state/market.ts'
import { createOrders } from '../../../web/state/orders.ts'
import { createSelection } from '../../../web/state/selection.ts'
import { cellOf } from '../../../wire/cells.ts'
import type { Topic } from '../../../wire/topics.ts'

const NOW = 1_000_000
const EMPTY = { last: null, quote: null, day: null, prev: null, candle: null }
const fix = { id: 'user/phone', n: 1, t: NOW, lat: 30, lon: -97 }
const CELL = cellOf(fix.lat, fix.lon)

/** All stores, with a chart of `X:Y` whose history is empty. */
const setUp = async () => {
  const nothing = () => {}
  const market = createMarket(nothing)
  const fleet = createFleet(nothing)
  const link = createLink(() => NOW)
  const cursor = { epoch: 'a', seq: 0 }
  const load = vi.fn(async (symbol: string) => ({ symbol, interval: '1m' as const, cursor, candles: [] }))
  const chart = createChart(load, nothing)
  const selection = createSelection(async (id) => ({ id, cursor, fixes: [] }), nothing)
  const groups = createGroups({ groupsOff: { get: () => [], set: () => {} } })
  const deskStores = createDeskStores()
  const orders = createOrders()
  const kinds = createKindStores({ market, chart, fleet, groups, selection, orders, deskStores })
  const emit = createDispatch({ kinds, link, now: () => NOW, steady: () => 0 })
  chart.open('X:Y', '1m')
  selection.select('user/phone', NOW)
  fleet.watch([CELL])
  await load.mock.results[0]?.value
  await Promise.resolve()
  const update = (topic: Topic, seq: number, more: object) =>
    emit({ kind: 'update', update: { topic, epoch: 'a', seq, at: NOW - 30, ...more } })
  return { market, fleet, link, chart, selection, orders, deskStores, load, emit, update }
}

test('an update reaches every store that it concerns, and counts as heard when it was published', async () => {
  const { market, fleet, chart, selection, update } = await setUp()
  update('s:X:Y', 1, { trades: [{ id: 1, t: NOW, price: 5, size: 1 }] })
  for (const store of [market, chart]) store.flush()
  expect(market.entry('X:Y').quoted.value).toMatchObject({ last: 5, heardAt: NOW - 30 })
  expect(chart.state.value?.candles).toHaveLength(1)
  update(`c:${CELL}`, 1, { fixes: [fix] })
  expect(fleet.devices.get('user/phone')?.clocks).toMatchObject({ heard: NOW - 30, fixed: NOW - 30 })
  update('d:user/phone', 1, { fixes: [fix] })
  expect(selection.selected.value).toMatchObject({ last: fix, cell: CELL, heardAt: NOW - 30, cameAt: NOW - 30 })
  update('d:user/phone', 2, { life: { heard: NOW - 10, every: 5 } })
  expect(selection.selected.value).toMatchObject({ last: fix, life: { every: 5 } })
  update('r:devices', 1, { devices: [{ id: 'user/phone', name: 'Ann’s', group: 'phones' }, { id: 'other' }] })
  expect(selection.selected.value?.description).toEqual({ name: 'Ann’s', group: 'phones' })
})

test('a snapshot does as well, and has the history of a chart read again where that is behind', async () => {
  const { market, fleet, selection, load, emit } = await setUp()
  const cursor = { epoch: 'a', seq: 7 }
  const last = { id: 1, t: NOW - 500, price: 5, size: 1 }
  emit({ kind: 'snapshot', topic: 's:X:Y', cursor, snapshot: { ...EMPTY, last } })
  emit({ kind: 'snapshot', topic: `c:${CELL}`, cursor, snapshot: { fixes: [fix] } })
  emit({ kind: 'snapshot', topic: 'd:user/phone', cursor, snapshot: { last: fix, cell: CELL } })
  market.flush()
  expect(market.entry('X:Y').quoted.value).toMatchObject({ last: 5, heardAt: NOW - 500 })
  expect([...fleet.devices.keys()]).toEqual(['user/phone'])
  expect(selection.selected.value).toMatchObject({ last: fix, cell: CELL })
  expect(load).toHaveBeenCalledTimes(2)
})

test('gaps and refusals are told; that a topic is unavailable is not, for it is asked for again', async () => {
  const { market, link, selection, emit } = await setUp()
  emit({ kind: 'gap', gap: { topic: 's:X:Y', from: 2, to: 3, reason: 'lost' } })
  const error = (code: 'unavailable' | 'unknown_symbol') => ({ code, message: code })
  emit({ kind: 'refused', topic: 's:X:Y', error: error('unavailable') })
  market.flush()
  expect(market.entry('X:Y').quoted.value).toMatchObject({ gapAt: NOW, refused: null })
  expect(link.gaps.value).toBe(1)
  emit({ kind: 'refused', topic: 's:X:Y', error: error('unknown_symbol') })
  emit({ kind: 'refused', topic: 'd:user/phone', error: error('unknown_symbol') })
  market.flush()
  expect(market.entry('X:Y').quoted.value.refused).toBe('unknown_symbol')
  expect(selection.selected.value).toMatchObject({ phase: 'error', error: 'unknown_symbol' })
})

test('a kind that is added to the table is handed its own topics, whatever they hold', async () => {
  const { link } = await setUp()
  const told: unknown[] = []
  const gauge: KindStore = {
    snapshot: (id, _snapshot, { seq }) => void told.push(['snapshot', id, seq]),
    update: (id, { seq }, { now }) => void told.push(['update', id, seq, now]),
    gap: (id) => void told.push(['gap', id]),
    refused: (id, { code }) => void told.push(['refused', id, code]),
  }
  const kinds = { g: gauge } as unknown as KindStores
  const emit = createDispatch({ kinds, link, now: () => NOW, steady: () => 0 })
  const topic = 'g:THAMES-003' as Topic
  emit({ kind: 'snapshot', topic, cursor: { epoch: 'a', seq: 1 }, snapshot: EMPTY })
  emit({ kind: 'update', update: { topic, epoch: 'a', seq: 2, at: NOW - 7 } })
  emit({ kind: 'gap', gap: { topic, from: 3, to: 3, reason: 'lost' } })
  emit({ kind: 'refused', topic, error: { code: 'not_found', message: '' } })
  expect(told).toEqual([
    ['snapshot', 'THAMES-003', 1],
    ['update', 'THAMES-003', 2, NOW - 7],
    ['gap', 'THAMES-003'],
    ['refused', 'THAMES-003', 'not_found'],
  ])
})
