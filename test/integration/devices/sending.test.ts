import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandCall, dueAt, type NewCommand, sendCommands, WORKED_ON_MS } from '../../../wire/command-calls.ts'
import type { Command, Sent } from '../../../wire/commands.ts'
import { deviceTopic, topicKey, topicPart } from '../../../wire/topics.ts'
import { reloadEverywhere } from '../../support/redis-everywhere.ts'
import { type Floor, startFloor } from '../redis/floor.ts'
import { ANN, type Asking, areKnown, asking, LATER } from './asking.ts'
import { CONDITIONS, SLOW } from './conditions.ts'

let floor: Floor
let calls: Asking
beforeAll(async () => {
  floor = await startFloor()
  calls = asking(floor)
})
afterAll(() => floor.stop())

const SECOND = 1000
/** Redis's clock, Unix milliseconds. */
const clock = async (id: string): Promise<number> => {
  const { command } = await calls.ask(id, { id: 'clock' })
  await calls.step(id, { id: 'clock', state: 'cancelled' })
  return command?.t ?? 0
}
const of = async (id: string, command: string): Promise<Command | undefined> =>
  (await calls.history(id)).find((each) => each.id === command)
const one = (id: string): Promise<Command | undefined> => of(id, 'one')
const PAST = 1_700_000_000_000

test('a device gets what it needs of each command, in the order in which they were asked, and once', async () => {
  const id = floor.fresh('gets')
  const listener = await floor.listen(deviceTopic(id))
  await calls.ask(id, { id: 'b', kind: 'message', args: { text: 'ü', n: 2 }, if: {}, order: 'ann.1' })
  await calls.ask(id, { id: 'a', kind: 'stop' })
  expect((await calls.live(id)).waiting).toBe(2)
  const { sent, changed } = await calls.send(id)
  expect(sent).toEqual([
    { id: 'b', kind: 'message', args: { text: 'ü', n: 2 }, until: LATER },
    { id: 'a', kind: 'stop', args: {}, until: LATER },
  ])
  expect(changed).toMatchObject([
    { id: 'b', state: 'sent', tries: 1, order: 'ann.1' },
    { id: 'a', state: 'sent', tries: 1 },
  ])
  expect(await calls.send(id)).toMatchObject({ sent: [], changed: [] })
  await calls.step(id, { id: 'a', state: 'acknowledged' })
  expect((await calls.live(id)).waiting).toBe(1)
  expect((await listener.updates()).flatMap(({ commands }) => commands?.length ?? [])).toEqual([1, 1, 2, 1])
  expect(areKnown(listener.texts)).toBe(true)
})

test('of many that ask at the same moment one gets what is queued', async () => {
  const id = floor.fresh('race')
  for (let i = 0; i < 5; i++) await calls.ask(id, { id: `${i}` })
  const replies = (await floor.runAll(Array.from({ length: 20 }, () => sendCommands(id, 60_000)))) as string[][]
  const sent = replies.flatMap((reply) => (JSON.parse(reply[2] ?? '') as Sent[]).map((each) => each.id))
  expect(sent).toEqual(['0', '1', '2', '3', '4'])
})

test('what was not acknowledged goes out again after a while, which nobody need hear', async () => {
  const id = floor.fresh('again')
  await calls.ask(id)
  await calls.ask(id, { id: 'two' })
  const first = await calls.send(id, 60_000)
  await calls.step(id, { id: 'two', state: 'acknowledged' })
  expect((await calls.send(id, 60_000)).sent).toEqual([])
  // Nothing that is remembered of the device may be wrong after a write that has no number.
  for (const tries of [2, 3]) {
    const { sent, changed, seq } = await calls.send(id, 0)
    expect([sent, changed, seq]).toEqual([first.sent.slice(0, 1), [], first.seq + 1])
    expect(await one(id)).toMatchObject({ state: 'sent', tries })
  }
  const tried = (await floor.redis.hget(topicKey(deviceTopic(id)), 'tried')) ?? ''
  await floor.redis.hset(topicKey(deviceTopic(id)), 'tried', tried.replace(/\d+$/, '1000000000000'))
  expect((await calls.send(id, 60_000)).sent).toHaveLength(1)
  expect((await calls.send(id, 60_000)).sent).toEqual([])
})

