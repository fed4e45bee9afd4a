import type { Revocation } from '../../wire/access.ts'
import type { PersonEntry, RecordEntry, RecordedAct } from '../../wire/people.ts'
import { ACCESS, topicPart } from '../../wire/topics.ts'
import type { Commands } from '../redis/deployment.ts'
import { openHashes, type StorePorts } from './hashes.ts'
import { createInvitations, type InvitationStore } from './invitations.ts'
import { CLOCKS_MS } from './lifetimes.ts'
import { peopleIn, recordEntry } from './rows.ts'
import { createShares, type ShareStore } from './share-store.ts'
import { slugOf } from './slug.ts'

/** What is taken back: `c:` and a credential, or `p:` and a handle. `until`: when all of it would have ended. */
export type TakenBack = { what: string; until: number }
/** Who did it, and what the record says of it. */
export type Noted = { by: string; about: string }

/** What is kept of people in Redis. Each act is one call, harmless to repeat. Rejects where Redis cannot be asked. */
export type PeopleStore = InvitationStore &
  ShareStore & {
    /** The handle of whoever has this key (`openid:<issuer> <sub>`), for ever the same. Rejects with `Full`. */
    handleOf: (key: string, name: string) => Promise<string>
    people: () => Promise<PersonEntry[]>
    /** Takes back, and tells every node. Recorded where it is `noted`, and news. Rejects with `Full`. */
    revoke: (all: readonly TakenBack[], noted?: Noted) => Promise<void>
    /** Tells what Redis has lost, as it was. */
    tellAgain: (lost: readonly Revocation[]) => Promise<void>
    record: (line: { who: string; what: RecordedAct; about: string }) => Promise<void>
    /** Newest first; those before a number where one is given. */
    records: (before: number | null, limit: number) => Promise<RecordEntry[]>
  }

/** Revocations that one call may hold. */
export const MOST_AT_A_TIME = 100
const NOT_NOTED: Noted = { by: '', about: '' }

export const createPeopleStore = (redis: Commands, ports: StorePorts): PeopleStore => {
  const hashes = openHashes(redis, ports)
  const { run, now } = hashes
  const invitations = createInvitations(hashes)
  const shares = createShares(hashes)
  const people = hashes.list('people', peopleIn)

  const tell = async (all: readonly Revocation[], { by, about }: Noted): Promise<void> => {
    for (let i = 0; i < all.length; i += MOST_AT_A_TIME) {
      const some = all.slice(i, i + MOST_AT_A_TIME).flatMap(({ what, t, until }) => [what, t, until])
      await run('wf1_revoke', i === 0 ? by : '', about, ...some)
    }
    invitations.changed()
    shares.changed()
  }

  return {
    ...invitations.store,
    ...shares.store,
    handleOf: async (key, name) => String(await run('wf1_handle', key, slugOf(name), JSON.stringify(name))),
    people: people.read,
    revoke: (all, noted = NOT_NOTED) => {
      const t = now() + CLOCKS_MS
      return tell(
        all.map((each) => ({ ...each, t })),
        noted,
      )
    },
    tellAgain: (lost) => {
      const latest = now() + CLOCKS_MS
      return tell(
        lost.map((each) => ({ ...each, t: Math.min(each.t, latest) })),
        NOT_NOTED,
      )
    },
    record: async ({ who, what, about }) => {
      await run('wf1_record', who, what, about)
    },
    records: async (before, limit) => {
      const from = before === null ? '+' : String(Math.max(before - 1, 0))
      const entries = await redis.xrevrange(topicPart(ACCESS, 'record'), from, '-', 'COUNT', limit)
      return entries.flatMap((entry) => recordEntry(entry) ?? [])
    },
  }
}
