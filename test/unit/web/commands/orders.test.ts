import { describe, expect, test, vi } from 'vitest'
import { collectDevices, createOrderRows } from '../../../../web/state/commands/order-rows.ts'
import { isOver, repeatable, sentOf, standingsOf } from '../../../../web/state/commands/progress.ts'
import { createRecent, type RecentOrder, readOrders } from '../../../../web/state/commands/recent.ts'
import { showOrder } from '../../../../web/state/commands/shown-order.ts'
import { createOrders } from '../../../../web/state/orders.ts'
import { COMMAND_STATES, type Order, type OrderEntry } from '../../../../wire/commands.ts'

const order: Order = {
  ...{ id: 'ann.1', kind: 'stop', args: {}, by: { id: 'ann', name: 'Ann' } },
  ...{ t: 0, until: 60_000, devices: 4 },
}
const entry = (device: string, state: OrderEntry['state'], at = 1): OrderEntry => ({ device, state, at })

describe('an order', () => {
  const shown = (store: ReturnType<typeof createOrders>, id = 'ann.1') => showOrder(store, id)
  test('is shown as its topic tells it, failures at hand', () => {
    const store = createOrders()
    expect(shown(store)).toMatchObject({ phase: 'loading', order: null, counts: {} })
    store.snapshot('ann.1', { order, counts: { queued: 3, refused: 1 }, failures: [entry('A', 'refused')] })
    store.update('ann.1', { counts: { sent: 2, failed: 1, refused: 1 }, entries: [entry('B', 'failed', 2)] })
    expect(shown(store)).toMatchObject({ phase: 'ready', counts: { sent: 2, failed: 1, refused: 1 } })
    expect(shown(store).failures.map(({ device }) => device)).toEqual(['A', 'B'])
  })
  test('that is not there, or may not be seen, says so', () => {
    const store = createOrders()
    store.snapshot('ann.1', { order: null, counts: {}, failures: [] })
    expect(shown(store).phase).toBe('gone')
    store.snapshot('ann.1', { order, counts: {}, failures: [] })
    store.withhold('ann.1')
    expect(shown(store)).toMatchObject({ phase: 'refused', order: null, error: 'You may not see this.' })
    store.snapshot('ann.1', { order, counts: {}, failures: [] })
    expect(shown(store).phase).toBe('ready')
  })
})

describe('progress', () => {
  test('counts each state once', () => {
    const counts = Object.fromEntries(COMMAND_STATES.map((state, i) => [state, 2 ** i]))
    expect(standingsOf(counts).reduce((sum, { count }) => sum + count, 0)).toBe(2 ** COMMAND_STATES.length - 1)
    expect(standingsOf({})[0]).toEqual({ name: 'failed', title: 'Failed', count: 0 })
  })
  test('knows to how many it went out, and when nobody waits any more', () => {
    expect(sentOf({ queued: 5, sent: 1, acknowledged: 2, done: 3, expired: 4 })).toBe(6)
    expect([isOver(order, { done: 3, acknowledged: 1 }), isOver(order, { done: 3, unknown: 1 })]).toEqual([false, true])
  })
  test('offers again what failed, and what stayed silent', () => {
    expect(repeatable('failed', false)).toEqual(['failed', 'refused', 'expired'])
    expect(repeatable('silent', false)).toEqual(['unknown'])
    expect([repeatable('waiting', false), repeatable('done', true)]).toEqual([[], []])
  })
})

describe('devices by state', () => {
  /** Three that failed, in two pages, none that was refused, one that expired. */
  const pages: Record<string, { entries: OrderEntry[]; next: string | null }> = {
    'failed ': { entries: [entry('A', 'failed'), entry('B', 'failed')], next: 'B' },
    'failed B': { entries: [entry('C', 'failed')], next: null },
    'refused ': { entries: [], next: null },
    'expired ': { entries: [entry('D', 'expired')], next: null },
  }
  const get = vi.fn(async (path: string) => {
    const query = new URL(path, 'http://node').searchParams
    const page = pages[`${query.get('state')} ${query.get('after') ?? ''}`]
    return page ? { id: 'ann.1', ...page } : { error: { code: 'unavailable', message: 'Away.' } }
  })
  const states = ['failed', 'refused', 'expired'] as const

  test('are read by page, one state after the other', async () => {
    const rows = createOrderRows({ get: get as never })
    await rows.load('ann.1', states)
    expect(rows.list.value.rows.map(({ device }) => device)).toEqual(['A', 'B'])
    await rows.more('ann.1')
    await rows.more('ann.1')
    expect(rows.list.value.rows.map(({ device }) => device)).toEqual(['A', 'B', 'C', 'D'])
    expect(rows.next.value).toBeNull()
  })
  test('say why they cannot be read', async () => {
    const rows = createOrderRows({ get: get as never })
    await rows.load('ann.1', ['done'])
    expect(rows.list.value).toMatchObject({ phase: 'error', error: 'Away.' })
  })
  test('are collected, up to a cap', async () => {
    expect(await collectDevices({ get: get as never }, 'ann.1', states, 10)).toEqual(['A', 'B', 'C', 'D'])
    expect(await collectDevices({ get: get as never }, 'ann.1', states, 3)).toEqual(['A', 'B', 'C'])
    expect(await collectDevices({ get: get as never }, 'ann.1', ['done'], 3)).toHaveProperty('error')
  })
})

test('recent orders are a person’s own, the newest first, and forgotten with the node', () => {
  let stored: RecentOrder[] = []
  const me = { value: 'ann' as string | null }
  const one = (id: string, until = 5): RecentOrder => ({ id, kind: 'stop', to: '2 devices', devices: 2, t: 1, until })
  const set = (orders: RecentOrder[]): void => {
    stored = orders
  }
  const kept = { get: () => [one('ann.0'), one('bob.1')], set }
  const recent = createRecent(kept, me as never, () => 10)
  recent.add(one('ann.1'))
  recent.add(one('ann.1'))
  expect(recent.orders.value.map(({ id }) => id)).toEqual(['ann.1', 'ann.0'])
  expect(stored.map(({ id }) => id)).toEqual(['ann.1', 'ann.0', 'bob.1'])
  const later = createRecent(kept, me as never, () => 90_000_000)
  later.add(one('ann.2', 90_000_000))
  expect(stored.map(({ id }) => id)).toEqual(['ann.2'])
  expect(readOrders([one('ann.1'), { id: 1 }, null])).toEqual([one('ann.1')])
})
