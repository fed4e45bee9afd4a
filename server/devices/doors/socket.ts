import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import type { Sent } from '../../../wire/commands.ts'
import type { Shutdown } from '../../../wire/device-door.ts'
import type { Report, Taken } from '../../../wire/devices.ts'
import type { WireError } from '../../../wire/protocol.ts'
import type { Faults } from '../../faults.ts'
import { createLimit } from '../../live/limit.ts'
import { RATE_LIMITED, readRequest, wireError } from '../../live/requests.ts'
import type { Steps, Work } from '../../live/work.ts'
import type { Refusal } from '../../metrics/requests.ts'
import type { Admitted, DevicePorts } from '../ports.ts'
import { answerShape, reportShape } from '../shapes.ts'
import { type DeviceSocket, SocketDevice } from './socket-device.ts'

export type SocketDoorPorts = Pick<DevicePorts, 'intake' | 'doorkeeper' | 'connections' | 'answering'> & {
  /** This node's name. */
  node: string
  /** Messages a second of one device. */
  mostRequests: number
  /** The address that pays for a handshake. */
  addressOf: (handshake: IncomingMessage) => string
  /** A request is refused. */
  refused: (reason: Refusal) => void
  /** A device was cut, for it asked far too much. */
  ended: () => void
  /** Unix milliseconds. */
  now: () => number
  faults: Faults
}

export type SocketDoor = {
  /** Whether a device may join, by what it said of itself. */
  admit: (
    handshake: IncomingMessage,
    said: Readonly<Record<string, string | undefined>>,
  ) => Promise<Admitted | { error: WireError }>
  connected: (socket: DeviceSocket, work: Work, admitted: Admitted) => void
  /** Connections of devices: one that came again, before its older connection is known to be dead, has two. */
  count: () => number
  /** Tells each device to go, those too that are still on their way in. */
  sendAway: (notice: () => Shutdown) => void
  /** Ends all that are still there. */
  stop: () => void
}

type Failed = { error: WireError }
type Reply = Taken | { done: true } | Failed
type Handler = (device: SocketDevice, input: unknown, reply: (reply: Reply) => void) => Steps

/** Fixes that cost a device as much as one more request: each is three calls to Redis. */
const FIXES_A_REQUEST = 10

const NO_PAGE: Failed = { error: { code: 'not_allowed', message: 'A page in a browser is no device.' } }
const UNAVAILABLE: Failed = { error: wireError('unavailable') }

/** The way in for devices that speak Socket.IO. */
export const openSocketDoor = (ports: SocketDoorPorts): SocketDoor => {
  const { doorkeeper, connections, faults, now } = ports
  const devices = new Set<SocketDevice>()
  let farewell: (() => Shutdown) | null = null
  const cut = (_error: unknown, device: SocketDevice): void => device.cut()
  // Guarded once for all devices: two functions for each would cost more than all else that is kept of it here.
  const deliver = faults.guard(
    'client.push',
    (device: SocketDevice, commands: readonly Sent[]) => device.deliver(commands, now()),
    cut,
  )
  const end = faults.guard('client.disconnect', (device: SocketDevice) => device.cut())
  const sendAway = faults.guard(
    'client.push',
    (device: SocketDevice) => {
      if (farewell !== null) device.tell(farewell())
    },
    cut,
  )
  const hear = createHearing(ports)

  return {
    admit: async (handshake, { id = '', key = '' }) =>
      handshake.headers.origin === undefined ? doorkeeper.admit(id, key, ports.addressOf(handshake)) : NO_PAGE,
    connected: (socket, work, admitted) => {
      const limit = createLimit(ports.mostRequests, now, () => {
        ports.ended()
        device.cut()
      })
      const device = new SocketDevice(admitted.id, socket, work, limit)
      const gone = (): void => {
        devices.delete(device)
        device.close()
      }
      socket.on('disconnect', faults.guard('client.disconnect', gone, undefined, socket.id))
      hear(socket, device)
      devices.add(device)
      device.greet(ports.node, now())
      sendAway(device)
      device.connection = connections.open(admitted, {
        deliver: (commands) => deliver(device, commands),
        end: () => end(device),
      })
    },
    count: () => devices.size,
    sendAway: (notice) => {
      farewell = notice
      for (const device of devices) sendAway(device)
    },
    stop: () => {
      for (const device of devices) end(device)
    },
  }
}

/** Has each request of a device handled in its turn, and paid for by the device. */
const createHearing = ({ intake, answering, refused, faults }: SocketDoorPorts) => {
  const report = handle(reportShape, async (device, said) => {
    chargeFixes(device, said)
    const heard = await intake.report(device.id, said, 'socket')
    return 'error' in heard ? heard : { accepted: heard.accepted, repeats: heard.repeats, refused: heard.refused }
  })
  const answer = handle(answerShape, (device, said) => answering(device.id, said))
  return (socket: DeviceSocket, device: SocketDevice): void => {
    const { work } = device
    const guard = <A extends unknown[]>(run: (...args: A) => void) =>
      faults.guard('client.request', run, () => device.cut(), socket.id)
    const give = (reply: unknown) =>
      guard((given: Reply) =>
        work.measured(() => {
          if ('error' in given) refused(given.error.code)
          if (typeof reply === 'function') reply(given)
        }),
      )
    const perform = (handler: Handler) => (input: unknown, reply: unknown) =>
      work.perform(handler(device, input, give(reply)))
    socket.on('report', guard(perform(report)))
    socket.on('answer', guard(perform(answer)))
  }
}

const chargeFixes = ({ work }: SocketDevice, { fixes = [] }: Report): void => {
  for (let left = fixes.length; left > 0; left -= FIXES_A_REQUEST) work.topic()
}

/** What cannot be read, is too much, or has to wait for Redis behind too many others, is refused. */
const handle =
  <T>(shape: z.ZodType<T>, act: (device: SocketDevice, said: T) => Promise<Reply>): Handler =>
  function* (device, input, reply) {
    const read = device.ask() ? readRequest(shape, input) : RATE_LIMITED
    if ('error' in read) return reply(read)
    if (!device.begin()) return reply(RATE_LIMITED)
    device.work.topic()
    act(device, read.data)
      .catch(() => UNAVAILABLE)
      .then((given) => {
        device.settled()
        reply(given)
      })
  }
