import { describe, expect, test, vi } from 'vitest'
import { createHistory, joinCommands } from '../../../../web/state/commands/history.ts'
import { createPicked, MOST_PICKED } from '../../../../web/state/commands/picked.ts'
import { spotsOf } from '../../../../web/state/commands/spots.ts'
import { createSpotting } from '../../../../web/state/commands/spotting.ts'
import { COMMAND_KINDS } from '../../../../wire/command-kinds.ts'
import type { Command, CommandState } from '../../../../wire/commands.ts'

const command = (c: number, state: CommandState, at = c, more: Partial<Command> = {}): Command => ({
  ...{ id: `c${c}`, c, kind: 'stop', args: {}, by: { id: 'ann', name: 'Ann' }, t: c, until: 99, state, at },
  ...more,
})
const idsOf = (commands: readonly Command[]) => commands.map(({ id }) => id)

describe('commands of a device', () => {
  test('that come from several sources are one list, each as it stands last', () => {
    const joined = joinCommands(
      [command(1, 'done', 2), command(2, 'queued')],
      [command(2, 'sent', 5), command(1, 'sent', 9)],
    )
    expect(joined.map(({ id, state }) => `${id} ${state}`)).toEqual(['c2 sent', 'c1 done'])
  })
  test('are read back by page, and say why where they cannot be', async () => {
    const get = vi.fn()
    get.mockResolvedValueOnce({ id: 'B/1', commands: [command(4, 'done'), command(3, 'done')], next: 3 })
    get.mockResolvedValueOnce({ error: { code: 'unavailable', message: 'Away.' } })
    get.mockResolvedValueOnce({ id: 'B/1', commands: [command(2, 'done')], next: null })
    const history = createHistory({ get }, 'B/1')
    await history.read()
    await history.read()
    expect(history.list.value).toMatchObject({ phase: 'error', error: 'Away.' })
    await history.read()
    await history.read()
    expect(idsOf(history.list.value.rows)).toEqual(['c4', 'c3', 'c2'])
    expect(get.mock.calls.map(([path]) => path)).toEqual([
      '/api/devices/B%2F1/commands?limit=20',
      '/api/devices/B%2F1/commands?limit=20&before=3',
      '/api/devices/B%2F1/commands?limit=20&before=3',
    ])
  })
  test('that are open and name places are drawn', () => {
    const find = (name: string) => COMMAND_KINDS.find((kind) => kind.name === name)
    const goTo = { kind: 'go_to', args: { place: '1,2' } }
    expect(spotsOf([command(1, 'sent', 1, goTo), command(2, 'done', 1, goTo), command(3, 'sent')], find)).toEqual([
      [{ lat: 1, lon: 2 }],
    ])
  })
})

describe('picking devices of a list', () => {
  const listed = ['A', 'B', 'C', 'D', 'E']
  test('with Shift takes all between, and lets go of them again', () => {
    const { picked, toggle, reach } = createPicked()
    toggle('B')
    reach('D', listed)
    expect([...picked.value]).toEqual(['B', 'C', 'D'])
    toggle('D')
    reach('C', listed)
    expect([...picked.value]).toEqual(['B'])
  })
  test('takes one where the range has no beginning in the list', () => {
    const { picked, reach, toggle, clear } = createPicked()
    reach('C', listed)
    toggle('Z')
    reach('A', listed)
    expect([...picked.value]).toEqual(['C', 'Z', 'A'])
    clear()
    expect(picked.value.size).toBe(0)
  })
  test('has a cap', () => {
    const { picked, all } = createPicked()
    all(
      Array.from({ length: MOST_PICKED + 5 }, (_, i) => String(i)),
      true,
    )
    expect(picked.value.size).toBe(MOST_PICKED)
  })
})

describe('choosing places on the map', () => {
  test('one click is a place', () => {
    const [{ spotting, begin, click }, done] = [createSpotting(), vi.fn()]
    expect(click({ lat: 1, lon: 2 })).toBe(false)
    begin({ title: 'Place', route: false, spots: [] }, done)
    expect(click({ lat: 1, lon: 2 })).toBe(true)
    expect([done.mock.calls, spotting.value]).toEqual([[[[{ lat: 1, lon: 2 }]]], null])
  })
  test('a route takes several, the last of which may be undone, and is told once it is done', () => {
    const [{ spotting, begin, click, undo, finish, cancel }, done] = [createSpotting(), vi.fn()]
    begin({ title: 'Route', route: true, spots: [{ lat: 0, lon: 0 }] }, done)
    for (const lat of [1, 2]) click({ lat, lon: 0 })
    undo()
    expect(spotting.value?.spots.map(({ lat }) => lat)).toEqual([0, 1])
    finish()
    expect(done).toHaveBeenCalledTimes(1)
    begin({ title: 'Route', route: true, spots: [] }, done)
    click({ lat: 1, lon: 1 })
    cancel()
    expect(done).toHaveBeenCalledTimes(1)
  })
})
