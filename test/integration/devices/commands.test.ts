import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serverKindOf } from '../../../server/kinds/kinds.ts'
import { commandCall, type NewCommand, type Step } from '../../../wire/command-calls.ts'
import {
  COMMAND_STATES,
  type Command,
  type CommandState,
  isUnderWay,
  MOST_KEPT,
  MOST_OPEN,
} from '../../../wire/commands.ts'
import { foldCommands } from '../../../wire/fold-commands.ts'
import { deviceTopic, topicKey, topicPart } from '../../../wire/topics.ts'
import { type Floor, startFloor } from '../redis/floor.ts'
import { ANN, type Asking, areKnown, asking, LATER } from './asking.ts'

let floor: Floor
let calls: Asking
beforeAll(async () => {
  floor = await startFloor()
  calls = asking(floor)
})
afterAll(() => floor.stop())

const PAST = 1_700_000_000_000

/** Brings the command `one` of a new device to a state. */
const WAYS: Record<CommandState, (id: string) => Promise<unknown>> = {
  queued: (id) => calls.ask(id),
  sent: async (id) => [await calls.ask(id), await calls.send(id)],
  acknowledged: async (id) => [await WAYS.sent(id), await calls.step(id, { id: 'one', state: 'acknowledged' })],
  unknown: async (id) => [await WAYS.sent(id), await calls.ask(id, { id: 'two', supersedes: ['message'] })],
  done: async (id) => [await WAYS.sent(id), await calls.step(id, { id: 'one', state: 'done', answer: 'yes' })],
  failed: async (id) => [await WAYS.sent(id), await calls.step(id, { id: 'one', state: 'failed', reason: 'jammed' })],
  refused: async (id) => [await WAYS.sent(id), await calls.step(id, { id: 'one', state: 'refused' })],
  expired: async (id) => [await calls.ask(id, { until: PAST }), await calls.due(id)],
  cancelled: async (id) => [await calls.ask(id), await calls.step(id, { id: 'one', state: 'cancelled' })],
  superseded: async (id) => [await calls.ask(id), await calls.ask(id, { id: 'two', supersedes: ['message'] })],
}
/** States in which each step is taken. In all others nothing changes. */
const TAKEN: Record<Step['state'], readonly CommandState[]> = {
  acknowledged: ['queued', 'sent', 'unknown'],
  done: ['queued', 'sent', 'acknowledged', 'unknown'],
  failed: ['queued', 'sent', 'acknowledged', 'unknown'],
  refused: ['queued', 'sent', 'acknowledged', 'unknown'],
  cancelled: ['queued'],
}
const STEPS = Object.keys(TAKEN) as Step['state'][]
const oneWith = async (id: string, command: string) => (await calls.history(id)).find((one) => one.id === command)
const oneOf = (id: string): Promise<Command | undefined> => oneWith(id, 'one')

describe.each(COMMAND_STATES)('a command that is %s', (state) => {
  test.each(STEPS)('told %s, goes there or stays, and the same again changes nothing', async (step) => {
    const id = floor.fresh(`${state}-${step}-`)
    await WAYS[state](id)
    const before = await oneOf(id)
    expect(before?.state).toBe(state)
    const taken = TAKEN[step].includes(state)
    const answer = step === 'cancelled' ? {} : { answer: 'ö' }
    const said = { id: 'one', state: step, reason: 'why "so"', ...answer }
    const first = await calls.step(id, said)
    expect(first.taken).toBe(taken)
    const wanted = taken ? { state: step, reason: said.reason, ...answer } : before
    expect(first.command).toMatchObject(wanted as object)
    const again = await calls.step(id, said)
    expect(again).toMatchObject({ seq: first.seq, taken: false, command: first.command })
    expect(await oneOf(id)).toEqual(first.command)
  })
})