test('at its deadline a command still goes out, and never a millisecond later', async () => {
  // Many with deadlines around now: Redis decides on all at one moment, which it tells.
  let [inTime, late] = [0, 0]
  for (let round = 0; round < 200 && (inTime === 0 || late === 0); round++) {
    const id = floor.fresh('edge')
    const now = await clock(id)
    const asked = Array.from({ length: 20 }, (_, i) =>
      commandCall(id, { id: `${i}`, kind: 'x', args: {}, by: ANN, until: now + i }),
    )
    const replies = (await floor.runAll([...asked, sendCommands(id, 0)])) as string[][]
    const changed = JSON.parse(replies.at(-1)?.[3] ?? '') as Command[]
    const at = changed[0]?.at ?? 0
    for (const command of changed) {
      expect(command.state, `${command.until} at ${at}`).toBe(command.until < at ? 'expired' : 'sent')
      if (command.until === at) inTime++
      if (command.until === at - 1) late++
    }
  }
  expect(Math.min(inTime, late)).toBeGreaterThan(0)
})

test('what is past ends by itself, and the next deadline is told', async () => {
  const id = floor.fresh('due')
  expect(await calls.due(id)).toMatchObject({ due: null, changed: [] })
  const now = await clock(id)
  await calls.ask(id, { id: 'past', until: now - 10 })
  await calls.ask(id, { id: 'next', until: now + 50_000 })
  const first = await calls.due(id)
  expect(first).toMatchObject({ due: dueAt('queued', now + 50_000), changed: [{ id: 'past', state: 'expired' }] })
  await calls.send(id)
  expect((await calls.due(id)).due).toBe(now + 50_001)
  await calls.step(id, { id: 'next', state: 'acknowledged' })
  expect(await calls.due(id)).toMatchObject({ due: dueAt('acknowledged', now + 50_000), changed: [] })
})

/** Puts the deadline of a command back, as if time had gone on. */
const putBack = async (id: string, command: string, ms: number): Promise<void> => {
  const key = topicPart(deviceTopic(id), 'commands')
  const text = (await floor.redis.hget(key, command)) ?? ''
  await floor.redis.hset(
    key,
    command,
    text.replace(/"until":(\d+)/, (_, until) => `"until":${Number(until) - ms}`),
  )
}

test('what was sent and got no answer is unknown; what the device works on, an hour later', async () => {
  const id = floor.fresh('silent')
  const until = (await clock(id)) + 100 * SECOND
  await calls.ask(id, { until })
  await calls.ask(id, { id: 'two', until })
  await calls.send(id)
  await calls.step(id, { id: 'two', state: 'acknowledged', answer: 'on it' })
  for (const each of ['one', 'two']) await putBack(id, each, 200 * SECOND)
  expect((await calls.due(id)).changed).toMatchObject([{ id: 'one', state: 'unknown', reason: expect.any(String) }])
  await putBack(id, 'two', WORKED_ON_MS)
  expect((await calls.send(id)).changed).toMatchObject([{ id: 'two', state: 'unknown', answer: 'on it' }])
  // A week later it says what became of it, and once only.
  expect(await calls.step(id, { id: 'one', state: 'done', answer: 'late' })).toMatchObject({ taken: true })
  expect(await calls.step(id, { id: 'one', state: 'failed' })).toMatchObject({
    taken: false,
    command: { state: 'done' },
  })
})

