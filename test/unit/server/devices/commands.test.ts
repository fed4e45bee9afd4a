import { expect, test } from 'vitest'
import { createCommandActs, createOrderAllowances } from '../../../../server/devices/commands.ts'
import { createRights } from '../../../../server/people/rights.ts'
import type { NewCommand } from '../../../../wire/command-calls.ts'
import { COMMAND_KINDS } from '../../../../wire/command-kinds.ts'
import type { Command, CommandReply } from '../../../../wire/commands.ts'
import type { Action } from '../../../../wire/grants.ts'
import type { Topic } from '../../../../wire/topics.ts'
import { personWith } from '../../../support/persons.ts'

const NOW = 1_000_000
const GROUPS: Record<string, string[]> = {
  buses: ['BUS-1', 'BUS-2', 'BUS-3'],
  vans: ['VAN-1'],
  all: Array.from({ length: 3000 }, (_, i) => `ALL-${i}`),
  more: Array.from({ length: 3001 }, (_, i) => `ALL-${i}`),
}
const THERE = new Set(['BUS-1', 'BUS-2', 'BUS-3', 'VAN-1', 'FULL'])

/** What somebody with these grants asks for, and what is written of it. */
const setUp = (grants = 'watch:* command:* danger:*', id: string | null = 'ann') => {
  const written: { devices: readonly string[]; command: NewCommand }[] = []
  const known = new Map<string, Command>()
  const happened: string[] = []
  const clock = { now: 0 }
  let isAway = false
  const write = async (devices: readonly string[], command: NewCommand) => {
    if (isAway) throw new Error('away')
    written.push({ devices, command })
    return devices.map((device) => {
      if (device === 'FULL') return null
      const isNew = !known.has(`${device} ${command.id}`)
      const { supersedes: _, ...asked } = command
      const made: Command = { ...asked, c: 1, t: 1, state: 'queued', at: 1 }
      const kept = known.get(`${device} ${command.id}`) ?? made
      known.set(`${device} ${command.id}`, kept)
      return { device, command: kept, isNew }
    })
  }
  const rights = createRights({ now: () => NOW, isRevoked: () => false })
  const asker = (of: string, who: string | null) => {
    const person = personWith(of, { id: who })
    return { person: () => person, may: (action: Action, topic: Topic) => rights.may(person, action, topic) }
  }
  const ports = {
    kinds: COMMAND_KINDS,
    orders: {
      most: 3000,
      devicesOf: async (group: string) => GROUPS[group] ?? [],
      give: async (devices: readonly string[], command: NewCommand) => {
        if (isAway) throw new Error('away')
        written.push({ devices, command })
        return devices.filter((device) => device === 'FULL').length
      },
    },
    cancelling: {
      one: async (device: string, command: string) => (known.has(`${device} ${command}`) ? 1 : 0),
      order: async (_order: string, _by: object, may: (device: string) => boolean) => [...THERE].filter(may).length,
    },
    write,
    existing: async (devices: readonly string[]) => devices.filter((device) => THERE.has(device)),
    recorded: async (who: string, about: string) => void happened.push(`${who} ${about}`),
    count: (what: string) => void happened.push(what),
    allowances: createOrderAllowances(() => clock.now),
    clock: () => NOW,
    now: () => clock.now,
  }
  const actsOf = (of: string, who: string | null) => createCommandActs(ports, asker(of, who))
  const acts = actsOf(grants, id)
  const ask = (request: object) =>
    acts.command({ id: 'c1', to: { devices: ['BUS-1'] }, kind: 'report_now', ...request }) as Promise<CommandReply>
  const lose = (away: boolean): void => {
    isAway = away
  }
  return { ...acts, ask, actsOf, lose, written, happened, clock }
}
const refusal = (code: string) => ({ error: { code } })

