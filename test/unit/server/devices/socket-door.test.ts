import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { openSocketDoor, type SocketDoorPorts } from '../../../../server/devices/doors/socket.ts'
import type { DeviceSocket } from '../../../../server/devices/doors/socket-device.ts'
import type { DeviceEnd } from '../../../../server/devices/ports.ts'
import { wireError } from '../../../../server/live/requests.ts'
import type { Steps, Work } from '../../../../server/live/work.ts'
import type { Report } from '../../../../wire/devices.ts'
import { noFaults } from '../../../support/faults.ts'

/** A device's connection in memory: what it was sent, and whether it was cut. */
const fakeSocket = () => {
  const events = new EventEmitter()
  const told: unknown[][] = []
  const net = { writableLength: 0, resetAndDestroy: () => {} }
  const state = { cut: false, net, told }
  const socket = {
    id: 'socket',
    on: (name: string, listener: () => void) => events.on(name, listener),
    emit: (...event: unknown[]) => told.push(event),
    nsp: { name: '/device' },
    conn: {
      readyState: 'open',
      writeBuffer: [],
      transport: {
        socket: {
          _socket: net,
          terminate: () => {
            state.cut = true
          },
        },
      },
    },
  }
  return {
    ...state,
    isCut: () => state.cut,
    socket: socket as unknown as DeviceSocket,
    ask: (event: string, said: unknown) => new Promise((reply) => events.emit(event, said, reply)),
    gone: () => events.emit('disconnect'),
  }
}

const stage = (more: Partial<SocketDoorPorts> = {}) => {
  const ends: DeviceEnd[] = []
  const reports: [string, Report, string][] = []
  const seen = { charged: 0, closed: 0, forgotten: 0, ended: 0, refused: [] as string[] }
  const work: Work = {
    perform: (steps: Steps) => {
      while (!steps.next().done);
    },
    measured: (run) => run(),
    topic: () => void seen.charged++,
    forget: () => void seen.forgotten++,
  }
  const door = openSocketDoor({
    node: 'one',
    mostRequests: 50,
    addressOf: () => '192.0.2.1',
    refused: (reason) => seen.refused.push(reason),
    ended: () => void seen.ended++,
    now: () => 5000,
    faults: noFaults,
    intake: {
      report: async (id, report, door) => {
        reports.push([id, report, door])
        return { accepted: report.fixes?.length ?? 0, repeats: 0, refused: [], open: 3 }
      },
      waiting: () => 0,
    },
    doorkeeper: {
      admit: async (id, key, address) =>
        key === 'right' ? { id, keyed: address } : { error: wireError('not_signed_in') },
    },
    connections: {
      open: (_admitted, end) => {
        ends.push(end)
        return { close: () => void seen.closed++ }
      },
      count: () => ends.length,
    },
    answering: async () => ({ done: true }),
    ...more,
  })
  const join = () => {
    const device = fakeSocket()
    door.connected(device.socket, work, { id: 'VAN-8', keyed: 'hash' })
    return device
  }
  return { door, join, ends, reports, seen }
}
const handshake = (headers: object = {}) => ({ headers }) as IncomingMessage
const fix = { n: 1, t: 1000, lat: 30, lon: -97 }

it('lets in whoever has the key, and no page of a browser', async () => {
  const { door } = stage()
  expect(await door.admit(handshake(), { id: 'VAN-8', key: 'right' })).toEqual({ id: 'VAN-8', keyed: '192.0.2.1' })
  expect(await door.admit(handshake(), { id: 'VAN-8' })).toMatchObject({ error: { code: 'not_signed_in' } })
  expect(await door.admit(handshake({ origin: 'http://localhost:3000' }), { id: 'VAN-8', key: 'right' })).toMatchObject(
    {
      error: { code: 'not_allowed' },
    },
  )
})