test.each(CONDITIONS)(
  'a device %s: its command goes out, or is refused with the reason',
  async (_, condition, fixes, reason) => {
    const id = floor.fresh('if')
    const now = Date.now()
    for (const [i, { t = 0, ...fix }] of fixes.entries()) await calls.fix(id, { n: i + 1, ...fix, t: now + t })
    await calls.ask(id, { if: condition })
    const { sent, changed } = await calls.send(id)
    if (reason === null) {
      expect([sent.length, changed]).toMatchObject([1, [{ state: 'sent' }]])
      return
    }
    expect([sent, changed]).toMatchObject([[], [{ state: 'refused', reason: expect.stringMatching(reason) }]])
    expect(await calls.send(id, 0)).toMatchObject({ sent: [], changed: [] })
  },
)

test('what was sent goes out again only where its condition still holds, and stays sent where not', async () => {
  const id = floor.fresh('moves')
  const now = Date.now()
  await calls.fix(id, { n: 1, t: now - 9 * SECOND, speed: 0 })
  await calls.ask(id, { if: SLOW })
  expect((await calls.send(id, 0)).sent).toHaveLength(1)
  await calls.fix(id, { n: 2, t: now - 5 * SECOND, speed: 8 })
  expect(await calls.send(id, 0)).toMatchObject({ sent: [], changed: [] })
  await calls.fix(id, { n: 3, t: now, speed: 0 })
  expect((await calls.send(id, 0)).sent).toHaveLength(1)
  expect(await one(id)).toMatchObject({ state: 'sent', tries: 2 })
})

/** Asks for something and has it sent, and puts Redis back to when that was not so, as a failover may. */
const loseSending = async (id: string, more: Partial<NewCommand> = {}): Promise<void> => {
  const keys = [topicKey(deviceTopic(id)), topicPart(deviceTopic(id), 'commands')] as const
  await calls.ask(id, more)
  const earlier = await Promise.all(keys.map((key) => floor.redis.dumpBuffer(key)))
  expect((await calls.send(id)).sent).toHaveLength(1)
  for (const [i, key] of keys.entries()) await floor.redis.restore(key, 0, earlier[i] ?? '', 'REPLACE')
  await reloadEverywhere(floor.redis)
}

test('a device may report of what an earlier life of Redis had sent, which knows it as queued', async () => {
  const id = floor.fresh('lives')
  await loseSending(id)
  const { epoch } = (await floor.snapshot(deviceTopic(id))).cursor
  const stepped = await calls.step(id, { id: 'one', state: 'done' })
  expect(stepped).toMatchObject({ taken: true, command: { state: 'done' } })
  expect(stepped.epoch).not.toBe(epoch)
  expect((await calls.send(id, 0)).sent).toEqual([])
})

test('what an earlier life of Redis may have sent, nobody can call unsent: it is unknown until the device reports', async () => {
  const endings: Record<string, (id: string) => Promise<unknown>> = {
    cancelled: (id) => calls.step(id, { id: 'one', state: 'cancelled' }),
    superseded: (id) => calls.ask(id, { id: 'two', supersedes: ['message'] }),
    refused: async (id) => [
      await calls.live(id, { every: 5 }),
      await calls.fix(id, { n: 2, speed: 9 }),
      await calls.send(id),
    ],
    expired: async (id) => {
      await calls.ask(id, { id: 'two', until: PAST })
      const commands = topicPart(deviceTopic(id), 'commands')
      const text = (await floor.redis.hget(commands, 'one')) ?? ''
      await floor.redis.hset(commands, 'one', text.replace(/"until":\d+/, `"until":${PAST}`))
      await calls.due(id)
    },
  }
  for (const [ending, end] of Object.entries(endings)) {
    const id = floor.fresh(ending)
    await calls.fix(id, { t: Date.now() - 9000, speed: 0 })
    await loseSending(id, { if: { slowerThan: 3 } })
    await end(id)
    expect(await one(id), ending).toMatchObject({ state: 'unknown', reason: expect.stringMatching(/may have/) })
    expect(await calls.step(id, { id: 'one', state: 'done' })).toMatchObject({ taken: true })
    // What was asked in this life of Redis is known: it was not sent.
    if (ending === 'expired') expect(await of(id, 'two')).toMatchObject({ state: 'expired' })
  }
})
