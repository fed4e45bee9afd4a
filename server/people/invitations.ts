import type { Invitation } from '../../wire/people.ts'
import type { Hashes } from './hashes.ts'
import { invitationsIn } from './rows.ts'
import { slugOf } from './slug.ts'

export type NewInvitation = { name: string; grants: string; until: number; by: string }

export type InvitationStore = {
  /** Invites somebody new, under a handle that nobody has. Rejects with `Full` where there is no room. */
  invite: (wanted: NewInvitation) => Promise<Invitation>
  invitations: () => Promise<Invitation[]>
  invitation: (id: string) => Promise<Invitation | null>
  /** It never ends sooner than before. Null where there is none, or where it was taken back. */
  renewInvitation: (id: string, until: number, by: string) => Promise<Invitation | null>
  /** It let somebody in. */
  used: (id: string) => Promise<void>
}

export const createInvitations = (hashes: Hashes): { store: InvitationStore; changed: () => void } => {
  const { run, now } = hashes
  const list = hashes.list('invitations', invitationsIn)
  const invitation = (id: string) => hashes.one('invitations', invitationsIn, id)
  const store: InvitationStore = {
    invitations: list.read,
    invitation,
    invite: async ({ name, grants, until, by }) => {
      const [id, made] = [hashes.id(), now()]
      const more = JSON.stringify({ id, name, grants, by, made })
      await run('wf1_invite', id, until, slugOf(name), JSON.stringify(name), by, more)
      list.changed()
      const invited = await invitation(id)
      if (invited === null) throw new Error('The invitation that was made is not there')
      return invited
    },
    renewInvitation: async (id, until, by) => {
      const renewed = await run('wf1_renew', id, until, by)
      list.changed()
      return renewed === null ? null : invitation(id)
    },
    used: async (id) => {
      await run('wf1_used', id)
      list.changed()
    },
  }
  return { store, changed: list.changed }
}
