import { expect, test } from 'vitest'
import { createAnswering } from '../../../../server/devices/answering.ts'
import { createFloorClock } from '../../../../server/devices/floor-clock.ts'
import { createForward } from '../../../../server/devices/forward.ts'
import { createSend } from '../../../../server/devices/sending.ts'
import { createTogether } from '../../../../server/devices/together.ts'
import type { Call } from '../../../../wire/calls.ts'
import type { Command } from '../../../../wire/commands.ts'
import { eventually } from '../../../support/eventually.ts'
import { noFaults } from '../../../support/faults.ts'
import { AWAY, fakePort } from './fake-port.ts'

const command: Command = {
  id: 'x',
  c: 1,
  kind: 'report_now',
  args: {},
  by: { id: 'ann', name: 'Ann' },
  t: 1,
  until: 9,
  state: 'done',
  at: 5,
  answer: 'Yes',
  order: 'ann.x',
}
const json = JSON.stringify(command)

const setUp = (answer: (call: Call) => unknown) => {
  const redis = fakePort((call) => (call.name === 'wf1_order_step' ? [1, 'e', 1] : answer(call)))
  const together = createTogether(redis.port, 1, noFaults)
  const forward = createForward(redis.port, noFaults)
  const counted: string[] = []
  const answering = createAnswering(together, forward, (what) => counted.push(what))
  return { ...redis, answering, send: createSend(together, forward), counted }
}

test('what a device says goes to its command, and on to the order', async () => {
  const { answering, named, counted } = setUp(() => [2, 'e', json, 1])
  const reason = `${'x'.repeat(600)}\ud800`
  expect(await answering('BUS', { id: 'x', state: 'failed', reason })).toEqual({ done: true })
  expect(named('wf1_step')[0]?.args).toEqual(['x', 'failed', 'x'.repeat(500), ''])
  await eventually('the order hears', () => named('wf1_order_step').length > 0, { everyMs: 1 })
  expect(named('wf1_order_step')[0]?.args).toEqual(['BUS', 'done', 5, '', 'Yes'])
  expect(counted).toEqual(['taken'])
})

test('what is known, and what nobody knows, is taken too: the device would say it for ever', async () => {
  const known = setUp(() => [2, 'e', json, 0])
  expect(await known.answering('BUS', { id: 'x', state: 'done' })).toEqual({ done: true })
  const strange = setUp(() => [2, 'e', '', 0])
  expect(await strange.answering('BUS', { id: 'y', state: 'done' })).toEqual({ done: true })
  expect([...known.counted, ...strange.counted]).toEqual(['repeat', 'strange'])
  expect(known.named('wf1_order_step')).toEqual([])
})

test('while Redis is away the device is to say it again', async () => {
  const { answering, counted } = setUp(() => AWAY)
  expect(await answering('BUS', { id: 'x', state: 'done' })).toMatchObject({ error: { code: 'unavailable' } })
  expect(counted).toEqual(['unavailable'])
})

test('what goes out to a device is what the library gives, and what changed with it goes to orders', async () => {
  const given = JSON.stringify([{ id: 'y', kind: 'message', args: { text: 'Hi' }, until: 9 }, { id: 'strange' }])
  const { send, named } = setUp(() => [2, 'e', given, `[${json},{"no":"command"}]`])
  expect(await send('BUS', 5000)).toEqual([{ id: 'y', kind: 'message', args: { text: 'Hi' }, until: 9 }])
  expect(named('wf1_send')[0]?.args).toEqual([5000])
  await eventually('the order hears', () => named('wf1_order_step').length > 0, { everyMs: 1 })
})

test('steps of one order go together, two hundred at a time', async () => {
  const redis = fakePort(() => [1, 'e', 1])
  const forward = createForward(redis.port, noFaults)
  for (let i = 0; i < 450; i++) forward(`BUS-${i}`, [command, { ...command, order: 'ann.y' }])
  const { order: _, ...alone } = command
  forward('BUS', [alone])
  await eventually('the orders hear', () => redis.calls.length >= 6, { everyMs: 1 })
  expect(redis.calls.map(({ keys, args }) => [keys[0], args.length / 5])).toEqual([
    ['wf:{o:ann.x}', 200],
    ['wf:{o:ann.x}', 200],
    ['wf:{o:ann.x}', 50],
    ['wf:{o:ann.y}', 200],
    ['wf:{o:ann.y}', 200],
    ['wf:{o:ann.y}', 50],
  ])
})

test('the clock of the floor is that of Redis, as far as it was last asked', async () => {
  let now = 1000
  let reply: () => Promise<number[]> = async () => {
    now += 20
    return [61, 500_000]
  }
  const clock = createFloorClock({ time: () => reply() } as never, () => now)
  expect(clock.now()).toBe(1000)
  await clock.compare()
  expect(clock.now()).toBe(61_510)
  now += 1000
  reply = () => Promise.reject(new Error('away'))
  await clock.compare()
  expect(clock.now()).toBe(62_510)
})
