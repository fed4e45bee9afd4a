import { z } from 'zod'
import { type PastClock, SPEEDS } from '../../wire/past.ts'
import { type Topic, topicKind } from '../../wire/topics.ts'
import { type ClientsPorts, createClients } from '../clients.ts'
import type { Config } from '../config.ts'
import { isOwnFault } from '../faults.ts'
import type { Event } from '../live/events.ts'
import type { ReadTopic } from '../live/ports.ts'
import { readRequest } from '../live/requests.ts'
import type { ClientSocket } from '../live/session.ts'
import type { Act } from '../live/who.ts'
import type { Work as Paid } from '../live/work.ts'
import type { Attend } from '../people/attendance.ts'
import type { Work } from '../pieces.ts'
import { boundOf } from './clock.ts'
import type { Edge } from './edge.ts'
import { createPastCells } from './kinds/cell.ts'
import { createPastDevices } from './kinds/device.ts'
import { createPastRegister } from './kinds/register.ts'
import { createPastRooms } from './kinds/room.ts'
import { createPastSymbols } from './kinds/symbol.ts'
import type { MakeKinds } from './life.ts'
import type { PastKind } from './past-kind.ts'
import { createPlayer } from './player.ts'
import type { Reads } from './reads.ts'
import type { Roll } from './roll.ts'
import { createSource } from './source.ts'

/** What clients may say of their clock. */
export const clockRequest = z.object({
  at: z.number().min(0).max(8.64e15).transform(Math.floor).optional(),
  speed: z.literal([0, ...SPEEDS]).optional(),
})

/** Where a clock begins, and the edge as it was then. */
export type Start = { clock: PastClock; edge: number }

export type PastClientPorts = Omit<
  ClientsPorts,
  'channels' | 'read' | 'isUpdate' | 'flushed' | 'hello' | 'time' | 'groups'
> & {
  archive: Reads
  roll: Roll
  edge: Edge
  groups: () => readonly string[]
  /** What a node says of itself when it greets, but for the time. */
  node: { node: string; version: string }
  /** A new id, by chance. */
  id: () => string
  /** A clock in milliseconds that never goes back. */
  now: () => number
  held: (why: 'slow' | 'away') => void
}

export type PastClient = Pick<ReturnType<typeof createClients>, 'endWhere' | 'sweep' | 'sendAway' | 'stop' | 'watches'>

/** What of a past clock is counted with the live floor: all but what tells how Redis and the ways to it are. */
const NOT_COUNTED: readonly Event[] = ['update', 'repeat', 'replay', 'resync', 'gap_epoch', 'gap_lost', 'difference']

/** What is archived. */
const kindsOf =
  (config: Config, { archive, roll }: PastClientPorts): (() => Record<'s' | 'c' | 'd' | 'm' | 'r', PastKind>) =>
  () => {
    const reapAfterMs = config.REAP_AFTER_S * 1000
    return {
      s: createPastSymbols(archive),
      c: createPastCells(archive, roll, reapAfterMs),
      d: createPastDevices(archive, roll, reapAfterMs),
      m: createPastRooms(archive),
      r: createPastRegister(roll),
    }
  }

/**
 * Opens a client that looks at the past: the live core over the archive, with a clock of its own. `work`: what it is told
 * as its clock goes on; `paid`: what it asks for. `gone` is called once it is.
 */
export const openPastClient = (
  socket: ClientSocket,
  { paid, work }: { paid: Paid; work: Work },
  attend: Attend,
  start: Start,
  { config, gone, ...ports }: PastClientPorts & { config: Config; gone: () => void },
): PastClient => {
  const { faults, answered, sent } = ports
  // Those too of which there is no device any more.
  const groups = (): string[] => [...new Set([...ports.groups(), ...ports.roll.groups()])].sort()
  const makeKinds: MakeKinds = kindsOf(config, ports)
  const letters = new Set(Object.keys(makeKinds()))
  const own = ports.id()
  let lives = 0
  const source = createSource(
    {
      makeKinds,
      epoch: () => `${own}-${++lives}`,
      asked: (piece) => work(() => paid.measured(piece)),
      told: work,
      anew: (topics) => clients.demand.restart(topics),
    },
    boundOf(start.clock.at),
  )
  const player = createPlayer(start.clock, start.edge, {
    source: {
      ...source,
      jump: (told) => {
        source.jump(told)
        clients.demand.restart(Array.from(clients.demand.topics(), ([topic]) => topic))
      },
    },
    edge: ports.edge.ask,
    now: ports.now,
    tell: (stand) => clients.tellAll(() => ({ kind: 'clock', ...stand })),
    held: ports.held,
    faults,
    fail: () => clients.stop(),
    id: socket.id,
  })
  const time = (): number => player.stand().at
  const clients = createClients(
    // Nobody else could make use of what lingers.
    { ...config, LINGER_MS: 0 },
    {
      faults,
      answered,
      sent,
      groups,
      channels: source.channels,
      read: told(source.read, faults),
      // Nobody but this node makes them.
      isUpdate: () => true,
      count: (event) => NOT_COUNTED.includes(event) || ports.count(event),
      flushed: () => {},
      hello: () => ({ ...ports.node, at: time(), heartbeatMs: config.HEARTBEAT_MS }),
      time,
    },
  )
  const clock: Act = async (input) => {
    const request = readRequest(clockRequest, input)
    return 'error' in request ? request : player.move(request.data)
  }
  const isInPast = (topic: Topic): boolean => letters.has(topicKind(topic))
  clients.open(socket, paid, (withdraw) => {
    const attendance = attend(withdraw)
    const { who } = attendance
    const mayWatch = (topic: Topic): boolean => isInPast(topic) && who.mayWatch(topic)
    return { ...attendance, who: { ...who, mayWatch, acts: { ...who.acts, clock } } }
  })
  const close = (): void => {
    player.close()
    source.close()
    clients.stop()
    clients.demand.close()
    gone()
  }
  socket.on('disconnect', faults.guard('client.disconnect', close, undefined, socket.id))
  return clients
}

/** Clients are told `unavailable` where a read fails; what is this node's own fault is told of. */
const told =
  (read: ReadTopic, faults: PastClientPorts['faults']): ReadTopic =>
  (topic, after) =>
    read(topic, after).catch((error) => {
      if (isOwnFault(error)) faults.caught('topic.read', error, topic)
      throw error
    })
