import type { Request, Response, Router } from 'express'
import type { z } from 'zod'
import { covers, type Grants, parseGrants, writeGrants } from '../../wire/grants.ts'
import type { Invitation, InvitationReply } from '../../wire/people.ts'
import { LONGEST_MS } from '../people/lifetimes.ts'
import type { Person } from '../people/person.ts'
import { type Incoming, readBody } from './body.ts'
import { ApiError } from './errors.ts'
import { checkEnd, listed, nameIn, type PeoplePorts, send, sendRows, tooMany } from './people-common.ts'
import { invitationRequest, renewInvitationRequest } from './people-shapes.ts'

/** Invitations: for whoever manages people. */
export const addInvitations = (router: Router, ports: PeoplePorts): void => {
  const { store, personOf, rights, now } = ports
  const manager = (response: Response): Person => {
    const person = personOf(response)
    if (!rights.mayManage(person, 'people')) throw new ApiError('not_allowed')
    return person
  }
  /** What a manager posts. They are asked for again once all of it is there: it takes seconds where they like. */
  const posted = async <T extends z.ZodType>(request: Incoming, response: Response, shape: T) => {
    manager(response)
    const wanted = await readBody(request, shape)
    return { person: manager(response), wanted }
  }
  router.get('/invitations', async (_request, response) => {
    manager(response)
    await sendRows(response, 'invitations', listed(await store.invitations(), now()))
  })
  router.post('/invitations', async (request, response) => {
    const { person, wanted: invited } = await posted(request, response, invitationRequest)
    const { name, grants, until } = invited
    checkGiven(person, grants)
    checkEnd(until, now(), LONGEST_MS)
    const wanted = { name, grants: writeGrants(grants), until, by: nameIn(person) }
    const invitation = await store.invite(wanted).catch(tooMany)
    await send(response, await withLink(invitation, grants, ports))
  })
  router.post('/invitations/:id/renew', async (request: Request<{ id: string }>, response: Response) => {
    const { person, wanted } = await posted(request, response, renewInvitationRequest)
    const { until } = wanted
    checkEnd(until, now(), LONGEST_MS)
    const before = await store.invitation(request.params.id)
    if (before === null) throw new ApiError('not_found')
    const grants = parseGrants(before.grants) ?? []
    checkGiven(person, grants)
    const invitation = await store.renewInvitation(before.id, until, nameIn(person))
    if (invitation === null) throw new ApiError('not_found')
    await send(response, await withLink(invitation, grants, ports))
  })
}

/** Whoever makes or renews an invitation has its link, and so all that it gives: it must be theirs already. */
const checkGiven = (person: Person, grants: Grants): void => {
  if (covers(person.grants, grants)) return
  throw new ApiError('not_allowed', { more: 'Nobody can give more than they may do themselves.' })
}

const withLink = async (invitation: Invitation, grants: Grants, ports: PeoplePorts): Promise<InvitationReply> => {
  const { id, person, name, until } = invitation
  const invited: Person = {
    id: person,
    name,
    grants,
    via: 'invitation',
    credential: id,
    by: null,
    since: ports.now(),
    until,
  }
  return { invitation, link: await ports.link('invitation', invited) }
}
