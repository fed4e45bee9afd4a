import type { Count } from './live/events.ts'
import type { Session } from './live/session.ts'
import type { Attendance, Due } from './people/attendance.ts'
import type { Person } from './people/person.ts'

/** Why somebody is signed out. */
export type SignedOut = Extract<Due, { kind: 'signed_out' }>['reason']

/** The sessions of this node's clients, and whose they are. */
export const createSessions = (count: Count) => {
  const all = new Map<Session, Attendance>()

  const dismiss = (session: Session, reason: SignedOut): void => {
    count(`ended_${reason}`)
    session.dismiss({ kind: 'signed_out', reason })
  }
  /** Tells a client what is due, and ends it where its right is over. */
  const look = (session: Session, attendance: Attendance): void => {
    const due = attendance.due()
    if (due?.kind === 'renew') session.tell(due)
    else if (due !== null) dismiss(session, due.reason)
  }

  return {
    add: (session: Session, attendance: Attendance): void => {
      all.set(session, attendance)
      look(session, attendance)
    },
    remove: (session: Session): boolean => all.delete(session),
    all: (): Iterable<Session> => all.keys(),
    size: (): number => all.size,
    /** Who is connected: a person once for each of their connections. */
    people: (): Person[] => Array.from(all.values(), ({ person }) => person()),
    /** Looks at all: whose right ends soon is told to renew it, whose right is over is ended. */
    sweep: (): void => {
      for (const [session, attendance] of all) look(session, attendance)
    },
    /** Ends the sessions of these people at once; they are told why first. Returns how many there were. */
    endWhere: (test: (person: Person) => boolean, reason: SignedOut): number => {
      const over = [...all].filter(([, { person }]) => test(person()))
      for (const [session] of over) dismiss(session, reason)
      return over.length
    },
  }
}
