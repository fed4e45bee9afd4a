import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { dueAt, WORKED_ON_MS } from '../../../wire/command-calls.ts'
import {
  COMMAND_STATES,
  type Command,
  isUnderWay,
  MOST_ENDED,
  MOST_FAILURES,
  type OrderSnapshot,
  type OrderUpdate,
} from '../../../wire/commands.ts'
import { conflateDevice } from '../../../wire/conflate.ts'
import type { DeviceUpdate } from '../../../wire/fleet.ts'
import { foldCommands, foldOrder } from '../../../wire/fold-commands.ts'
import { order } from '../../../wire/kinds/order.ts'

const by = { id: 'ann', name: 'Ann' }
const command = (c: number, state: Command['state'], at = 1): Command => ({
  id: `c${c}`,
  c,
  kind: 'stop',
  args: {},
  by,
  t: c,
  until: 9,
  state,
  at,
})
const states = fc.constantFrom(...COMMAND_STATES)
const commands = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), states, fc.nat(9)), { minLength: 1, maxLength: 6 })
const updates = fc.array(
  commands.map((some) => some.map((one) => command(...one))),
  { maxLength: 40 },
)

it('keeps of commands those under way and the last ten others, each as it is last, oldest first', () => {
  fc.assert(
    fc.property(updates, (all) => {
      const last = new Map(all.flat().map((one) => [one.id, one]))
      const sorted = [...last.values()].sort((a, b) => a.c - b.c)
      const others = sorted.filter(({ state }) => !isUnderWay(state)).slice(-MOST_ENDED)
      const wanted = sorted.filter((one) => isUnderWay(one.state) || others.includes(one))
      expect(foldCommands([], all.flat())).toEqual(wanted)
    }),
  )
})

it('folds commands one by one as a device tells of them: one that is not under way is told of no more, or ends', () => {
  // Never back from what is not under way, as the function library has it.
  const onwards = updates.map((all) => {
    const ended = new Set<string>()
    return all.map((some) =>
      some.filter(({ id, state }) => {
        if (ended.has(id)) return false
        if (!isUnderWay(state)) ended.add(id)
        return true
      }),
    )
  })
  fc.assert(
    fc.property(onwards, (all) => {
      const single = all.reduce<Command[]>((known, some) => foldCommands(known, some), [])
      expect(single).toEqual(foldCommands([], all.flat()))
      const merged: DeviceUpdate = conflateDevice(all.map((some) => ({ commands: some })))
      expect(foldCommands([], merged.commands ?? [])).toEqual(single)
    }),
  )
})

const devices = Array.from({ length: 30 }, (_, i) => `D${i}`)
const entry = fc.record({ device: fc.constantFrom(...devices), state: states, at: fc.nat(99) })
const orderUpdates: fc.Arbitrary<OrderUpdate[]> = fc.array(
  fc.record({ counts: fc.constant({ queued: 1 }), entries: fc.array(entry, { minLength: 1, maxLength: 5 }) }),
  { minLength: 1, maxLength: 30 },
)

it('leads with the conflated update of an order to the same state as with all of them', () => {
  fc.assert(
    fc.property(orderUpdates, (all) => {
      const empty: OrderSnapshot = order.empty
      expect(foldOrder(empty, order.conflate(all))).toEqual(all.reduce(foldOrder, empty))
    }),
  )
})

it('tells the first failures of an order, and forgets those that mend', () => {
  const entries = Array.from({ length: MOST_FAILURES + 9 }, (_, i) => ({
    device: `D${String(i).padStart(3, '0')}`,
    state: 'unknown' as const,
    at: 500 - i,
  }))
  const { failures } = foldOrder(order.empty, { entries })
  expect(failures).toEqual(entries.toReversed().slice(0, MOST_FAILURES))
  const mended = foldOrder(
    { order: null, counts: {}, failures },
    { entries: [{ ...failures[0], state: 'done' } as never] },
  )
  expect(mended.failures).toEqual(failures.slice(1))
})

it('says when a command is due by itself: the millisecond after its deadline, or an hour later', () => {
  expect(COMMAND_STATES.map((state) => dueAt(state, 1000))).toEqual([
    1001,
    1001,
    1001 + WORKED_ON_MS,
    ...COMMAND_STATES.slice(3).map(() => null),
  ])
})
