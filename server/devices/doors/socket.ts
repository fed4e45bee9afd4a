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
import { packAttributes } from './told.ts'

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
  /** The clock by which deadlines go, Unix milliseconds. */
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
  // All guarded once: guards of its own would cost each device more than all else that is kept of it here.
  const cut = (_error: unknown, device: SocketDevice): void => device.cut()
  const deliver = faults.guard('client.push', (device: SocketDevice, all: readonly Sent[]) => device.deliver(all), cut)
  const end = faults.guard('client.disconnect', (device: SocketDevice) => device.cut())
  const tellFarewell = (device: SocketDevice): void => {
    if (farewell !== null) device.tell(farewell())
  }
  const sendAway = faults.guard('client.push', tellFarewell, cut)
  const leave = (device: SocketDevice): void => {
    devices.delete(device)
    device.close()
  }
  const gone = faults.guard('client.disconnect', leave)
  const hear = createHearing(ports)

  return {
    admit: async (handshake, { id = '', key = '' }) =>
      handshake.headers.origin === undefined ? doorkeeper.admit(id, key, ports.addressOf(handshake)) : NO_PAGE,
    connected: (socket, work, admitted) => {
      const limit = createLimit(ports.mostRequests, now, () => {
        ports.ended()
        device.cut()
      })
      const device = new SocketDevice(admitted.id, socket, work, limit, now)
      socket.on('disconnect', () => gone(device))
      hear(socket, device)
      devices.add(device)
      device.greet(ports.node)
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
    const { attributes } = said
    const told = attributes ? { ...said, attributes: packAttributes(Object.entries(attributes)) } : said
    const heard = await intake.report(device.id, told, 'socket')
    return 'error' in heard ? heard : { accepted: heard.accepted, repeats: heard.repeats, refused: heard.refused }
  })
  const answer = handle(answerShape, (device, said) => answering(device.id, said))
  const give = (device: SocketDevice, reply: unknown) => {
    const told = (given: Reply): void => {
      if ('error' in given) refused(given.error.code)
      if (typeof reply === 'function') reply(given)
    }
    const measured = (given: Reply): void => device.work.measured(() => told(given))
    return faults.guard('client.request', measured, () => device.cut(), device.id)
  }
  const ask = faults.guard(
    'client.request',
    (device: SocketDevice, handler: Handler, input: unknown, reply: unknown) =>
      device.work.perform(handler(device, input, give(device, reply))),
    (_error, device) => device.cut(),
  )
  return (socket: DeviceSocket, device: SocketDevice): void => {
    socket.on('report', (input, reply) => ask(device, report, input, reply))
    socket.on('answer', (input, reply) => ask(device, answer, input, reply))
  }
}

const chargeFixes = ({ work }: SocketDevice, { fixes = [] }: Report): void => {
  for (let left = fixes.length; left > 0; left -= FIXES_A_REQUEST) work.topic()
}

/** What cannot be read, is too much, or has to wait for Redis behind too many others, is refused. */
const handle = <T>(shape: z.ZodType<T>, act: (device: SocketDevice, said: T) => Promise<Reply>): Handler =>
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
