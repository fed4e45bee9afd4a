import { expect, it } from 'vitest'
import { createFaults, type Fault } from '../../../server/faults.ts'
import { forGuests } from '../../../server/for-guests.ts'
import { parseBytes, toBytes } from '../../../server/live/bytes.ts'
import type { Demand } from '../../../server/live/demand.ts'
import { createGuests, demandOfGuest } from '../../../server/live/guests.ts'
import { type Message, readMessage, resyncMessage } from '../../../server/live/message.ts'
import type { ReadResult } from '../../../server/live/ports.ts'
import type { Joining, Watcher } from '../../../server/live/watcher.ts'
import { isUpdate } from '../../../server/texts.ts'
import type { Topic } from '../../../wire/topics.ts'

const TOPIC = 'd:株式'
const HEAD = { topic: TOPIC, epoch: 'e', seq: 4, at: 9 }
const FIX = { id: '株式', n: 1, t: 2, lat: 3, lon: 4, speed: 5, readings: { fuel: 6 } }
const LIFE = { heard: 1, every: 10, parked: true, takes: ['lock'], door: 'http', attributes: { app: 'x' } }
const COMMAND = { id: 'one', c: 1, t: 1, until: 2, kind: 'lock', by: { id: 'ann', name: 'Ann' }, args: {} }
const COMMANDS = [{ ...COMMAND, state: 'waiting', at: 1 }]
const STATE = {
  ...{ last: FIX, cell: 'other/1' },
  description: { name: 'Büs', group: 'g', category: 'c', attributes: { driver: 'Ann' } },
  ...{ life: LIFE, commands: COMMANDS },
}
const STATE_FOR_GUESTS = {
  ...{ last: FIX, cell: 'other/1' },
  description: { name: 'Büs', group: 'g', category: 'c' },
  life: { heard: 1, every: 10, parked: true },
}

const messageOf = (body: object, topic: Topic = TOPIC): Message => {
  const message = readMessage(topic, toBytes({ ...HEAD, topic, ...body }))
  if (message === null) throw new Error('no update')
  return message
}
const guests = createGuests(forGuests)
const shown = (body: object): object => parseBytes<object>(guests.message(messageOf(body)).text)

it('leaves of an update of a device what is for guests, and its head in any case', () => {
  expect(shown({ fixes: [FIX], life: LIFE })).toEqual({ ...HEAD, fixes: [FIX], life: STATE_FOR_GUESTS.life })
  expect(shown({ life: { heard: 1 } })).toEqual({ ...HEAD, life: { heard: 1 } })
  for (const body of [{ commands: COMMANDS }, { keyed: 5 }, { brandNew: 1 }]) expect(shown(body)).toEqual(HEAD)
  for (const body of [{ commands: COMMANDS }, { fixes: [FIX], commands: COMMANDS }]) {
    const { text } = guests.message(messageOf(body))
    expect(isUpdate(TOPIC, text)).toBe(true)
    expect(readMessage(TOPIC, text)).toMatchObject({ seq: 4, after: 3 })
  }
})

it('keeps which number an update of several follows', () => {
  const text = toBytes({ topic: TOPIC, epoch: 'e', seq: 4, after: 1, at: 9, commands: COMMANDS })
  const message = readMessage(TOPIC, text) as Message
  const own = guests.message(message)
  expect(readMessage(TOPIC, own.text)).toEqual(own)
  expect(own.after).toBe(1)
})

it('makes a message once for all guests, and none where they see all of it', () => {
  const asked = messageOf({ commands: COMMANDS })
  expect(guests.message(asked)).toBe(guests.message(asked))
  for (const message of [messageOf({ fixes: [FIX] }), messageOf({ trades: [] }, 's:A')])
    expect(guests.message(message)).toBe(message)
})