test('a command is numbered, told and kept as it was asked for; the same id again is the same command', async () => {
  const id = floor.fresh('asked')
  const listener = await floor.listen(deviceTopic(id))
  const more: Partial<NewCommand> = {
    id: 'a.b-c:d_1',
    kind: 'go_to',
    args: { place: '52.5,13.4', note: '","state":"done","at":1', state: 'x', if: true, tries: 1.5 },
    if: { slowerThan: 3, fresherThan: 60.5, inside: { west: 170, south: -10, east: 190, north: 10.25 } },
    order: 'ann.k3j2',
  }
  const { command, isNew, seq } = await calls.ask(id, more)
  const { by, until } = { by: ANN, until: LATER }
  const times = { t: expect.any(Number), at: expect.any(Number) }
  expect([isNew, seq, command]).toEqual([true, 1, { ...more, by, until, c: 1, state: 'queued', ...times }])
  expect(await calls.ask(id, { ...more, kind: 'stop' })).toMatchObject({ isNew: false, seq: 1, command })
  expect((await calls.ask(id, { id: 'b' })).command).toMatchObject({ c: 2 })
  const sent = await calls.step(id, { id: 'a.b-c:d_1', state: 'acknowledged' })
  expect(sent.command).toEqual({ ...command, state: 'acknowledged', at: expect.any(Number) })
  expect((await listener.updates()).map(({ commands }) => commands?.map(({ c, state }) => [c, state]))).toEqual([
    [[1, 'queued']],
    [[2, 'queued']],
    [[1, 'acknowledged']],
  ])
  expect(areKnown(listener.texts)).toBe(true)
  const state = await calls.state(id)
  expect(state.commands?.map(({ c }) => c)).toEqual([1, 2])
  expect(JSON.stringify(state)).toMatch(serverKindOf(deviceTopic(id)).isSnapshot)
  const { cursor } = await floor.snapshot(deviceTopic(id))
  expect(await floor.read(deviceTopic(id), { ...cursor, seq: 0 })).toMatchObject({ kind: 'replay' })
})

test('what is no command is refused, and nothing is written', async () => {
  const id = floor.fresh('wrong')
  const good = commandCall(id, { id: 'x', kind: 'stop', args: {}, by: ANN, until: LATER })
  const wrong: [place: number, values: (string | number)[]][] = [
    [0, ['', 'a b', 'x'.repeat(65), 'ü', '"']],
    [1, ['', 'Stop', '1a', 'x'.repeat(41)]],
    [2, ['', '[]', '{"a":[1]}', '{"a":null}', '{', `{"a":"${'x'.repeat(4000)}"}`]],
    [3, ['', 'Ann', 'x'.repeat(33)]],
    [4, ['x'.repeat(241)]],
    [5, ['', '0', '1.5', 'soon']],
    [6, ['[1]', '{"slowerThan":-1}', '{"slower":1}', '{"slowerThan":"3"}', '{"inside":{"west":1}}', 'x']],
    [6, ['{"inside":{"west":2,"south":0,"east":1,"north":1}}', '{"fresherThan":1e999}', '{"slowerThan":3,"more":1}']],
    [7, ['{', 'x'.repeat(65)]],
    [8, ['Stop', 'a,b']],
  ]
  for (const [place, values] of wrong)
    for (const value of values)
      await expect(floor.run({ ...good, args: good.args.with(place, value) }), `${place} ${value}`).rejects.toThrow(
        'WFARG',
      )
  await expect(floor.run({ ...good, args: good.args.slice(1) })).rejects.toThrow('WFARG')
  await expect(floor.run({ ...good, keys: good.keys.slice(0, 4) })).rejects.toThrow('WFKEY')
  expect(await floor.redis.exists(topicKey(deviceTopic(id)))).toBe(0)
  expect(await calls.step(id, { id: 'x', state: 'done' })).toMatchObject({ command: null, taken: false })
  expect(await calls.history(id)).toEqual([])
})

test('a later command of a named kind ends those before it, and leaves other kinds alone', async () => {
  const id = floor.fresh('pair')
  const stop = { kind: 'stop', supersedes: ['stop', 'go_on'] }
  await calls.ask(id, { id: 'm', kind: 'message' })
  await calls.ask(id, { id: 's1', ...stop })
  await calls.send(id)
  await calls.ask(id, { id: 's2', ...stop })
  const { changed, command } = await calls.ask(id, { id: 'g', ...stop, kind: 'go_on' })
  expect(changed.map(({ id: which, state, reason }) => [which, state, reason])).toEqual([
    ['s2', 'superseded', undefined],
  ])
  expect(command?.state).toBe('queued')
  const states = async () => Object.fromEntries((await calls.history(id)).map((one) => [one.id, one.state]))
  expect(await states()).toEqual({ m: 'sent', s1: 'unknown', s2: 'superseded', g: 'queued' })
  expect((await oneWith(id, 's1'))?.reason).toBe('superseded')
  // It is not sent any more, and its device may still report.
  expect((await calls.send(id, 0)).sent.map(({ id: which }) => which)).toEqual(['m', 'g'])
  expect(await calls.step(id, { id: 's1', state: 'done' })).toMatchObject({ taken: true })
})

