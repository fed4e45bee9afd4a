import type { IncomingMessage } from 'node:http'
import type { WireError } from '../../wire/protocol.ts'
import { wireError } from '../live/requests.ts'
import type { People } from './people.ts'
import type { Person } from './person.ts'

/** Why nobody is let in while this node would not hear that somebody may no longer be here. */
export const UNHEARD = 'Revocations cannot be heard right now.'

/** Says who joins by a handshake, and by the token that it gave with it, if it did; or why nobody does. */
export const createAdmit =
  ({ identify, letsIn }: Pick<People, 'identify' | 'letsIn'>, isSecure: (request: IncomingMessage) => boolean) =>
  async (
    handshake: IncomingMessage,
    { token }: { readonly token?: string | undefined },
  ): Promise<Person | { error: WireError }> => {
    const person = await identify({ headers: handshake.headers, secure: isSecure(handshake), token })
    if (person === null) return { error: wireError('not_signed_in') }
    return letsIn() ? person : { error: wireError('unavailable', UNHEARD) }
  }
