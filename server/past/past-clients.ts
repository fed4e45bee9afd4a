import type { IncomingMessage } from 'node:http'
import { type Archive, ArchiveAway } from '../../archive/archive.ts'
import type { PastAuth } from '../../wire/past.ts'
import type { Notice, WireError } from '../../wire/protocol.ts'
import type { Config } from '../config.ts'
import { createTurns } from '../http/turns.ts'
import { readRequest, wireError } from '../live/requests.ts'
import type { ClientSocket } from '../live/session.ts'
import type { Work } from '../live/work.ts'
import type { Attend } from '../people/attendance.ts'
import { isGuest, type Person } from '../people/person.ts'
import type { SignedOut } from '../sessions.ts'
import { asked } from './clock.ts'
import { createEdge } from './edge.ts'
import { clockRequest, openPastClient, type PastClient, type PastClientPorts, type Start } from './past-client.ts'
import { readsPaidBy } from './reads.ts'
import { createRoll } from './roll.ts'

export type PastClientsPorts = Omit<PastClientPorts, 'archive' | 'roll' | 'edge'> & {
  archive: Archive
  /** CPU time of this thread so far, in milliseconds. */
  cpu: () => number
}

/** Whoever is let in, and where their clock begins. */
export type Visit = { person: Person; start: Start }

export type PastClients = {
  /** Where the clock begins of somebody who joins, or why they may not. */
  begin: (said: PastAuth) => Promise<Start | { error: WireError }>
  open: (socket: ClientSocket, work: Work, attend: Attend, start: Start) => void
  count: () => number
  watches: () => number
  sweep: () => void
  endWhere: (test: (person: Person) => boolean, reason: SignedOut) => number
  sendAway: (notice: () => Notice) => void
  stop: () => void
}

/** Clocks of one node. */
const MOST_CLOCKS = 100
/** What all of them may take of the core, the archive's answers included: they go slower where that is not enough. */
const SHARE = 0.1
/** What they may take at once, in milliseconds. */
const PIECE_MS = 2

const nullIfAway = (error: unknown): null => {
  if (error instanceof ArchiveAway) return null
  throw error
}

/** The clients of this node that look at the past. They share nothing with the live floor but the process. */
export const createPastClients = (config: Config, ports: PastClientsPorts): PastClients => {
  const { archive, now, cpu, faults } = ports
  const clocks = new Set<PastClient>()
  const turns = createTurns(
    { share: SHARE, burst: PIECE_MS },
    { now, cpu, spent: () => {}, tooMany: () => new Error('too many pieces of work wait for one clock'), faults },
  )
  const roll = createRoll(archive, (piece) => turns.take('', piece), now)
  const edge = createEdge(archive, now)
  const each = (does: (client: PastClient) => void): void => {
    for (const client of [...clocks]) does(client)
  }
  let farewell: (() => Notice) | null = null

  return {
    begin: async (said) => {
      if (clocks.size >= MOST_CLOCKS) return { error: wireError('too_many') }
      const request = readRequest(clockRequest, said)
      if ('error' in request) return request
      const look = async (): Promise<number> => {
        await roll.look()
        return edge.ask()
      }
      const last = await look().catch(nullIfAway)
      if (last === null) return { error: wireError('unavailable') }
      return { clock: asked({ at: last, speed: 0 }, request.data, last), edge: last }
    },
    open: (socket, paid, attend, start) => {
      // So many were let in at the same moment. It comes again, and hears why it may not.
      if (clocks.size >= MOST_CLOCKS) return void socket.conn.close()
      const work = <T>(piece: () => T): Promise<T> => turns.take(socket.id, piece)
      const gone = (): void => void clocks.delete(client)
      const client: PastClient = openPastClient(socket, { paid, work }, attend, start, {
        ...ports,
        archive: readsPaidBy(archive, (cost) => turns.pay(socket.id, cost)),
        roll,
        edge,
        config,
        gone,
      })
      clocks.add(client)
      if (farewell) client.sendAway(farewell)
    },
    count: () => clocks.size,
    watches: () => [...clocks].reduce((sum, client) => sum + client.watches(), 0),
    sweep: () => each((client) => client.sweep()),
    endWhere: (test, reason) => [...clocks].reduce((sum, client) => sum + client.endWhere(test, reason), 0),
    sendAway: (notice) => {
      farewell = notice
      each((client) => client.sendAway(notice))
    },
    stop: () => each((client) => client.stop()),
  }
}

type Admit = (
  handshake: IncomingMessage,
  said: { token?: string | undefined },
) => Promise<Person | { error: WireError }>

/**
 * Says who joins to look at the past, and from when on; or why they may not. Whoever came by a share sees what is
 * shared now, and nothing of before.
 */
export const createPastAdmit =
  (admit: Admit, past: Pick<PastClients, 'begin'> | null) =>
  async (
    handshake: IncomingMessage,
    { token, ...said }: { token?: string | undefined } & PastAuth,
  ): Promise<Visit | { error: WireError }> => {
    if (past === null) return { error: wireError('not_found', 'This floor keeps no archive.') }
    const person = await admit(handshake, { token })
    if ('error' in person) return person
    if (isGuest(person)) return { error: wireError('not_allowed') }
    const start = await past.begin(said)
    return 'error' in start ? start : { person, start }
  }
