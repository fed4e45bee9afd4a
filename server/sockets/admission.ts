import type { IncomingMessage } from 'node:http'
import type { Socket } from 'socket.io'
import type { WireError } from '../../wire/protocol.ts'
import type { Visitors } from '../access/visitors.ts'
import type { Faults } from '../faults.ts'
import { frameWriter } from '../live/frame-writer.ts'
import type { Work } from '../live/work.ts'
import type { Refusal } from '../metrics/requests.ts'
import { forgetHandshake } from './handshake.ts'

/** What somebody said of itself when it joined: the texts that packets.ts lets through. */
type Texts = Readonly<Record<string, string | undefined>>

/**
 * A way in: a namespace, whom it lets in (or why nobody), and where they go on from there. `Said`: what packets.ts lets
 * through of what they say of themselves.
 */
export type WayIn<S extends Socket, Who, Said = Texts> = {
  admit: (handshake: IncomingMessage, said: Said) => Promise<Who | { error: WireError }>
  connected: (socket: S, work: Work, who: Who) => void
}

/** As much of a namespace as is used. */
export type Gathering<S extends Socket> = {
  use: (ask: (socket: S, next: (error?: Error) => void) => void) => unknown
  on: (event: 'connection', joined: (socket: S) => void) => unknown
}

type AdmissionPorts = { visitors: Visitors; refused: (reason: Refusal) => void; faults: Faults }

const isRefusal = (result: object): result is { error: WireError } => 'error' in result

/**
 * Asks of each that joins who it is. Whoever is nobody hears why (CONNECT_ERROR), and its connection ends. All others
 * go on as clients of the node, which pay for what they send.
 */
export const letIn = <S extends Socket, Who extends object, Said>(
  namespace: Gathering<S>,
  { admit, connected }: WayIn<S, Who, Said>,
  { visitors, refused, faults }: AdmissionPorts,
): void => {
  const known = new WeakMap<S, Who>()
  const ended = (_error: unknown, socket: S): void => frameWriter(socket).terminate()
  const ask = async (socket: S, next: (error?: Error) => void): Promise<void> => {
    const result = await admit(socket.conn.request as IncomingMessage, socket.handshake.auth as Said)
    if (!isRefusal(result)) {
      known.set(socket, result)
      return next()
    }
    const { error } = result
    refused(error.code)
    next(Object.assign(new Error(error.message), { data: error }))
    // Behind the error, which is written when this turn ends.
    const end = faults.guard('client.connect', () => socket.conn.close())
    setImmediate(end)
  }
  const accept = (socket: S): void => {
    const visitor = visitors.joined((socket.conn.request as IncomingMessage).socket)
    forgetHandshake(socket)
    // Socket.IO would keep the connection for another join.
    socket.once(
      'disconnect',
      faults.guard('client.disconnect', () => socket.conn.close()),
    )
    const who = known.get(socket)
    known.delete(socket)
    if (who === undefined) throw new Error('a client joined that nobody let in')
    if (visitor) connected(socket, visitor, who)
  }
  namespace.use(faults.guard('client.connect', ask, ended))
  namespace.on('connection', faults.guard('client.connect', accept, ended))
}
