import type { Logger } from 'pino'
import type { RecordedAct, WayIn } from '../../wire/people.ts'
import type { Person } from './person.ts'
import type { SignInRefusal, SignInStore } from './sign-in.ts'
import { createTries } from './tries.ts'

/**
 * Why nobody was signed in. `limited`: too many were tried. `unavailable`: revocations could not be heard. `denied`: the
 * identity provider said no, or the answer was for another browser. `away`: it could not be asked.
 */
export type SignInFailure = SignInRefusal | 'limited' | 'unavailable' | 'denied' | 'away'

/** What is told of signing in, and never by which token. */
export type SignInEvents = {
  signedIn: (person: Person, address: string) => void
  signedOut: (person: Person) => void
  /** `about`: whom it was about, where that is known. `reason`: what an operator should know of it. */
  refused: (why: SignInFailure, about: Person | null, address: string, reason?: string) => void
}

export type SignInEventPorts = {
  log: Logger
  record: SignInStore['record']
  /** Milliseconds, by a clock that never goes back. */
  now: () => number
  metrics: { signedIn: (via: WayIn) => void; signInRefused: (why: SignInFailure) => void }
}

/** What says nothing of whoever tried. */
const NOBODYS: readonly SignInFailure[] = ['limited', 'unavailable', 'away']

/** Counts and logs signing in, and writes it into the record, which takes of those who were refused one a minute. */
export const createSignInEvents = ({ log, record, now, metrics }: SignInEventPorts): SignInEvents => {
  const lines = createTries(now)
  const aboutOf = ({ via, credential }: Person): string => (credential === null ? via : `${via} ${credential}`)
  const write = (who: string | null, what: RecordedAct, about: string): void => {
    record({ who: who ?? '', what, about }).catch((error) =>
      log.warn({ reason: String(error) }, 'The record could not be written'),
    )
  }
  return {
    signedIn: (person, address) => {
      metrics.signedIn(person.via)
      log.info({ person: person.id, via: person.via, address }, 'Somebody signed in')
      write(person.id, 'signed_in', aboutOf(person))
    },
    signedOut: (person) => {
      log.info({ person: person.id }, 'Somebody signed out')
      write(person.id, 'signed_out', aboutOf(person))
    },
    refused: (why, about, address, reason) => {
      metrics.signInRefused(why)
      // Whoever tries on and on must not fill the log as well.
      if (why === 'limited' && lines.begin(address) > 0) return
      log.warn({ person: about?.id, address, reason }, `A sign-in was refused (${why})`)
      if (NOBODYS.includes(why)) return
      write(about?.id ?? null, 'refused', about === null ? why : `${aboutOf(about)}: ${why}`)
    },
  }
}
