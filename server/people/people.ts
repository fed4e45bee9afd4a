import type { WaysIn } from '../../wire/people.ts'
import type { Config } from '../config.ts'
import { createIdentify, hasWay, type Identify } from './identify.ts'
import { newId } from './ids.ts'
import { type OpenId, openOpenId } from './openid/openid.ts'
import { openIdSettings } from './openid/settings.ts'
import type { Person } from './person.ts'
import { makeSecret, readSecret } from './secret.ts'
import { createSignIn, type SignIn, type SignInStore } from './sign-in.ts'
import type { PeopleStore } from './store.ts'
import { createTokens, type Tokens } from './tokens.ts'

export type PeoplePorts = {
  config: Config
  store: SignInStore & Pick<PeopleStore, 'handleOf'>
  /** Whether what lets a person in holds still: it was not taken back. */
  standing: (person: Person) => boolean
  /** Whether this node would hear that something is taken back. */
  hears: () => boolean
  now: () => number
}

/** Who is let in, and how. */
export type People = {
  tokens: Tokens
  ways: WaysIn
  identify: Identify
  signIn: SignIn
  /** The identity provider; null where this floor has none. */
  openId: OpenId | null
  /** Who a client is from now on that renews what let it in, by a ticket or a program's token; null: nobody. */
  renewed: (text: string) => Promise<Person | null>
  /**
   * Whether anybody may be let in now. Where this node would not hear that somebody may no longer be here, nobody is;
   * on an open floor nothing is ever taken back.
   */
  letsIn: () => boolean
}

export const waysOf = ({ ACCESS }: Config): WaysIn => ({
  open: ACCESS.includes('open'),
  invitations: ACCESS.includes('invitations'),
  openid: ACCESS.includes('openid'),
})

/** Opens the way in; throws, with the remedy, where there is no secret to use. */
export const openPeople = async ({ config, store, standing, hears, now }: PeoplePorts): Promise<People> => {
  makeSecret(config.SECRET_FILE)
  const secret = readSecret(config.SECRET_FILE)
  const tokens = createTokens(secret, now)
  const ways = waysOf(config)
  const openId = ways.openid ? openOpenId(openIdSettings(config), { secret, handleOf: store.handleOf, now }) : null
  return {
    tokens,
    ways,
    identify: createIdentify({ tokens, ways, standing, now, provider: openId?.bearer ?? null }),
    signIn: createSignIn({ tokens, ways, store, standing, id: newId, now }),
    openId,
    renewed: async (text) => {
      const read = tokens.read(['ticket', 'bearer', 'seat'], text)
      if (read === 'bad') return (await openId?.bearer(text)) ?? null
      return typeof read === 'string' || !hasWay(ways, read.via) ? null : read
    },
    letsIn: () => ways.open || hears(),
  }
}
