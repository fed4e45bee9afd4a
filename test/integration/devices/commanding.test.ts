import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { hashOf } from '../../../server/devices/keys.ts'
import { publishFixes } from '../../../wire/calls.ts'
import type { Command } from '../../../wire/commands.ts'
import type { Fix } from '../../../wire/fleet.ts'
import { eventually } from '../../support/eventually.ts'
import { commandIn, onTwoNodes } from './device-node.ts'

/* Two nodes: a person on the first, the device on the second, or on none, or on both. */

const { floor, one, other } = onTwoNodes()

/** A device that has reported, and what becomes of its commands. */
const device = async (more: Partial<Fix> = {}) => {
  const id = floor().fresh('BUS-')
  const report = (fix: Partial<Fix> = {}) =>
    floor().run(publishFixes(id, [{ id, n: Date.now(), t: Date.now(), lat: 30.25, lon: -97.75, ...fix }]))
  await report(more)
  const states = async (): Promise<Record<string, string>> => {
    const { commands } = await one().history.commands(id, { limit: 100 })
    return Object.fromEntries(commands.map((command) => [command.id, command.state]))
  }
  const command = async (name: string): Promise<Command | undefined> =>
    (await one().history.commands(id, { limit: 100 })).commands.find((each) => each.id === name)
  const becomes = (name: string, state: string) =>
    eventually(`${name} is ${state}`, async () => (await command(name))?.state === state)
  const ask = (kind: string, request: object = {}) =>
    one()
      .as('ann')
      .command({ id: randomUUID(), to: { devices: [id] }, kind, ...request })
  return { id, report, states, command, becomes, ask }
}

it('a command given on one node goes to the device on another, and all hear what became of it', async () => {
  const { id, ask, becomes, command } = await device()
  const bus = other().connect(id)
  const { id: name } = commandIn(await ask('message', { args: { text: 'Turn left', answers: 'Yes,No' } }))
  await eventually('it is delivered', () => bus.given.length > 0)
  expect(bus.given).toEqual([
    { id: name, kind: 'message', args: { text: 'Turn left', answers: 'Yes,No' }, until: expect.any(Number) },
  ])
  expect(await bus.answer(name, 'acknowledged')).toEqual({ done: true })
  expect(await bus.answer(name, 'done', { answer: 'Yes' })).toEqual({ done: true })
  expect(await bus.answer(name, 'failed')).toEqual({ done: true })
  await becomes(name, 'done')
  expect(await command(name)).toMatchObject({ answer: 'Yes', by: { id: 'ann' }, tries: 1 })
  bus.close()
})

it('without a connection it goes out with the next sign of life, and again until acknowledged', async () => {
  const { id, ask, becomes } = await device()
  const { id: name } = commandIn(await ask('report_now'))
  await becomes(name, 'queued')
  expect(await one().intake.report(id, { takes: ['report_now'] }, 'owntracks')).toMatchObject({ open: 1 })
  expect(await one().signOfLife(id)).toMatchObject([{ id: name, kind: 'report_now' }])
  expect(await other().signOfLife(id)).toEqual([])
  const phone = other().connect(id)
  await eventually('a connection gets what is not acknowledged', () => phone.given.length > 0)
  await phone.answer(name, 'acknowledged')
  phone.close()
  const again = one().connect(id)
  await phone.answer(name, 'done')
  await becomes(name, 'done')
  expect(again.given).toEqual([])
  again.close()
})

it('the same id asked on both nodes at once is done once; a device on both nodes has it by one id', async () => {
  const { id, states } = await device()
  const ends = [one().connect(id), other().connect(id)]
  const request = { id: 'twice', to: { devices: [id] }, kind: 'report_now' }
  const replies = await Promise.all([one(), other(), one()].map((node) => node.as('ann').command(request)))
  expect(new Set(replies.map((reply) => commandIn(reply).c)).size).toBe(1)
  await eventually('it is delivered', () => ends.some(({ given }) => given.length > 0))
  const given = ends.flatMap((end) => end.given)
  expect(new Set(given.map((each) => each.id))).toEqual(new Set(['twice']))
  await Promise.all(ends.map((end) => end.answer('twice', 'done')))
  expect(await states()).toEqual({ twice: 'done' })
  expect(await one().as('bob').command(request)).toMatchObject({ error: { code: 'bad_command' } })
  for (const end of ends) end.close()
})

it('what is not sent in time expires; what was sent is unknown until the device reports', async () => {
  const { id, ask, becomes, command } = await device()
  const { id: unsent } = commandIn(await ask('report_now', { within: 0.3 }))
  await becomes(unsent, 'expired')
  const bus = other().connect(id)
  // On a busy machine one may be over before it is sent.
  const silent = await eventually('one is delivered in time', async () => {
    const { id: name } = commandIn(await ask('go_on', { within: 1 }))
    const isOver = async () => ['unknown', 'expired'].includes((await command(name))?.state ?? '')
    await eventually('it is over', isOver)
    return bus.given.find((each) => each.id === name)?.id
  })
  expect((await command(silent))?.state).toBe('unknown')
  await bus.answer(silent, 'done')
  expect((await command(silent))?.state).toBe('done')
  await bus.answer(unsent, 'done')
  expect((await command(unsent))?.state).toBe('expired')
  await eventually('nothing is due', async () => (await floor().redis.zscore('wf:{commands}', id)) === null)
  bus.close()
})

