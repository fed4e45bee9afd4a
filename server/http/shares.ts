import type { Router } from 'express'
import type { z } from 'zod'
import type { ShareReply } from '../../wire/people.ts'
import { LONGEST_SHARE_MS } from '../people/lifetimes.ts'
import type { Person } from '../people/person.ts'
import { deviceOf, shareGrants } from '../people/shares.ts'
import { readBody } from './body.ts'
import { ApiError } from './errors.ts'
import { checkEnd, listed, type PeoplePorts, send, sendRows } from './people-common.ts'
import { shareRequest } from './people-shapes.ts'

/** Links that show one thing: whoever may share it makes them, and sees their own. */
export const addShares = (router: Router, ports: PeoplePorts): void => {
  const { store, personOf, may, now } = ports
  router.get('/shares', async (_request, response) => {
    const person = personOf(response)
    const isManager = may(person, 'manage', 'shares')
    if (!isManager && person.id === null) throw new ApiError('not_allowed')
    const shares = (await store.shares()).filter(({ by }) => isManager || by === person.id)
    await sendRows(response, 'shares', listed(shares, now()))
  })
  router.post('/shares', async (request, response) => {
    const maker = personOf(response)
    const wanted = await readBody(request, shareRequest)
    await send(response, await share(maker, wanted, ports))
  })
}

const share = async (maker: Person, wanted: z.output<typeof shareRequest>, ports: PeoplePorts): Promise<ShareReply> => {
  const { store, groups, sign, now, may } = ports
  const { show, name, ends = null } = wanted
  const [since, device] = [now(), deviceOf(show)]
  checkEnd(wanted.until, since, LONGEST_SHARE_MS)
  if (ends !== null && device === null) throw new ApiError('bad_request', { more: 'ends: this shows no device' })
  const grants = shareGrants(show, maker.grants, groups())
  if (grants === 'too_wide') throw new ApiError('view_too_wide')
  if (grants === 'not_allowed' || !grants.every(({ start }) => may(maker, 'share', start)))
    throw new ApiError('not_allowed')
  const until = Math.min(wanted.until, await endOf(maker, ports))
  const made = await store.makeShare({ show, name, until, ends, maker, device })
  if (made === 'revoked') throw new ApiError('not_allowed')
  if (made === 'full') throw new ApiError('too_many')
  const token = await sign('share', {
    id: null,
    name,
    grants,
    via: 'share',
    credential: made.id,
    by: maker.id,
    since,
    until,
  })
  return { share: made, link: `/#share=${token}` }
}

/**
 * When the rights end that a share stands on. A sign-in at an identity provider ends soon and is renewed; an invitation
 * is renewed by hand, and what was shared ends with it.
 */
const endOf = async (maker: Person, { store }: PeoplePorts): Promise<number> => {
  if (maker.via === 'openid' || maker.until === null) return Number.POSITIVE_INFINITY
  if (maker.via !== 'invitation' || maker.credential === null) return maker.until
  return (await store.invitation(maker.credential))?.until ?? maker.until
}
