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
  const { store, personOf, rights, now } = ports
  router.get('/shares', async (_request, response) => {
    const person = personOf(response)
    const isManager = rights.mayManage(person, 'shares')
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
  const { store, groups, rights, now } = ports
  const { show, name, ends = null } = wanted
  const [since, device] = [now(), deviceOf(show)]
  checkEnd(wanted.until, since, LONGEST_SHARE_MS)
  if (ends !== null && device === null) throw new ApiError('bad_request', { more: 'ends: this shows no device' })
  const grants = shareGrants(show, maker.grants, groups())
  if (grants === 'too_wide') throw new ApiError('view_too_wide')
  if (grants === 'not_allowed' || !rights.standing(maker)) throw new ApiError('not_allowed')
  const until = Math.min(wanted.until, endOf(maker))
  const made = await store.makeShare({ show, name, until, ends, maker, device })
  if (made === 'revoked') throw new ApiError('not_allowed')
  if (made === 'full') throw new ApiError('too_many')
  const whoever: Person = {
    id: null,
    name,
    grants,
    via: 'share',
    credential: made.id,
    by: maker.id,
    since,
    until,
  }
  return { share: made, link: await ports.link('share', whoever) }
}

/**
 * When the rights end that a share stands on. Those of whoever comes by an identity provider end soon, and are renewed
 * again and again.
 */
const endOf = ({ via, until }: Person): number =>
  via === 'openid' || until === null ? Number.POSITIVE_INFINITY : until
