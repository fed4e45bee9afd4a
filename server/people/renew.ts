import { z } from 'zod'
import type { WireError } from '../../wire/protocol.ts'
import { readRequest, wireError } from '../live/requests.ts'
import type { Person } from './person.ts'
import type { Rights } from './rights.ts'

/** The longest token, in letters. */
const MOST_OF_TOKEN = 8192
const renewRequest = z.object({ token: z.string().min(1).max(MOST_OF_TOKEN) })

/** Reads what a client asks with `renew`: who it is from now on, or why not. */
export type Renew = (person: Person, input: unknown) => Promise<Person | WireError>

export type RenewPorts = {
  rights: Pick<Rights, 'standing'>
  /** Whom a token lets in: a ticket, or a program's bearer token. Null where it is none, or not good any more. */
  readToken: (token: string) => Promise<Person | null>
}

/** On an open floor people give themselves names, and other names. */
const isOpen = (before: Person, next: Person): boolean => before.via === 'open' && next.via === 'open'
const isSame = (before: Person, next: Person): boolean =>
  next.id === before.id && (next.id !== null || next.credential === before.credential)

/** Renews what lets a connected client in, with a newer token of the same person. */
export const createRenew =
  ({ rights, readToken }: RenewPorts): Renew =>
  async (person, input) => {
    const request = readRequest(renewRequest, input)
    if ('error' in request) return request.error
    const next = await readToken(request.data.token)
    if (next === null || !rights.standing(next)) return wireError('not_signed_in')
    return isSame(person, next) || isOpen(person, next) ? next : wireError('not_allowed')
  }
