import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishFixes } from '../../wire/calls.ts'
import { commandCall, dueCommands, readCommands, sendCommands, stepCommand } from '../../wire/command-calls.ts'
import type { Command, Sent } from '../../wire/commands.ts'
import type { DeviceSnapshot, DeviceUpdate } from '../../wire/fleet.ts'
import { deviceTopic } from '../../wire/topics.ts'
import { createModel, type Draft, type Model, SLOW, SUPERSEDES } from '../support/devices/model.ts'
import { followSteps } from '../support/devices/steps.ts'
import { type Floor, startFloor } from './redis/floor.ts'

let floor: Floor
beforeAll(async () => {
  floor = await startFloor()
})
afterAll(() => floor.stop())

const IDS = ['a', 'b', 'c', 'd', 'e', 'f']
const HOUR_MS = 3_600_000
const SOON_MS = 60
const STATES = ['acknowledged', 'done', 'failed', 'refused', 'cancelled'] as const

type Deadline = 'past' | 'soon' | 'far'
type Act =
  | { do: 'ask'; id: string; kind: string; until: Deadline; mustBeSlow: boolean }
  | { do: 'move'; speed: number }
  | { do: 'send'; again: boolean }
  | { do: 'step'; id: string; state: (typeof STATES)[number] }
  | { do: 'due' }
  | { do: 'wait' }

const id = fc.constantFrom(...IDS)
const ask = fc.record({
  do: fc.constant('ask' as const),
  id,
  kind: fc.constantFrom(...Object.keys(SUPERSEDES)),
  until: fc.constantFrom<Deadline[]>('far', 'far', 'far', 'soon', 'past'),
  mustBeSlow: fc.boolean(),
})
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: ask },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), speed: fc.constantFrom(1, 20) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('send' as const), again: fc.boolean() }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('step' as const), id, state: fc.constantFrom(...STATES) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'due' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'wait' as const }) },
)

const ids = (commands: readonly { id: string }[]): string[] => commands.map((one) => one.id).sort()
const list = (text: unknown): Command[] => JSON.parse(String(text)) as Command[]

/** Does one thing in Redis and in the model, at what is the same time for both, and compares what they return. */
const play = async (device: string, model: Model, one: Act, n: number): Promise<void> => {
  const now = Date.now()
  if (one.do === 'wait') await sleep(SOON_MS * 1.5)
  else if (one.do === 'move') {
    await floor.run(publishFixes(device, [{ id: device, n, t: now, lat: 30, lon: -97, speed: one.speed }]))
    model.moves(one.speed)
  } else if (one.do === 'ask') {
    const until = { past: 1000, soon: now + SOON_MS, far: now + HOUR_MS }[one.until]
    const draft: Draft = { id: one.id, kind: one.kind, until, mustBeSlow: one.mustBeSlow }
    const by = { id: 'ann', name: 'Ann' }
    const supersedes = SUPERSEDES[one.kind] ?? []
    const call = { ...draft, args: {}, by, supersedes, ...(one.mustBeSlow && { if: { slowerThan: SLOW } }) }
    const [, , , isNew, refusal, changed] = (await floor.run(commandCall(device, call))) as unknown[]
    const expected = model.ask(draft)
    expect({ isNew: isNew === 1, changed: ids(list(changed)) }).toEqual({
      ...expected,
      changed: expected.changed.sort(),
    })
    expect(refusal).toBe('')
  } else if (one.do === 'send') {
    const reply = (await floor.run(sendCommands(device, one.again ? 0 : HOUR_MS))) as unknown[]
    const [given, changed] = [JSON.parse(String(reply[2])) as Sent[], list(reply[3])]
    const expected = model.send(one.again, now)
    expect(ids(given)).toEqual(expected.given.sort())
    expect(ids(changed)).toEqual(expected.changed.sort())
  } else if (one.do === 'step') {
    const reply = (await floor.run(stepCommand(device, { id: one.id, state: one.state }))) as unknown[]
    const taken = model.step(one.id, one.state)
    expect({ is: reply[2] !== '', taken: reply[3] }).toEqual({ is: taken !== null, taken: taken ? 1 : 0 })
  } else {
    const reply = (await floor.run(dueCommands(device))) as unknown[]
    expect(ids(list(reply[3]))).toEqual(model.due(now).sort())
  }
}

const toldOf = ({ id: own, kind, until, state, tries = 0, reason }: Command) => ({
  id: own,
  kind,
  until,
  state,
  tries,
  reason: reason === 'superseded' ? reason : null,
})
const expectedOf = (model: Model) => model.commands().map(({ mustBeSlow, ...told }) => told)

/** Whether a deadline fell into the time that a call took: then nobody knows on which side of it the call was. */
const isUnclear = (model: Model, from: number, to: number): boolean =>
  model.commands().some(({ until }) => until >= from - 1 && until <= to + 1)

let clear = 0
/** What is kept, told in the state and told on the way is what the model says, step by step. */
const check = async (acts: readonly Act[]): Promise<void> => {
  const device = floor.fresh('MODEL-')
  const [model, steps] = [createModel(), followSteps()]
  const listener = await floor.listen(deviceTopic(device))
  try {
    for (const [i, one] of acts.entries()) {
      const from = Date.now()
      const played = await play(device, model, one, i + 1).then(
        () => null,
        (error) => error,
      )
      if (one.do !== 'wait' && isUnclear(model, from, Date.now())) return
      if (played !== null) throw played
      const kept = list(await floor.run(readCommands(device, null, 100))).toReversed()
      expect(kept.map(toldOf)).toEqual(expectedOf(model))
      expect(kept.map(({ c }) => c)).toEqual(kept.map((_, place) => place + 1))
    }
    clear++
    for (const update of await listener.updates())
      for (const command of (update as unknown as DeviceUpdate).commands ?? []) steps.take(device, command)
    expect(steps.faults).toEqual([])
    // What was only sent again is told no more: how often stands in what is kept.
    const withoutTries = ({ tries, ...told }: ReturnType<typeof toldOf>) => told
    const last = [...steps.known.values()].sort((a, b) => a.c - b.c)
    expect(last.map(toldOf).map(withoutTries)).toEqual(expectedOf(model).map(withoutTries))
    const { snapshot } = await floor.snapshot<DeviceSnapshot>(deviceTopic(device))
    expect((snapshot.commands ?? []).map(toldOf)).toEqual(expectedOf(model))
  } finally {
    await listener.stop()
  }
}

test('whatever is asked, sent, said and due, commands go as the model says', async () => {
  await fc.assert(fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30 }), check), { numRuns: 60 })
  expect(clear).toBeGreaterThan(0)
})
