import { LONGEST_MS } from './lifetimes.ts'
import type { PeopleStore } from './store.ts'

/** What somebody takes back, and what hangs on it. */
export type TakingBack = {
  /** False where there is no such share. */
  share: (id: string, by: string) => Promise<boolean>
  /** An invitation, and what its person shared. */
  invitation: (id: string, by: string) => Promise<boolean>
  /** All that was issued to a person until now. */
  person: (handle: string, by: string) => Promise<void>
}

type Store = Pick<PeopleStore, 'revoke' | 'share' | 'shares' | 'invitation' | 'invitations'>

/**
 * Takes back what lets people in. First the person or the invitation, from when on nothing more is issued to them; then
 * what was issued before. A repeat does what is left of it.
 */
export const createTakingBack = (store: Store, now: () => number): TakingBack => {
  const credentials = (all: readonly { id: string; until: number }[]) =>
    all.filter(({ until }) => until > now()).map(({ id, until }) => ({ what: `c:${id}`, until }))
  const sharesOf = async (handle: string) => (await store.shares()).filter(({ by }) => by === handle)

  return {
    share: async (id, by) => {
      const share = await store.share(id)
      if (share === null) return false
      await store.revoke(credentials([share]), { by, about: `share ${id}` })
      return true
    },
    invitation: async (id, by) => {
      const invitation = await store.invitation(id)
      if (invitation === null) return false
      await store.revoke(credentials([invitation]), { by, about: `invitation of ${invitation.person}` })
      await store.revoke(credentials(await sharesOf(invitation.person)))
      return true
    },
    person: async (handle, by) => {
      await store.revoke([{ what: `p:${handle}`, until: now() + LONGEST_MS }], { by, about: handle })
      const invitations = (await store.invitations()).filter(({ person }) => person === handle)
      await store.revoke(credentials([...invitations, ...(await sharesOf(handle))]))
    },
  }
}
