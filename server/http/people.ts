import { Router } from 'express'
import type { RecordReply, RevokeRequest } from '../../wire/people.ts'
import type { DoneReply } from '../../wire/rooms.ts'
import type { Person } from '../people/person.ts'
import { createTakingBack } from '../people/taking-back.ts'
import { readBody } from './body.ts'
import { ApiError } from './errors.ts'
import { addInvitations } from './invitations.ts'
import { nameIn, type PeoplePorts, send, sendRows, tooMany } from './people-common.ts'
import { revokeRequest } from './people-shapes.ts'
import { readQuery, recordQuery } from './query.ts'
import { addShares } from './shares.ts'

export type { PeoplePorts } from './people-common.ts'

/** Invitations, shares, what is taken back, who there is, and the record. Shapes: wire/people.ts. */
export const peopleRouter = (ports: PeoplePorts): Router => {
  const { store, personOf, rights } = ports
  const router = Router({ strict: true, caseSensitive: true })
  const takeBack = createTaker(ports)
  addInvitations(router, ports)
  addShares(router, ports)
  router.post('/revoke', async (request, response) => {
    const person = personOf(response)
    await takeBack(person, await readBody(request, revokeRequest))
    await send(response, { done: true } satisfies DoneReply)
  })
  router.get('/people', async (_request, response) => {
    const { id, via } = personOf(response)
    if (id === null && via !== 'open') throw new ApiError('not_allowed')
    await sendRows(response, 'people', await store.people())
  })
  router.get('/record', async (request, response) => {
    if (!rights.mayManage(personOf(response), 'record')) throw new ApiError('not_allowed')
    const { before, limit } = readQuery(recordQuery, request)
    const entries = await store.records(before ?? null, limit)
    const last = entries.length === limit ? entries.at(-1) : undefined
    await send(response, { entries, next: last && last.n > 1 ? last.n : null } satisfies RecordReply)
  })
  return router
}

/** Takes something back for somebody. Who may not is told the same whether or not it exists. */
const createTaker = ({ store, rights, now }: PeoplePorts) => {
  const taking = createTakingBack(store, now)
  const found = (isThere: boolean): void => {
    if (!isThere) throw new ApiError('not_found')
  }
  const isOwn = async ({ id }: Person, share: string): Promise<boolean> =>
    id !== null && (await store.share(share))?.by === id

  return async (person: Person, wanted: RevokeRequest): Promise<void> => {
    const by = nameIn(person)
    if ('share' in wanted) {
      if (!rights.mayManage(person, 'shares') && !(await isOwn(person, wanted.share))) throw new ApiError('not_allowed')
      found(await taking.share(wanted.share, by).catch(tooMany))
      return
    }
    if (!rights.mayManage(person, 'people')) throw new ApiError('not_allowed')
    if ('person' in wanted) await taking.person(wanted.person, by).catch(tooMany)
    else found(await taking.invitation(wanted.invitation, by).catch(tooMany))
  }
}