it('a dangerous command is refused where its precondition does not hold at delivery, and says why', async () => {
  const { id, report, ask, becomes, command } = await device({ speed: 20 })
  const bus = other().connect(id)
  const { id: fast } = commandIn(await ask('unlock'))
  await becomes(fast, 'refused')
  expect((await command(fast))?.reason).toMatch(/20\.0 m\/s, not slower than 1\.5/)
  await report({ speed: 0, t: Date.now() + 1 })
  const { id: slow } = commandIn(await ask('unlock'))
  await eventually('it is delivered', () => bus.given.length > 0)
  expect(bus.given.map((each) => each.id)).toEqual([slow])
  expect(one().record.slice(-2)).toEqual([`ann unlock d:${id}`, `ann unlock d:${id}`])
  bus.close()
})

it('a later command of an opposing pair takes the place of the earlier; what is queued can be cancelled', async () => {
  const { id, ask, states } = await device()
  const { id: first } = commandIn(await ask('unlock'))
  const { id: second } = commandIn(await ask('lock'))
  const { id: third } = commandIn(await ask('go_on'))
  expect(await other().as('bob').cancel({ device: id, id: third })).toEqual({ cancelled: 1 })
  expect(await one().as('bob').cancel({ device: id, id: third })).toEqual({ cancelled: 0 })
  expect(await one().as('eve', 'watch:* command:d:VAN').cancel({ device: id, id: second })).toMatchObject({
    error: { code: 'not_allowed' },
  })
  expect(await states()).toEqual({ [first]: 'superseded', [second]: 'queued', [third]: 'cancelled' })
  const [, , cancelled] = (await one().history.commands(id, { limit: 100 })).commands.toReversed()
  expect(cancelled?.reason).toBe('by Name of bob')
})

it('no more than 32 are under way, and of nobody who does not exist', async () => {
  const { ask } = await device()
  const replies = []
  for (let i = 0; i < 30; i++) replies.push(await ask('message', { args: { text: `${i}` } }))
  expect(replies.every((reply) => 'command' in reply)).toBe(true)
  const text = (name: string) => ask('message', { args: { text: name } })
  expect(await text('31')).toHaveProperty('command')
  expect(await text('32')).toHaveProperty('command')
  expect(await text('33')).toMatchObject({ error: { code: 'too_many_commands' } })
  const nobody = { id: 'x', to: { devices: ['NONE'] }, kind: 'report_now' }
  expect(await one().as('ann').command(nobody)).toMatchObject({ error: { code: 'unknown_device' } })
})

it('a device is let in by its key, and ended within a second of another key', async () => {
  const { id } = await device()
  const [made] = await one().keys.make([id])
  const key = made?.key ?? ''
  expect(made).toMatchObject({ id, isNew: false })
  expect(await other().doorkeeper.admit(id, 'wrong', 'here')).toMatchObject({ error: { code: 'not_signed_in' } })
  expect(await other().doorkeeper.admit('NONE', key, 'here')).toMatchObject({ error: { code: 'unknown_device' } })
  const admitted = await other().doorkeeper.admit(id, key, 'here')
  if ('error' in admitted) throw new Error(admitted.error.code)
  expect(admitted).toEqual({ id, keyed: hashOf(key) })
  const bus = other().connect(id, admitted)
  await one().keys.takeBack(id)
  await eventually('it is ended', () => bus.ended.length > 0)
  expect(bus.ended).toEqual(['key'])
  expect(await other().doorkeeper.admit(id, key, 'here')).toMatchObject({ error: { code: 'not_signed_in' } })
})

it('takes what a device reports, once however often, and shows it where it is', async () => {
  const id = floor().fresh('NEW-')
  const fixes = [
    { t: Date.now() - 120_000, lat: 30.25, lon: -97.75 },
    { t: Date.now(), lat: 30.26, lon: -97.75 },
  ]
  const say = () => one().intake.report(id, { fixes, every: 10, attributes: { app: 'Test' } }, 'http')
  expect(await say()).toMatchObject({ accepted: 2, repeats: 0, refused: [] })
  expect(await say()).toMatchObject({ accepted: 0, repeats: 2 })
  const [entry] = await floor().redis.hmget('wf:{r:devices}:entries', id)
  expect(JSON.parse(entry ?? '{}')).toMatchObject({ id })
  const { snapshot } = await floor().snapshot<{ last: Fix; cell: string; life: object }>(`d:${id}`)
  expect(snapshot).toMatchObject({
    last: { lat: 30.26 },
    life: { every: 10, door: 'http', attributes: { app: 'Test' } },
  })
  const cell = await floor().snapshot<{ fixes: Fix[] }>(`c:${snapshot.cell}`)
  expect(cell.snapshot.fixes.map((each) => each.id)).toContain(id)
})
