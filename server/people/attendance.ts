import { type Action, covers } from '../../wire/grants.ts'
import type { RenewReply } from '../../wire/people.ts'
import type { Notice } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { wireError } from '../live/requests.ts'
import type { Act, Acts, Who } from '../live/who.ts'
import { isGuest, type Person } from './person.ts'
import type { Renew } from './renew.ts'
import type { Rights } from './rights.ts'

/** So long before the end of what lets a client in it is told to renew it, in milliseconds. */
const RENEW_WITHIN_MS = 30_000

/** Told where a client's right ends soon, or is over. */
export type Due = Extract<Notice, { kind: 'renew' | 'signed_out' }>

/** The person of one connected client, for as long as it is connected. */
export type Attendance = {
  who: Who
  /** Who it is now: a renewal may change what they may do. */
  person: () => Person
  /** What they must be told at this moment, if anything; that it ends soon, only once. */
  due: () => Due | null
  /** The connection is gone. */
  leave: () => void
}

/** Begins an attendance. `withdraw` is called when the person may do less than before. */
export type Attend = (withdraw: () => void) => Attendance

/** Whoever does something by a connection, and what they may do at that moment. */
export type Asker = { person: () => Person; may: (action: Action, topic: Topic) => boolean }
/** What they do besides watching, until they leave. */
export type Attending = { acts: Omit<Acts, 'renew'>; leave: () => void }

export type AttendancePorts = {
  rights: Rights
  renew: Renew
  attend: (asker: Asker) => Attending
  /** Unix milliseconds. */
  now: () => number
  /** Called with each renewal. */
  renewed: () => void
}

/** Makes of a person who connects what the live core and the sweep ask. */
export const createAttendance =
  ({ rights, renew, attend, now, renewed }: AttendancePorts) =>
  (first: Person): Attend =>
  (withdraw) => {
    let person = first
    let told = false
    let gone = false
    const asker: Asker = { person: () => person, may: (action, topic) => rights.may(person, action, topic) }
    let attending = attend(asker)

    const become = (next: Person): void => {
      const before = person
      person = next
      told = false
      const isSame = next.id === before.id
      if (!isSame || !covers(next.grants, before.grants)) withdraw()
      if (isSame || gone) return
      attending.leave()
      attending = attend(asker)
    }
    const renewIt = async (input: unknown): Promise<RenewReply> => {
      const next = await renew(person, input)
      if ('code' in next) return { error: next }
      become(next)
      renewed()
      return { until: next.until }
    }

    const due = (): Due | null => {
      const left = person.until === null ? Number.POSITIVE_INFINITY : person.until - now()
      if (left <= 0) return { kind: 'signed_out', reason: 'expired' }
      if (!rights.standing(person)) return { kind: 'signed_out', reason: 'revoked' }
      if (left > RENEW_WITHIN_MS || told) return null
      told = true
      return { kind: 'renew', withinMs: left }
    }

    const act =
      (name: keyof Attending['acts']): Act =>
      async (input) =>
        rights.standing(person) ? attending.acts[name](input) : { error: wireError('not_signed_in') }
    return {
      who: {
        mayWatch: (topic) => rights.mayWatch(person, topic),
        extent: (start) => rights.extent(person, start),
        // A share is renewed by itself only (renew.ts).
        isGuest: isGuest(first),
        acts: {
          say: act('say'),
          mark: act('mark'),
          here: act('here'),
          command: act('command'),
          cancel: act('cancel'),
          renew: renewIt,
        },
      },
      person: () => person,
      due,
      leave: () => {
        gone = true
        attending.leave()
      },
    }
  }
