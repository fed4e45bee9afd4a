import type { Request, Response } from 'express'
import { writeCookie } from '../people/cookies.ts'
import type { Person } from '../people/person.ts'
import type { SessionPorts } from './session.ts'

/** Gives a browser the cookie of this person's session. */
export const giveSession = async (
  person: Person,
  request: Request,
  response: Response,
  { people, isSecure, clock }: Pick<SessionPorts, 'people' | 'isSecure' | 'clock'>,
): Promise<void> => {
  const session = await people.tokens.sign('session', person)
  response.append('Set-Cookie', writeCookie(session, isSecure(request), person.until, clock()))
}
