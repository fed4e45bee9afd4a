import type { Share, ShareReply, ShareRequest, SharesReply } from '../../wire/people.ts'
import type { WireError } from '../../wire/protocol.ts'
import { type Calls, errorOf } from './calls.ts'
import { createListed } from './listed.ts'

/** How a share stands: it shows what it is for, or it has ended, by itself or because it was taken back. */
export const standingOf = ({ revoked, until }: Pick<Share, 'revoked' | 'until'>, now: number) =>
  revoked ? 'revoked' : until <= now ? 'ended' : 'open'

/** What was shared: one's own, or everyone's for whoever manages shares. Open ones first, the newest first. */
export const createShares = (calls: Calls, now: () => number) => {
  const isOpen = (share: Share): boolean => standingOf(share, now()) === 'open'
  const { list, load } = createListed(
    () => calls.get<SharesReply>('/api/shares'),
    ({ shares }) => shares.toSorted((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || b.made - a.made),
  )
  return {
    list,
    load,
    share: (request: ShareRequest) => calls.post<ShareReply>('/api/shares', request),
    /** Returns why it could not be taken back; null: it was. */
    takeBack: async (id: string): Promise<WireError | null> => {
      const error = errorOf(await calls.post('/api/revoke', { share: id }))
      if (error === null) await load()
      return error
    },
  }
}
export type Shares = ReturnType<typeof createShares>
