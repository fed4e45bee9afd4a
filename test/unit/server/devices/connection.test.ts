import { expect, test } from 'vitest'
import { createConnections } from '../../../../server/devices/connections.ts'
import { toBytes } from '../../../../server/live/bytes.ts'
import type { Joining, Watcher } from '../../../../server/live/watcher.ts'
import type { Command, CommandState, Sent } from '../../../../wire/commands.ts'
import type { DeviceSnapshot, DeviceUpdate } from '../../../../wire/fleet.ts'
import { deviceTopic } from '../../../../wire/topics.ts'
import { eventually } from '../../../support/eventually.ts'
import { noFaults } from '../../../support/faults.ts'

const command = (id: string, state: CommandState): Command => ({
  id,
  c: 1,
  kind: 'report_now',
  args: {},
  by: { id: 'ann', name: 'Ann' },
  t: 1,
  until: 9,
  state,
  at: 1,
})
const sent = (id: string): Sent => ({ id, kind: 'report_now', args: {}, until: 9 })
const NOTHING: DeviceSnapshot = { last: null, cell: null }

/** A connected device, in a world that the test makes. */
const setUp = (keyed: string | null = 'hash') => {
  const clock = { now: 0 }
  const world = { key: 'hash' as string | null | Error, toSend: [] as (Sent[] | Error)[] }
  const asked: number[] = []
  const happened: string[] = []
  let watcher: Watcher | null = null
  let joining: Joining | null = null
  let left = 0
  let joins = 0
  const connections = createConnections({
    demand: {
      join: (_topic, one, _after, how) => {
        watcher = one
        joining = how
        joins++
      },
      leave: () => {
        left++
      },
    },
    send: async (_device, retryMs) => {
      asked.push(retryMs)
      const next = world.toSend.shift() ?? []
      if (next instanceof Error) throw next
      return next
    },
    readKey: async () => {
      if (world.key instanceof Error) throw world.key
      return world.key
    },
    now: () => clock.now,
    faults: noFaults,
  })
  const open = () =>
    connections.open(
      { id: 'BUS', keyed },
      {
        deliver: (commands) => happened.push(commands.map(({ id }) => id).join()),
        end: (reason) => happened.push(`ended: ${reason}`),
      },
    )
  const connection = open()
  const message = (body: object): void =>
    watcher?.push({ topic: deviceTopic('BUS'), epoch: 'e', seq: 1, after: 0, text: toBytes({ seq: 1, ...body }) })
  const tell = (update: DeviceUpdate): void => message(update)
  const answer = (snapshot: DeviceSnapshot = NOTHING): void => {
    const result = { kind: 'snapshot', at: '1', cursor: { epoch: 'e', seq: 1 }, snapshot: toBytes(snapshot) } as const
    if (joining?.use(result)) joining.done(null)
  }
  const until = (what: () => boolean) => eventually('it happens', what, { everyMs: 1 })
  /** All that was begun is over. */
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await Promise.resolve()
  }
  return {
    ...{ clock, world, asked, happened, connections, connection, message, tell, answer, until, settle },
    fail: () => joining?.done(new Error('away')),
    miss: () => {
      joining?.use({ kind: 'missing' })
      joining?.done(null)
    },
    joins: () => joins,
    left: () => left,
  }
}

test('what waits for a device, or was not acknowledged before, goes out when it connects', async () => {
  const { world, asked, happened, answer, until } = setUp()
  world.toSend.push([sent('a'), sent('b')])
  answer()
  await until(() => happened.length > 0)
  expect([asked, happened]).toEqual([[0], ['a,b']])
})

test('a queued command is sent at once, and what other updates say is not even read', async () => {
  const { world, asked, happened, answer, tell, until, settle } = setUp()
  answer()
  await until(() => asked.length === 1)
  tell({ fixes: [{ id: 'BUS', n: 1, t: 1, lat: 1, lon: 1, route: '"commands":[' }] })
  await settle()
  expect(asked).toHaveLength(1)
  world.toSend.push([sent('x')])
  tell({ commands: [command('x', 'queued')] })
  await until(() => happened.length > 0)
  expect([asked, happened]).toEqual([[0, 5000], ['x']])
})

