import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { EventRow } from '../../../../archive/archive.ts'
import { quadkeyOf } from '../../../../wire/cells.ts'
import type { Command } from '../../../../wire/commands.ts'
import { type DeviceSnapshot, type DeviceUpdate, type Fix, isNewer } from '../../../../wire/fleet.ts'
import { foldCommands } from '../../../../wire/fold-commands.ts'
import type { RoomSnapshot } from '../../../../wire/rooms.ts'
import { openClock, stateAt } from './clock-stage.ts'
import { heardAt } from './memory.ts'

const START = Date.UTC(2026, 10, 30, 8)
const LAT = 30.26
const LON = -97.74

const fixOf = (n: number, s: number, doubtful: boolean): Fix => ({
  id: 'VAN',
  n,
  t: START + s * 1000,
  lat: LAT,
  lon: LON,
  ...(doubtful && { doubtful }),
})
const fixes = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 0, max: 300 }), fc.boolean()), {
    selector: ([n]) => n,
    maxLength: 30,
  })
  .map((all) => all.map((one) => fixOf(...one)))

const command = (c: number, s: number): EventRow => {
  const at = START + s * 1000
  const body: Command = {
    id: `c${c}`,
    c,
    t: at - 500,
    until: at + 60_000,
    kind: 'horn',
    by: { id: 'ann', name: 'Ann' },
    args: {},
    state: 'done',
    at,
  }
  return { device: 'VAN', id: body.id, at, kind: 'command', body: JSON.stringify(body) }
}

/** A device's state for a client by the book; where it is shown follows from its last fix. */
const apply = (state: DeviceSnapshot, { fixes: told = [], life, commands }: DeviceUpdate): DeviceSnapshot => {
  const last = told.reduce((own: Fix | null, fix) => {
    return fix.doubtful || (own !== null && !isNewer(fix, own)) ? own : fix
  }, state.last)
  return {
    ...state,
    last,
    ...(life && { life }),
    ...(commands && { commands: foldCommands(state.commands ?? [], commands) }),
  }
}
const withoutCell = ({ cell: _, ...state }: DeviceSnapshot) => state

it('tells fixes, when it was heard, and commands: state and updates are the state then', () =>
  fc.assert(
    fc.asyncProperty(
      fixes,
      fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 5 }),
      fc.integer({ min: 0, max: 300_000 }),
      fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 6 }),
      async (all, asked, offset, steps) => {
        const events = asked.map((s, i) => command(i + 1, s))
        const rows = { fixes: [fixOf(100, -5, false), ...all], events, groups: { VAN: 'vans' } }
        let to = START + offset
        const clock = openClock(rows, to)
        await clock.watch('d:VAN')
        let state = await clock.state<DeviceSnapshot>('d:VAN')
        for (const step of steps) {
          to += step
          await clock.source.advance(to, to + 50_000)
          for (const update of clock.told.splice(0)) if (state) state = apply(state, update)
        }
        expect(clock.strange).toEqual([])
        const then = await stateAt<DeviceSnapshot>(rows, to, 'd:VAN')
        expect(state && withoutCell(state)).toEqual(then && withoutCell(then))
      },
    ),
    { numRuns: 100 },
  ))

it('tells every command, however many there were in the stretch that it reads ahead', async () => {
  const events = Array.from({ length: 1100 }, (_, i) => command(i + 1, 10 + Math.floor(i / 10)))
  const clock = openClock({ fixes: [fixOf(1, 0, false)], events, groups: { VAN: 'vans' } }, START + 1)
  await clock.watch('d:VAN')
  await clock.state('d:VAN')
  await clock.source.advance(START + 300_000, START + 300_000)
  const told = clock.told.flatMap(({ commands = [] }: DeviceUpdate) => commands.map(({ c }) => c))
  expect(told).toEqual(events.map((_, i) => i + 1))
})

it('knows where it was, what it is called, and when it was heard; a silent one is in no cell', async () => {
  const fix = fixOf(1, 0, false)
  const rows = { fixes: [fix], groups: { VAN: 'vans' } }
  expect(await stateAt(rows, START + 1, 'd:VAN')).toEqual({
    last: fix,
    cell: `vans/${quadkeyOf(LAT, LON)}`,
    description: { name: 'The VAN', group: 'vans' },
    life: { heard: heardAt(fix) },
  })
  expect(await stateAt(rows, START + 3_600_000, 'd:VAN')).toMatchObject({ last: fix, cell: null })
  expect(await stateAt(rows, START, 'd:VAN')).toMatchObject({ last: null, cell: null })
  expect(await stateAt(rows, START, 'd:NOBODY')).toBeNull()
  expect(await stateAt(rows, START, 'r:devices')).toEqual({ count: 1 })
})

it('tells what was said in a room, all of it though it was more than is read at once', async () => {
  const by = { id: 'ann', name: 'Ann' }
  const all = Array.from({ length: 700 }, (_, i) => ({ n: i + 1, t: START + i, by, text: `Number ${i + 1}` }))
  const rows = { messages: { 'm:desk': all } }
  const clock = openClock(rows, START + 100)
  await clock.watch('m:desk')
  const state = await clock.state<RoomSnapshot>('m:desk')
  expect(state?.count).toBe(100)
  expect(state?.messages.map(({ n }) => n)).toEqual(Array.from({ length: 50 }, (_, i) => i + 51))
  await clock.source.advance(START + 5000, START + 5000)
  expect(clock.strange).toEqual([])
  expect(clock.told.flatMap(({ messages = [] }) => messages)).toEqual(all.slice(100))
})
