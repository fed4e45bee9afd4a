import { renderUnicodeCompact } from 'uqr'
import { parseGrants, writeGrants } from '../../../wire/grants.ts'
import type { Invitation } from '../../../wire/people.ts'
import { linkTo } from '../links.ts'
import type { Tokens } from '../tokens.ts'
import type { Order } from './order.ts'

/** What inviting needs of the store of people (store.ts). */
export type InviteStore = {
  invite: (wish: { name: string; grants: string; until: number; by: string }) => Promise<Invitation>
  invitations: () => Promise<Invitation[]>
  renewInvitation: (id: string, until: number, by: string) => Promise<Invitation | null>
}

export type InvitePorts = {
  store: InviteStore
  /** Takes an invitation back, and what hangs on it; false where there is none. */
  takeBack: (id: string, by: string) => Promise<boolean>
  tokens: Tokens
  /** Where browsers find the floor, unless an order says otherwise. */
  floor: string
  say: (line: string) => void
  now: () => number
}

/** Who invites: whoever may run this on the machine of a node. */
const BY = 'console'
/** A longer link makes a code with more dots than a phone reads off a screen, in letters. */
const MOST_CODE_LETTERS = 1000

/** Does what was asked for; throws, with the remedy, where it cannot. */
export const carryOut = async (order: Order, ports: InvitePorts): Promise<void> => {
  const { store, now } = ports
  if (order.kind === 'list') return list(await store.invitations(), ports)
  if (order.kind === 'invite') {
    const { name, grants, forMs, as, at } = order
    const made = await store.invite({ name, grants: writeGrants(grants), until: now() + forMs, by: BY })
    return hand(made, as, at, ports)
  }
  if (order.kind === 'renew') {
    const renewed = await store.renewInvitation(order.id, now() + order.forMs, BY)
    if (renewed === null) throw unknown(order.id)
    return hand(renewed, 'link', order.at, ports)
  }
  if (order.kind === 'revoke') {
    if (!(await ports.takeBack(order.id, BY))) throw unknown(order.id)
    ports.say(`Invitation ${order.id} lets nobody in any more.`)
  }
}

const unknown = (id: string): Error => new Error(`There is no invitation "${id}": npm run invite -- --list shows them.`)
const timeOf = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

const personOf = ({ id, person, name, grants, until }: Invitation, via: 'invitation' | 'token', now: number) => {
  const given = parseGrants(grants)
  if (given === null) throw new Error(`The grants of invitation "${id}" cannot be read: make a new one.`)
  return { id: person, name, grants: given, via, credential: id, by: null, since: now, until }
}

/** Prints what lets a person, or a program, in. */
const hand = async (
  made: Invitation,
  as: 'link' | 'token',
  at: string | null,
  { tokens, floor, say, now }: InvitePorts,
): Promise<void> => {
  const whom = `${made.name} (@${made.person})`
  const end = `until ${timeOf(made.until)}; to take it back: npm run invite -- --revoke ${made.id}`
  if (as === 'token') {
    say(`Whoever has this token may do what ${whom} may, ${end}`)
    say(await tokens.sign('bearer', personOf(made, 'token', now())))
    return
  }
  const link = linkTo(at ?? floor, 'invitation', await tokens.sign('invitation', personOf(made, 'invitation', now())))
  say(`Whoever opens this link is ${whom}, ${end}`)
  say(link)
  if (link.length <= MOST_CODE_LETTERS) say(renderUnicodeCompact(link))
}

const list = (all: readonly Invitation[], { say, now }: InvitePorts): void => {
  if (all.length === 0) say('Nobody is invited yet.')
  for (const { id, person, name, grants, until, used, revoked } of all) {
    const state = revoked ? 'taken back' : until <= now() ? 'ended' : `until ${timeOf(until)}`
    const last = used === null ? 'never used' : `last used ${timeOf(used)}`
    say(`${id}  ${name} (@${person})  ${state}, ${last}  ${grants}`)
  }
}
