import type { InvitationReply, InvitationRequest, InvitationsReply } from '../../wire/people.ts'
import type { WireError } from '../../wire/protocol.ts'
import { type Calls, errorOf, type Failed } from './calls.ts'
import { createListed } from './listed.ts'

/** Who was invited. Whoever manages people makes, renews and revokes invitations. */
export const createInvitations = (calls: Calls) => {
  const { list, load } = createListed(
    () => calls.get<InvitationsReply>('/api/invitations'),
    ({ invitations }) => invitations.toSorted((a, b) => b.made - a.made),
  )
  const then = async <T extends object>(asked: Promise<T | Failed>): Promise<T | Failed> => {
    const reply = await asked
    if (!('error' in reply)) await load()
    return reply
  }
  return {
    list,
    load,
    invite: (request: InvitationRequest) => then(calls.post<InvitationReply>('/api/invitations', request)),
    renew: (id: string, until: number) =>
      then(calls.post<InvitationReply>(`/api/invitations/${encodeURIComponent(id)}/renew`, { until })),
    /** Returns why it could not be revoked; null: it was. */
    revoke: async (id: string): Promise<WireError | null> =>
      errorOf(await then(calls.post<object>('/api/revoke', { invitation: id }))),
  }
}
export type Invitations = ReturnType<typeof createInvitations>