test('so many may be under way; what ends, or is superseded, makes room', async () => {
  const id = floor.fresh('full')
  for (let i = 1; i <= MOST_OPEN; i++) await calls.ask(id, { id: `${i}` })
  const { seq, waiting } = await calls.live(id)
  expect(waiting).toBe(MOST_OPEN)
  expect(await calls.ask(id, { id: 'more' })).toMatchObject({ command: null, refusal: 'too_many', isNew: false })
  expect(await calls.ask(id, { id: '7' })).toMatchObject({ isNew: false, command: { id: '7' } })
  expect(await calls.history(id)).toHaveLength(MOST_OPEN)
  await calls.step(id, { id: '3', state: 'cancelled' })
  expect(await calls.ask(id, { id: 'more' })).toMatchObject({ isNew: true, seq: seq + 2 })
  expect(await calls.ask(id, { id: 'last' })).toMatchObject({ refusal: 'too_many' })
  expect(await calls.ask(id, { id: 'stop', kind: 'stop', supersedes: ['message'] })).toMatchObject({ isNew: true })
  expect((await calls.state(id)).commands?.filter(({ state }) => isUnderWay(state))).toMatchObject([{ id: 'stop' }])
})

test('the newest are kept, those under way for as long as they are; a state has the last ten others', async () => {
  const id = floor.fresh('kept')
  await calls.ask(id, { id: 'first' })
  for (let i = 1; i <= MOST_KEPT + 5; i++) {
    await calls.ask(id, { id: `${i}`, kind: 'stop' })
    await calls.step(id, { id: `${i}`, state: 'cancelled' })
  }
  const last = MOST_KEPT + 6
  const pages = [await calls.history(id, null, 100), await calls.history(id, last - 99, 100)]
  expect(pages[0]?.map(({ c }) => c)).toEqual(Array.from({ length: 100 }, (_, i) => last - i))
  expect(pages[1]?.at(-1)).toMatchObject({ id: 'first', c: 1 })
  expect(pages.flat()).toHaveLength(MOST_KEPT)
  expect(await floor.redis.hlen(topicPart(deviceTopic(id), 'commands'))).toBe(MOST_KEPT)
  const told = (await calls.state(id)).commands?.map(({ c }) => c)
  expect(told).toEqual([1, ...Array.from({ length: 10 }, (_, i) => last - 9 + i)])
})

type Act =
  | { act: 'ask'; which: number; kind: 'a' | 'b'; late: boolean }
  | { act: 'send'; retry: boolean }
  | { act: 'step'; which: number; state: Step['state'] }
  | { act: 'due' | 'forget' }
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    fc.record({
      act: fc.constant('ask' as const),
      which: fc.nat(14),
      kind: fc.constantFrom('a', 'b'),
      late: fc.boolean(),
    }),
    fc.record({ act: fc.constant('send' as const), retry: fc.boolean() }),
    fc.record({ act: fc.constant('step' as const), which: fc.nat(14), state: fc.constantFrom(...STEPS) }),
    fc.record({ act: fc.constantFrom('due' as const, 'due' as const, 'forget' as const) }),
  ),
  { maxLength: 40 },
)

test('whatever is done in whatever order: updates lead to the state, and nothing final changes', async () => {
  const perform = async (id: string, one: Act): Promise<void> => {
    if (one.act === 'ask') {
      const until = one.late ? PAST : LATER
      await calls.ask(id, { id: `c${one.which}`, kind: one.kind, until, supersedes: one.which % 2 ? [] : ['a', 'b'] })
    } else if (one.act === 'send') await calls.send(id, one.retry ? 0 : LATER)
    else if (one.act === 'step') await calls.step(id, { id: `c${one.which}`, state: one.state })
    else if (one.act === 'due') await calls.due(id)
    else await floor.redis.hset(topicKey(deviceTopic(id)), 'seq', (await calls.live(id)).seq + 1)
  }
  await fc.assert(
    fc.asyncProperty(acts, async (all) => {
      const id = floor.fresh('model')
      const listener = await floor.listen(deviceTopic(id))
      for (const one of all) await perform(id, one)
      const updates = await listener.updates()
      await listener.stop()
      const told = updates.flatMap(({ commands = [] }) => commands)
      expect(areKnown(listener.texts)).toBe(true)
      // That something was sent once more is not told by itself.
      const untried = (some: Command[]) => some.map(({ tries, ...rest }) => rest)
      expect(untried((await calls.state(id)).commands ?? [])).toEqual(untried(foldCommands([], told)))
      for (const [, one] of Map.groupBy(told, (command) => command.id)) {
        const states = one.map(({ state }) => state)
        const last = states.findIndex((state) => !isUnderWay(state) && state !== 'unknown')
        expect(last === -1 || last === states.length - 1, states.join()).toBe(true)
        expect(states.filter((state) => state === 'sent').length).toBeLessThanOrEqual(1)
      }
    }),
    { numRuns: 40 },
  )
})