it('greets, passes on what is reported, and acknowledges it', async () => {
  const { join, reports, seen } = stage()
  const device = join()
  expect(device.told).toEqual([['hello', { node: 'one', at: 5000 }]])
  const report = { fixes: [{ ...fix, readings: { fuel: 50, broken: null }, more: 1 }], every: 10 }
  expect(await device.ask('report', report)).toEqual({ accepted: 1, repeats: 0, refused: [] })
  expect(reports).toEqual([['VAN-8', { fixes: [{ ...fix, readings: { fuel: 50 } }], every: 10 }, 'socket']])
  expect(await device.ask('answer', { id: 'a', state: 'done' })).toEqual({ done: true })
  expect(seen.charged).toBe(3)
})

it.each([
  ['report', null],
  ['report', { fixes: {} }],
  ['report', { fixes: [{ ...fix, lat: '30' }] }],
  ['report', { fixes: Array.from({ length: 201 }, () => fix) }],
  ['report', { takes: Array.from({ length: 101 }, () => 'stop') }],
  ['report', { every: 0 }],
  ['answer', { id: 'a', state: 'sent' }],
  ['answer', { id: '{a}', state: 'done' }],
  ['answer', { id: 'a', state: 'done', answer: 'x'.repeat(501) }],
])('refuses as %s: %j', async (event, said) => {
  const { join, reports, seen } = stage()
  expect(await join().ask(event, said)).toMatchObject({ error: { code: 'bad_request' } })
  expect([reports, seen.refused]).toEqual([[], ['bad_request']])
})

it('refuses what is too much at once, and goes on once there is room', async () => {
  const waiting: (() => void)[] = []
  const { join } = stage({
    intake: {
      report: () =>
        new Promise((resolve) => {
          waiting.push(() => resolve({ accepted: 0, repeats: 0, refused: [], open: 0 }))
        }),
      waiting: () => 0,
    },
  })
  const device = join()
  const first = Array.from({ length: 8 }, () => device.ask('report', {}))
  expect(await device.ask('report', {})).toMatchObject({ error: { code: 'rate_limited' } })
  for (const settle of waiting.splice(0)) settle()
  await Promise.all(first)
  const next = device.ask('report', {})
  waiting[0]?.()
  expect(await next).toMatchObject({ accepted: 0 })
})

it('tells what it cannot do now; whoever asks far too much is cut', async () => {
  const { join, seen } = stage({ answering: () => Promise.reject(new Error('away')), mostRequests: 2 })
  const device = join()
  expect(await device.ask('answer', { id: 'a', state: 'done' })).toMatchObject({ error: { code: 'unavailable' } })
  for (let i = 0; i < 60; i++) await device.ask('report', {})
  expect([seen.ended, device.isCut()]).toEqual([1, true])
})

it('delivers commands, ends a device whose key is no longer right, and one that takes nothing', () => {
  const { join, ends, seen, door } = stage()
  const [device, slow] = [join(), join()]
  const commands = [{ id: 'a', kind: 'stop', args: {}, until: 9000 }]
  ends[0]?.deliver?.(commands)
  expect(device.told.at(-1)).toEqual(['commands', { at: 5000, commands }])
  ends[0]?.end('key')
  expect(device.isCut()).toBe(true)
  slow.net.writableLength = 300_000
  ends[1]?.deliver?.(commands)
  expect([slow.isCut(), slow.told.length, door.count()]).toEqual([true, 1, 2])
  device.gone()
  expect([door.count(), seen.closed, seen.forgotten]).toEqual([1, 1, 1])
})

it('sends all away when the node goes, those too that come later', () => {
  const { join, door } = stage()
  const device = join()
  let reconnectMs = 10
  door.sendAway(() => ({ kind: 'shutdown', reconnectMs: reconnectMs++ }))
  const later = join()
  expect(device.told.at(-1)).toEqual(['notice', { kind: 'shutdown', reconnectMs: 10 }])
  expect(later.told.at(-1)).toEqual(['notice', { kind: 'shutdown', reconnectMs: 11 }])
  door.stop()
  expect([device.isCut(), later.isCut()]).toEqual([true, true])
})
