import type { Core, CorePorts } from './core.ts'
import { wireError } from './live/requests.ts'
import type { Act } from './live/who.ts'
import { createAttendance } from './people/attendance.ts'
import { linkTo } from './people/links.ts'
import { openPeople } from './people/people.ts'
import type { Person } from './people/person.ts'
import { createRenew } from './people/renew.ts'
import { createRights } from './people/rights.ts'
import { createSignInEvents } from './people/sign-in-events.ts'

export type DoorPorts = CorePorts & Pick<Core, 'store' | 'revocations' | 'rooms' | 'devices'>

/** Who is let in, and what each of them may do; throws, with the remedy, where there is no secret to sign with. */
export const openDoor = async ({ config, store, revocations, rooms, devices, metrics, log }: DoorPorts) => {
  const rights = createRights({ now: Date.now, isRevoked: revocations.isRevoked })
  const { standing } = rights
  const ports = { rights, now: Date.now, renewed: () => metrics.count('renewed') }
  const people = await openPeople({ config, store, standing, hears: revocations.hears, now: Date.now })
  const renew = createRenew({ rights, readToken: people.renewed })
  return {
    rights,
    people,
    events: createSignInEvents({ log, record: store.record, now: () => performance.now(), metrics }),
    endSignIn: async (person: Person): Promise<void> => {
      const signIn = signInOf(person)
      if (signIn !== null) await store.revoke([{ what: `c:${signIn}`, until: person.until ?? Date.now() }])
    },
    attendanceOf: createAttendance({
      ...ports,
      renew,
      attend: (asker) => {
        const { acts, leave } = rooms.attend(asker)
        return { acts: { ...acts, ...devices.attend(asker) }, leave }
      },
    }),
    /** Whoever looks at the past is not on the floor, and changes nothing. */
    pastAttendanceOf: createAttendance({ ...ports, renew, attend: () => ({ acts: NO_ACTS, leave: () => {} }) }),
    /** Where nobody said where browsers find the floor, a link begins at the page that shows it. */
    link: async (use: 'invitation' | 'share', person: Person): Promise<string> =>
      linkTo(config.PUBLIC_URL ?? '', use, await people.tokens.sign(use, person)),
  }
}

const notAllowed: Act = async () => ({ error: wireError('not_allowed') })
const NO_ACTS = { say: notAllowed, mark: notAllowed, here: notAllowed, command: notAllowed, cancel: notAllowed }

/** The one sign-in that is ended by signing out: an invitation goes on to be good for others. */
const signInOf = ({ via, credential, session }: Person): string | null =>
  session ?? (via === 'openid' ? credential : null)
