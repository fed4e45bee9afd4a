import type { IncomingMessage } from 'node:http'
import type { WireError } from '../../wire/protocol.ts'
import type { Faults } from '../faults.ts'
import { frameWriter } from '../live/frame-writer.ts'
import type { ClientSocket } from '../live/session.ts'
import type { Refusal } from '../metrics/requests.ts'
import type { Person } from '../people/person.ts'
import type { SocketServer } from './others.ts'

/** Who joins by a handshake, and by the token that the client gave, if it did; or why nobody does. */
export type Admit = (handshake: IncomingMessage, token: string | undefined) => Promise<Person | { error: WireError }>

export type AdmissionPorts = { admit: Admit; refused: (reason: Refusal) => void; faults: Faults }

/**
 * Asks of each client that joins who it is. Whoever is nobody hears why (CONNECT_ERROR), and its connection ends.
 * Returns whom a client that has joined was let in as.
 */
export const admitPeople = (
  io: SocketServer,
  { admit, refused, faults }: AdmissionPorts,
): ((socket: ClientSocket) => Person) => {
  const people = new WeakMap<ClientSocket, Person>()
  const ended = (_error: unknown, socket: ClientSocket): void => frameWriter(socket).terminate()
  const ask = async (socket: ClientSocket, next: (error?: Error) => void): Promise<void> => {
    const { token } = socket.handshake.auth as { token?: string }
    const result = await admit(socket.conn.request as IncomingMessage, token)
    if (!('error' in result)) {
      people.set(socket, result)
      return next()
    }
    const { error } = result
    refused(error.code)
    next(Object.assign(new Error(error.message), { data: error }))
    // Behind the error, which is written when this turn ends.
    const end = faults.guard('client.connect', () => socket.conn.close())
    setImmediate(end)
  }
  io.use(faults.guard('client.connect', ask, ended))
  return (socket) => {
    const person = people.get(socket)
    if (person === undefined) throw new Error('a client joined that nobody let in')
    return person
  }
}