test('one device gets a command with a deadline, and what its kind ends', async () => {
  const { ask, written, happened } = setUp()
  const reply = await ask({ kind: 'report_every', args: { seconds: 30 } })
  expect(reply).toMatchObject({ device: 'BUS-1', command: { id: 'c1', state: 'queued', by: { id: 'ann' } } })
  expect(written[0]?.command).toEqual({
    id: 'c1',
    kind: 'report_every',
    args: { seconds: 30 },
    by: { id: 'ann', name: 'Ann' },
    until: NOW + 600_000,
    supersedes: ['report_every'],
  })
  expect(happened).toEqual(['new'])
})

test('asked again it is the same command, and somebody else does not get it', async () => {
  const { ask, actsOf, happened } = setUp()
  const first = await ask({})
  expect(await ask({ kind: 'go_on' })).toEqual(first)
  const other = await actsOf('watch:* command:*', 'bob').command({
    id: 'c1',
    to: { devices: ['BUS-1'] },
    kind: 'report_now',
  })
  expect(other).toMatchObject(refusal('bad_command'))
  expect(happened).toEqual(['new', 'repeat'])
})

test('what is dangerous takes its own grant, is recorded first, and has safe preconditions', async () => {
  const { ask, written, happened } = setUp()
  await ask({ kind: 'unlock', if: { slowerThan: 30, fresherThan: 10 } })
  expect(happened).toEqual(['ann unlock d:BUS-1', 'new'])
  expect(written[0]?.command).toMatchObject({ if: { slowerThan: 1.5, fresherThan: 10 }, until: NOW + 60_000 })
  const mild = setUp('watch:* command:*')
  expect(await mild.ask({ kind: 'unlock' })).toMatchObject(refusal('not_allowed'))
  expect(await mild.ask({ kind: 'lock' })).toMatchObject({ device: 'BUS-1' })
  expect(mild.happened).toEqual(['new'])
})

test.each([
  ['nothing to command', 'watch:*', 'ann', 'not_allowed'],
  ['another device', 'watch:* command:d:VAN-*', 'ann', 'not_allowed'],
  ['the danger alone', 'watch:* danger:*', 'ann', 'not_allowed'],
  ['no name', 'watch:* command:*', null, 'not_signed_in'],
] as const)('whoever has %s gets nothing done', async (_what, grants, id, code) => {
  const { ask, cancel, written } = setUp(grants, id)
  expect(await ask({ kind: 'go_on' })).toMatchObject(refusal(code))
  expect(await ask({ to: { group: 'buses' } })).toMatchObject(refusal(code))
  expect(await cancel({ device: 'BUS-1', id: 'c1' })).toMatchObject(refusal(code))
  expect(written).toEqual([])
})

test.each([
  ['an unknown kind', { kind: 'fly' }, 'bad_command', 'no kind of command called fly'],
  ['a wrong argument', { kind: 'report_every', args: { seconds: 0 } }, 'bad_command', 'seconds must be 1 to 3600'],
  ['a deadline too far', { within: 3601 }, 'bad_command', 'within 3600 seconds'],
  ['no deadline', { within: 0 }, 'bad_request', 'within'],
  ['no id', { id: '' }, 'bad_request', 'id'],
  ['no device', { to: { devices: [] } }, 'bad_request', 'to'],
  ['no name of a device', { to: { devices: ['{x}'] } }, 'bad_request', 'to'],
  ['devices and a group', { to: { devices: ['BUS-1'], group: 'buses' } }, 'bad_request', 'to'],
  ['a precondition that is none', { if: { slower: 3 } }, 'bad_request', 'if'],
  ['a device that is not there', { to: { devices: ['NONE'] } }, 'unknown_device', ''],
  ['a device that is full', { to: { devices: ['FULL'] } }, 'too_many_commands', ''],
  ['too many devices', { to: { group: 'more' } }, 'bad_command', 'more than 3000'],
])('refuses %s, and says what is wrong', async (_what, request, code, words) => {
  const reply = await setUp().ask(request)
  expect(reply).toMatchObject(refusal(code))
  expect('error' in reply && reply.error.message).toContain(words)
})

