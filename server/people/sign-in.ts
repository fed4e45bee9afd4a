import { ALL_GRANTS, parseGrants } from '../../wire/grants.ts'
import type { Invitation, RecordedAct, Share, Shown, WaysIn } from '../../wire/people.ts'
import type { Person } from './person.ts'
import { slugOf } from './slug.ts'
import type { Tokens, Unread } from './tokens.ts'

/** What signing in needs of the store of people (store.ts). */
export type SignInStore = {
  invitation: (id: string) => Promise<Invitation | null>
  /** It let somebody in just now. */
  used: (id: string) => Promise<unknown>
  share: (id: string) => Promise<Share | null>
  /** Somebody opened it. */
  opened: (id: string) => Promise<unknown>
  record: (entry: { who: string; what: RecordedAct; about: string }) => Promise<unknown>
}

/** Why somebody is not let in. `not_here`: this floor does not let people in by that way. */
export const SIGN_IN_REFUSALS = ['bad', 'expired', 'revoked', 'not_here'] as const satisfies readonly (
  | Unread
  | 'revoked'
  | 'not_here'
)[]
export type SignInRefusal = (typeof SIGN_IN_REFUSALS)[number]

/**
 * Somebody who may come in. `show`: what the page of a share shows. Or why not, and whom it was about, where that is
 * known.
 */
export type SignedIn = { person: Person; show?: Shown }
export type NotSignedIn = { refused: SignInRefusal; about: Person | null }

export type SignIn = {
  /** By the token of an invitation or a share. Rejects where Redis cannot be asked. */
  byToken: (text: string) => Promise<SignedIn | NotSignedIn>
  /** By a name, where everybody may come in anyway. */
  byName: (name: string) => SignedIn | NotSignedIn
  /** The same person, for as long as they may stay by now. Rejects where Redis cannot be asked. */
  renew: (person: Person) => Promise<SignedIn | NotSignedIn>
}

export type SignInPorts = {
  tokens: Tokens
  ways: WaysIn
  store: SignInStore
  standing: (person: Person) => boolean
  /** The id of a new sign-in. */
  id: () => string
  now: () => number
}

export const createSignIn = ({ tokens, ways, store, standing, id, now }: SignInPorts): SignIn => {
  const refusal = (refused: SignInRefusal, about: Person | null): NotSignedIn => ({ refused, about })

  /**
   * Whom an invitation lets in now: it may have been renewed since its link was sent. Whoever comes in is as old as the
   * link, so that nobody slips by a revocation that is on its way.
   */
  const invited = async (asking: Person): Promise<SignedIn | NotSignedIn> => {
    if (!ways.invitations) return refusal('not_here', asking)
    const found = await store.invitation(asking.credential ?? '')
    if (found === null || found.revoked || !standing(asking)) return refusal('revoked', asking)
    if (found.until <= now()) return refusal('expired', asking)
    const grants = parseGrants(found.grants)
    if (grants === null) return refusal('bad', asking)
    const { person: id, name, until } = found
    return { person: { ...asking, id, name, grants, via: 'invitation', until } }
  }

  /** Whom a share lets in: nobody by name. */
  const shared = async (asking: Person): Promise<SignedIn | NotSignedIn> => {
    const found = await store.share(asking.credential ?? '')
    if (found === null || found.revoked || !standing(asking)) return refusal('revoked', asking)
    return { person: asking, show: found.show }
  }

  return {
    byToken: async (text) => {
      const asking = tokens.read(['invitation', 'share'], text)
      if (typeof asking === 'string') return refusal(asking, null)
      const result = await (asking.via === 'share' ? shared(asking) : invited(asking))
      if (!('person' in result)) return result
      await (asking.via === 'share' ? store.opened : store.used)(asking.credential ?? '')
      return asking.via === 'share' ? result : { person: { ...result.person, session: id() } }
    },
    byName: (name) => {
      if (!ways.open) return refusal('not_here', null)
      const nothing = { credential: null, by: null, until: null }
      return { person: { id: slugOf(name), name, grants: ALL_GRANTS, via: 'open', since: now(), ...nothing } }
    },
    renew: async (person) => {
      if (person.via === 'invitation') return invited(person)
      return person.via === 'share' ? shared(person) : { person }
    },
  }
}
