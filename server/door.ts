import type { Core, CorePorts } from './core.ts'
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
  const people = await openPeople({ config, store, standing, hears: revocations.hears, now: Date.now })
  return {
    rights,
    people,
    events: createSignInEvents({ log, record: store.record, now: () => performance.now(), metrics }),
    endSignIn: async (person: Person): Promise<void> => {
      const signIn = signInOf(person)
      if (signIn !== null) await store.revoke([{ what: `c:${signIn}`, until: person.until ?? Date.now() }])
    },
    attendanceOf: createAttendance({
      rights,
      renew: createRenew({ rights, readToken: people.renewed }),
      attend: (asker) => {
        const { acts, leave } = rooms.attend(asker)
        return { acts: { ...acts, ...devices.attend(asker) }, leave }
      },
      now: Date.now,
      renewed: () => metrics.count('renewed'),
    }),
    /** Where nobody said where browsers find the floor, a link begins at the page that shows it. */
    link: async (use: 'invitation' | 'share', person: Person): Promise<string> =>
      linkTo(config.PUBLIC_URL ?? '', use, await people.tokens.sign(use, person)),
  }
}

/** The one sign-in that is ended by signing out: an invitation goes on to be good for others. */
const signInOf = ({ via, credential, session }: Person): string | null =>
  session ?? (via === 'openid' ? credential : null)