test('several devices, or a group, get an order; who is left out is counted', async () => {
  const { ask, written, happened } = setUp('watch:* command:d:BUS-* command:d:FULL')
  const reply = await ask({ to: { devices: ['BUS-1', 'BUS-2', 'BUS-1', 'FULL', 'VAN-1', 'NONE'] } })
  expect(reply).toEqual({ order: expect.stringMatching(/^ann\.[\w-]{16}$/), devices: 2, leftOut: 3 })
  expect(written[0]?.devices).toEqual(['BUS-1', 'BUS-2', 'FULL'])
  const group = await ask({ to: { group: 'buses' } })
  expect(group).toEqual({ ...reply, devices: 3, leftOut: 0 })
  expect(written[1]?.command.id).toBe('order' in reply && reply.order)
  expect(await ask({ id: 'c2', to: { group: 'buses' } })).not.toMatchObject(reply)
  expect(happened).toEqual(['order', 'order', 'order'])
})

test('a dangerous order leaves out whom the grant does not name, and is recorded', async () => {
  const { ask, written, happened } = setUp('watch:* command:* danger:d:BUS-1')
  expect(await ask({ kind: 'stop', to: { group: 'buses' } })).toMatchObject({ devices: 1, leftOut: 2 })
  expect(written[0]?.devices).toEqual(['BUS-1'])
  expect(happened).toEqual(['ann stop group buses', 'order'])
  expect(await ask({ kind: 'stop', to: { group: 'vans' } })).toMatchObject(refusal('not_allowed'))
  expect(await ask({ kind: 'stop', to: { group: 'none' } })).toMatchObject(refusal('not_allowed'))
})

test('what is queued is cancelled by whoever may command the device', async () => {
  const { ask, cancel, happened } = setUp('watch:* command:d:BUS-*')
  await ask({})
  expect(await cancel({ device: 'BUS-1', id: 'c1' })).toEqual({ cancelled: 1 })
  expect(await cancel({ device: 'BUS-1', id: 'c9' })).toEqual({ cancelled: 0 })
  expect(await cancel({ order: 'ann.x' })).toEqual({ cancelled: 3 })
  for (const strange of [null, {}, { device: 'BUS-1' }, { order: '' }, { order: 'a b' }])
    expect(await cancel(strange)).toMatchObject(refusal('bad_request'))
  expect(happened).toEqual(['new', 'cancelled', 'cancelled'])
})

test('whoever ordered thousands waits before the next order, whatever the connection, and nobody else does', async () => {
  const { ask, actsOf, clock } = setUp()
  expect(await ask({ to: { group: 'all' } })).toMatchObject({ devices: 3000 })
  const again = actsOf('watch:* command:*', 'ann')
  const request = { id: 'more', to: { group: 'buses' }, kind: 'report_now' }
  expect(await again.command(request)).toMatchObject(refusal('rate_limited'))
  expect(await actsOf('watch:* command:*', 'bob').command(request)).toMatchObject({ devices: 3 })
  expect(await again.command({ ...request, to: { devices: ['BUS-1'] } })).toMatchObject({ device: 'BUS-1' })
  clock.now = 10_001
  expect(await again.command(request)).toMatchObject({ devices: 3 })
})

test('where Redis is away it says so, and asked again the command is there once', async () => {
  const { ask, lose, happened } = setUp()
  lose(true)
  await expect(ask({})).rejects.toThrow('away')
  await expect(ask({ to: { group: 'buses' } })).rejects.toThrow('away')
  lose(false)
  expect(await ask({})).toMatchObject({ device: 'BUS-1' })
  expect(happened).toEqual(['new'])
})

test('nobody asks faster than anybody can mean it', async () => {
  const { ask, clock } = setUp()
  const replies = await Promise.all(Array.from({ length: 40 }, (_, i) => ask({ id: `c${i}` })))
  expect(replies.filter((reply) => 'command' in reply)).toHaveLength(30)
  expect(replies.at(-1)).toMatchObject(refusal('rate_limited'))
  clock.now = 1000
  expect(await ask({ id: 'later' })).toMatchObject({ device: 'BUS-1' })
})