it('reduces states in answers and in the stream, and replays', () => {
  const at = { at: '9', cursor: { epoch: 'e', seq: 4 } }
  const state = guests.result(TOPIC, { kind: 'snapshot', ...at, snapshot: toBytes(STATE) })
  if (state.kind !== 'snapshot') throw new Error(state.kind)
  expect(parseBytes(state.snapshot)).toEqual(STATE_FOR_GUESTS)
  const onlyAttributes = toBytes({ last: null, cell: null, description: { attributes: { driver: 'Ann' } } })
  const bare = guests.result(TOPIC, { kind: 'snapshot', ...at, snapshot: onlyAttributes })
  expect(bare).toMatchObject({ snapshot: '{"last":null,"cell":null}' })
  const resync = guests.message(resyncMessage(TOPIC, at.cursor, at.at, toBytes(STATE)))
  expect(parseBytes(resync.text)).toEqual({ ...HEAD, snapshot: STATE_FOR_GUESTS })
  expect(resync.after).toBe(-1)
  const texts = [messageOf({ keyed: 1 }), messageOf({ fixes: [FIX] })].map(({ text }) => text)
  const replay = guests.result(TOPIC, { kind: 'replay', ...at, updates: texts })
  if (replay.kind !== 'replay') throw new Error(replay.kind)
  expect(replay.updates.map((text) => parseBytes(text))).toEqual([HEAD, { ...HEAD, fixes: [FIX] }])
  for (const result of [{ kind: 'missing' }, { kind: 'current', ...at }] as ReadResult[])
    expect(guests.result(TOPIC, result)).toBe(result)
})

/** A guest at a topic that is only heard: what it is given, and what goes wrong. */
const setUp = () => {
  let watcher: Watcher | undefined
  const given: Message[] = []
  const faults: Fault[] = []
  let ended = 0
  const left: Watcher[] = []
  const demand = {
    join: (_topic: Topic, who: Watcher, _after: unknown, { use }: Joining) => {
      watcher = who
      use({ kind: 'snapshot', at: '9', cursor: { epoch: 'e', seq: 3 }, snapshot: toBytes(STATE) })
    },
    leave: (_topic: Topic, who: Watcher) => left.push(who),
    position: (_topic: Topic, who?: Watcher) => (who === watcher ? { epoch: 'e', seq: 7 } : null),
  } as unknown as Demand
  const outbox: Watcher = { push: (message) => given.push(message), gap: () => {} }
  const ports = { demand, guests, faults: createFaults((fault) => faults.push(fault)) }
  const own = demandOfGuest(ports, outbox, () => ended++, 'guest')
  return { own, outbox, given, faults, left, watcher: () => watcher as Watcher, ended: () => ended }
}

it('a guest joins, is asked for and leaves under one name of its own', () => {
  const { own, outbox, given, left, watcher } = setUp()
  const used: ReadResult[] = []
  const joining = { budget: { spend: () => true }, use: (result: ReadResult) => used.push(result) > 0, done: () => {} }
  own.join(TOPIC, outbox, null, joining)
  expect(parseBytes((used[0] as { snapshot: string }).snapshot)).toEqual(STATE_FOR_GUESTS)
  watcher().push(messageOf({ commands: COMMANDS }))
  expect(given.map(({ text }) => parseBytes(text))).toEqual([HEAD])
  expect(own.position(TOPIC, outbox)).toEqual({ epoch: 'e', seq: 7 })
  expect(own.position(TOPIC)).toBeNull()
  own.leave(TOPIC, outbox)
  expect(left).toEqual([watcher()])
})

it('what cannot be read costs the guest its connection, and nobody else anything', () => {
  const { own, outbox, given, faults, watcher, ended } = setUp()
  own.join(TOPIC, outbox, null, { budget: { spend: () => true }, use: () => true, done: () => {} })
  watcher().push({ ...messageOf({ keyed: 1 }), text: '{"topic"' })
  expect(given).toEqual([])
  expect(ended()).toBe(1)
  expect(faults).toMatchObject([{ at: 'client.push', of: 'guest' }])
})