test('what is not acknowledged is sent again every five seconds, until it is', async () => {
  const { clock, world, asked, connections, answer, tell, until, settle } = setUp()
  world.toSend.push([sent('x')])
  answer()
  await until(() => asked.length === 1)
  await settle()
  for (clock.now = 1000; clock.now < 5000; clock.now += 1000) connections.tick()
  await settle()
  expect(asked).toHaveLength(1)
  clock.now = 5000
  connections.tick()
  await until(() => asked.length === 2)
  await settle()
  tell({ commands: [command('x', 'acknowledged')] })
  clock.now = 60_000
  connections.tick()
  await settle()
  expect(asked).toEqual([0, 5000])
})

test('what could not be asked while Redis was away is asked a second later', async () => {
  const { clock, world, asked, happened, connections, answer, until, settle } = setUp()
  world.toSend.push(new Error('away'), [sent('x')])
  answer()
  await until(() => asked.length === 1)
  await settle()
  connections.tick()
  await settle()
  expect(asked).toHaveLength(1)
  clock.now = 1000
  connections.tick()
  await until(() => happened.length > 0)
  expect(asked).toEqual([0, 0])
})

test('commands that came while some were being sent are sent, too', async () => {
  const { world, asked, answer, tell, until } = setUp()
  answer()
  tell({ commands: [command('x', 'queued')] })
  tell({ commands: [command('y', 'queued')] })
  world.toSend.push([], [sent('x'), sent('y')])
  await until(() => asked.length === 2)
  expect(asked).toEqual([0, 5000])
})

test('a device whose key changed is ended, and hears nothing more', async () => {
  const { world, happened, answer, tell, until, settle, left } = setUp()
  answer()
  await settle()
  tell({ keyed: 5 })
  await settle()
  expect(happened).toEqual([])
  world.key = 'other'
  tell({ keyed: 6 })
  await until(() => happened.length > 0)
  expect([happened, left()]).toEqual([['ended: key'], 1])
  world.toSend.push([sent('x')])
  tell({ commands: [command('x', 'queued')] })
  await settle()
  expect(happened).toEqual(['ended: key'])
})

test('a key that changed between the door and here is noticed', async () => {
  const { world, happened, answer, until } = setUp()
  world.key = ''
  answer()
  await until(() => happened.length > 0)
  expect(happened).toEqual(['ended: key'])
})

test('a key that could not be read is read again', async () => {
  const { world, happened, connections, answer, settle, until } = setUp()
  world.key = new Error('away')
  answer()
  await settle()
  connections.tick()
  await settle()
  expect(happened).toEqual([])
  world.key = 'other'
  connections.tick()
  await until(() => happened.length > 0)
})

test('one that a broker let in has no key that could change', async () => {
  const { world, happened, answer, tell, settle } = setUp(null)
  world.key = 'other'
  answer()
  tell({ keyed: 6 })
  await settle()
  expect(happened).toEqual([])
})

test('a state in the middle tells anew what is under way', async () => {
  const { clock, world, asked, connections, answer, message, until, settle } = setUp()
  world.toSend.push([sent('x')])
  answer()
  await until(() => asked.length === 1)
  await settle()
  message({ snapshot: { ...NOTHING, commands: [command('x', 'done'), command('y', 'queued')] } })
  await until(() => asked.length === 2)
  clock.now = 10_000
  await settle()
  connections.tick()
  await settle()
  expect(asked).toHaveLength(2)
})

test('joins again where Redis could not be asked, or does not know the device yet', async () => {
  const { connections, joins, fail, miss, answer, asked, until, settle } = setUp(null)
  fail()
  connections.tick()
  expect(joins()).toBe(2)
  miss()
  await settle()
  connections.tick()
  expect(joins()).toBe(3)
  answer()
  await until(() => asked.length === 1)
  connections.tick()
  expect(joins()).toBe(3)
})

test('one that is closed leaves once, whatever was under way', async () => {
  const { connections, connection, answer, asked, left, settle } = setUp()
  expect(connections.count()).toBe(1)
  connection.close()
  connection.close()
  answer()
  await settle()
  expect([left(), connections.count(), asked]).toEqual([1, 0, []])
})
