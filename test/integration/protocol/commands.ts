import { expect, it } from 'vitest'
import { callFunction } from '../../../redis/call.ts'
import { commandCall, keyDevice, lifeCall, type Step, sendCommands, stepCommand } from '../../../wire/command-calls.ts'
import type { CommandReply, CommandState } from '../../../wire/commands.ts'
import type { Cursor, Segment, Update } from '../../../wire/protocol.ts'
import { eventually } from '../../support/eventually.ts'
import type { RawClient } from '../../support/raw-client.ts'
import { flushEverything } from '../../support/redis-everywhere.ts'
import { fix, type Stage, segments, watch } from './stage.ts'

const GRANTS = 'watch:* command:* danger:*'
const AREA = { west: -98, south: 30, east: -97, north: 31 }

const heard = (client: RawClient, topic: string): Update[] =>
  segments(client, topic).filter((segment: Segment): segment is Update => !('snapshot' in segment))

/** Commands, orders, and what is told of devices besides where they are. */
export const testCommands = (stage: () => Stage): void => {
  const dispatcher = (): Promise<RawClient> => stage().somebody(GRANTS, null, 'proto-gus')
  const device = async (id: string): Promise<string> => {
    await stage().feed.fix({ ...fix(id), speed: 0, parked: true, readings: { fuel: 0.5 } })
    return id
  }
  const step = (id: string, one: Step) => callFunction(stage().command, stepCommand(id, one))
  const send = (id: string) => callFunction(stage().command, sendCommands(id, 0))
  const ask = (client: RawClient, id: string, devices: string[], kind: string, more: object = {}) =>
    client.ask<CommandReply>('command', { id, to: { devices }, kind, ...more })

  it('tells of a device what is known of it, and every state of its commands', async () => {
    const id = await device('PROTO-1')
    const gus = await dispatcher()
    await watch(gus, { topics: [{ topic: `d:${id}` }] })
    const { command } = stage()
    const life = { parked: true, every: 10, takes: ['stop'], door: 'http', attributes: { app: 'x', sim: 2, on: true } }
    await callFunction(command, lifeCall(id, life))
    await callFunction(command, keyDevice(id, 'hash'))
    const condition = { if: { slowerThan: 1, fresherThan: 60, inside: AREA } }
    expect(await ask(gus, 'a', [id], 'unlock', { within: 60, ...condition })).toMatchObject({ device: id })
    await send(id)
    for (const state of ['acknowledged', 'done'] as const) await step(id, { id: 'a', state, answer: 'Yes' })
    for (const [name, state] of [
      ['b', 'failed'],
      ['c', 'refused'],
    ] as const) {
      await ask(gus, name, [id], 'message', { args: { text: name } })
      await step(id, { id: name, state, reason: 'Why' })
    }
    await ask(gus, 'd', [id], 'report_now')
    await ask(gus, 'e', [id], 'report_now')
    expect(await gus.ask('cancel', { device: id, id: 'e' })).toEqual({ cancelled: 1 })
    await ask(gus, 'f', [id], 'go_on', { within: 1 })
    await send(id)
    await ask(gus, 'g', [id], 'lock', { within: 0.1 })
    const told = () =>
      heard(gus, `d:${id}`).flatMap((update) => update.commands?.map((one): CommandState => one.state) ?? [])
    await eventually('all states are told', () => new Set(told()).size === 10)
    expect(heard(gus, `d:${id}`).some((update) => update.life && update.keyed === undefined)).toBe(true)
    const [snapshot] = await watch(await dispatcher(), { topics: [{ topic: `d:${id}` }] })
    expect(snapshot).toMatchObject({ snapshot: { life: { parked: true }, commands: { length: 7 } } })
  })

  it('tells of an order how far each of its devices is', async () => {
    const ids = [await device('PROTO-2'), await device('PROTO-3')]
    const gus = await dispatcher()
    const reply = await ask(gus, 'many', [...ids, 'NONE'], 'stop')
    expect(reply).toMatchObject({ devices: 2, leftOut: 1 })
    const order = 'order' in reply ? reply.order : ''
    const topic = `o:${order}`
    const [first] = await watch(gus, { topics: [{ topic }] })
    expect(first).toMatchObject({ kind: 'snapshot', snapshot: { counts: { queued: 2 } } })
    const cursor = first?.kind === 'snapshot' ? first.cursor : ({} as Cursor)
    const merged = await dispatcher()
    await watch(merged, { topics: [{ topic, mode: 'latest', rate: 0.3 }] })
    const { command } = stage()
    const tell = (device: string, state: CommandState, at: number, reason = '', answer = '') =>
      callFunction(command, {
        name: 'wf1_order_step',
        keys: ['', ':log', ':devices', ':ids', ':failures'].map((part) => `wf:{${topic}}${part}`),
        args: [device, state, at, reason, answer],
      })
    await tell('PROTO-2', 'sent', Date.now())
    await tell('PROTO-3', 'sent', Date.now())
    await tell('PROTO-3', 'failed', Date.now(), 'No room', 'No')
    await eventually('all of it is told', () => heard(gus, topic).length >= 3)
    await eventually('it is merged', () => heard(merged, topic).some(({ after }) => after !== undefined))
    const again = await dispatcher()
    expect((await watch(again, { topics: [{ topic, cursor }] }))[0]?.kind).toBe('replay')
    expect((await watch(await dispatcher(), { topics: [{ topic }] }))[0]).toMatchObject({
      snapshot: { failures: [{ device: 'PROTO-3', reason: 'No room' }] },
    })
    expect(await again.ask('tune', { topics: [{ topic, mode: 'latest' }] })).toMatchObject({
      results: [{ kind: 'tuned' }],
    })
    expect(await again.ask('cancel', { order })).toHaveProperty('cancelled')
    expect(await again.ask('unwatch', { topics: [topic] })).toMatchObject({ results: [{ kind: 'unwatched' }] })
    expect(await ask(gus, 'group', [], 'report_now', { to: { group: 'nobody' } })).toMatchObject({
      error: { code: 'not_allowed' },
    })
    await flushEverything(command)
    await eventually('it is gone', () => segments(gus, topic).some((segment) => 'snapshot' in segment))
  })

  it('refuses what cannot be asked, and tells why', async () => {
    const id = await device('PROTO-4')
    const gus = await dispatcher()
    const codes = async (request: object) =>
      (await gus.ask<{ error?: { code: string } }>('command', request)).error?.code
    const to = { devices: [id] }
    expect(await codes({ id: 'x', to, kind: 'fly' })).toBe('bad_command')
    expect(await codes({ id: 'x', to: { devices: ['NONE'] }, kind: 'lock' })).toBe('unknown_device')
    const by = { id: 'ann', name: 'Ann' }
    for (let i = 0; i < 32; i++)
      await callFunction(
        stage().command,
        commandCall(id, { id: `full-${i}`, kind: 'message', args: {}, by, until: Date.now() + 60_000 }),
      )
    expect(await codes({ id: 'x', to, kind: 'lock' })).toBe('too_many_commands')
    const { malformed } = stage()
    const bad: [event: string, payload: unknown][] = [
      ['command', null],
      ['command', { id: 'a b', to, kind: 'lock' }],
      ['command', { id: 'x', to: { devices: [] }, kind: 'lock' }],
      ['command', { id: 'x', to, kind: 'lock', within: 0 }],
      ['command', { id: 'x', to, kind: 'lock', if: { slower: 1 } }],
      ['cancel', { device: id }],
      ['cancel', { order: '' }],
    ]
    for (const [event, payload] of bad)
      expect(await gus.ask(event, payload), JSON.stringify(payload)).toMatchObject({ error: { code: 'bad_request' } })
    expect(malformed.splice(0)).toHaveLength(bad.length)
  })
}
