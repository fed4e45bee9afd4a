import { expect, test } from 'vitest'
import { createOrders } from '../../../web/state/orders.ts'
import type { OrderEntry, OrderSnapshot } from '../../../wire/commands.ts'

const entry = (device: string, state: OrderEntry['state'], at = 1): OrderEntry => ({ device, state, at })
const empty: OrderSnapshot = { order: null, counts: {}, failures: [] }

test('an order is as of its snapshot, and goes on with updates', () => {
  const { orders, snapshot, update, withhold } = createOrders()
  snapshot('ann.1', { ...empty, counts: { queued: 2 } })
  update('ann.1', { counts: { failed: 1, done: 1 }, entries: [entry('A', 'failed'), entry('B', 'done')] })
  expect(orders.value.get('ann.1')).toEqual({
    ...empty,
    counts: { failed: 1, done: 1 },
    failures: [entry('A', 'failed')],
  })
  update('ann.2', { counts: { sent: 1 } })
  withhold('ann.1')
  expect([...orders.value]).toEqual([['ann.2', { ...empty, counts: { sent: 1 } }]])
})

test('those heard of last are remembered', () => {
  const { orders, snapshot } = createOrders()
  for (let i = 0; i < 60; i++) snapshot(`ann.${i}`, empty)
  snapshot('ann.20', empty)
  snapshot('new', empty)
  expect(orders.value.size).toBe(50)
  expect([...orders.value.keys()].slice(-2)).toEqual(['ann.20', 'new'])
  expect(orders.value.has('ann.10')).toBe(false)
})
