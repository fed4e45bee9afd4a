import { signal } from '@preact/signals'
import { expect, test, vi } from 'vitest'
import { toInWords } from '../../../../web/state/commands/asked.ts'
import { createCommanding } from '../../../../web/state/commands/commanding.ts'
import type { RecentOrder } from '../../../../web/state/commands/recent.ts'
import type { Place } from '../../../../web/state/place.ts'
import type { CancelReply, CancelRequest, Command, CommandReply, CommandRequest } from '../../../../wire/commands.ts'
import type { Me } from '../../../../wire/people.ts'

const NOW = 1_000_000
const settled = () => new Promise((resolve) => setTimeout(resolve, 0))
const meOf = (id: string): Me => ({ id, name: id, grants: '', via: 'open', until: null })

const setUp = (reply: CommandReply) => {
  const me = signal<Me | null>(meOf('ann'))
  const place = signal<Place>({ workspace: 'fleet', symbol: null, interval: '1m', device: null })
  const kept: RecentOrder[][] = []
  const command = vi.fn(async (_: CommandRequest) => reply)
  const cancel = vi.fn(async (_: CancelRequest): Promise<CancelReply> => ({ cancelled: 1 }))
  let ids = 0
  const commanding = createCommanding({
    acts: { command, cancel },
    ...{ calls: {} as never, me, place, newId: () => `id${++ids}`, now: () => NOW },
    orders: { orders: signal(new Map()), refused: signal(new Map()) },
    selected: signal(null),
    go: (change) => {
      place.value = { ...place.value, ...change }
    },
    link: { phase: signal({ phase: 'live' }) } as never,
    kept: { get: () => null, set: (orders) => void kept.push(orders) },
  })
  const stop = commanding.start()
  return { me, place, kept, command, cancel, commanding, stop }
}
const stopThem = { kind: 'stop', args: {}, within: 60 }

test('several devices are asked by one order, which is then looked at, and remembered', async () => {
  const { place, kept, command, commanding, stop } = setUp({ order: 'ann.1', devices: 2, leftOut: 1 })
  commanding.askMany({ to: { devices: ['A', 'B', 'C'] } })
  expect(commanding.askThem(stopThem)).toBe(true)
  expect(commanding.many.value).toMatchObject({ sent: 'id1', first: stopThem })
  await settled()
  expect(command.mock.calls).toEqual([[{ id: 'id1', to: { devices: ['A', 'B', 'C'] }, ...stopThem }]])
  expect([commanding.many.value, place.value.order, commanding.order.value?.phase]).toEqual([null, 'ann.1', 'loading'])
  expect(commanding.told.value).toEqual({ order: 'ann.1', leftOut: 1 })
  const remembered = { id: 'ann.1', kind: 'stop', to: '3 devices', devices: 2, t: NOW, until: NOW + 60_000 }
  expect([kept.at(-1), commanding.recent.orders.value]).toEqual([[remembered], [remembered]])
  commanding.openOrder(undefined)
  expect([place.value.order, commanding.told.value, commanding.order.value]).toEqual([undefined, null, null])
  stop()
})

test('whoever went elsewhere meanwhile is not led back', async () => {
  const { place, commanding, stop } = setUp({ order: 'ann.1', devices: 2, leftOut: 0 })
  commanding.askMany({ to: { group: 'vans' } })
  commanding.askThem(stopThem)
  commanding.askMany(null)
  await settled()
  expect([place.value.order, commanding.recent.orders.value.length]).toEqual([undefined, 1])
  stop()
})

test('what a node took is known before the device’s topic tells, and forgotten with the person', async () => {
  const taken = { command: { id: 'id1' } as Command, device: 'A' }
  const { me, commanding, stop } = setUp(taken)
  commanding.ask({ devices: ['A'] }, stopThem)
  await settled()
  expect(commanding.taken.value).toEqual([taken])
  me.value = meOf('bob')
  expect(commanding.taken.value).toEqual([])
  stop()
})

test('what is given up is cancelled, should a node have heard of it', async () => {
  const { cancel, commanding, stop } = setUp({ error: { code: 'unavailable', message: '' } })
  commanding.ask({ devices: ['A'] }, stopThem)
  await settled()
  const [errand] = commanding.errands.errands.value
  if (errand) commanding.giveUp(errand)
  await settled()
  expect([cancel.mock.calls, commanding.errands.errands.value]).toEqual([[[{ device: 'A', id: 'id1' }]], []])
  stop()
})

test('whoever gives a name goes on with what they began', () => {
  const { me, commanding, stop } = setUp({ error: { code: 'unavailable', message: '' } })
  stop()
  me.value = null
  const again = commanding.start()
  commanding.askMany({ to: { group: 'vans' } })
  me.value = meOf('ann')
  expect(commanding.many.value).toEqual({ to: { group: 'vans' } })
  me.value = null
  expect(commanding.many.value).toBeNull()
  again()
})

test('whom a command is for', () =>
  expect([{ devices: ['A'] }, { devices: ['A', 'B'] }, { group: 'vans' }].map(toInWords)).toEqual([
    'A',
    '2 devices',
    'the group vans',
  ]))
