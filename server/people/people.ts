import type { WaysIn } from '../../wire/people.ts'
import type { Config } from '../config.ts'
import { createIdentify, hasWay, type Identify } from './identify.ts'
import type { Person } from './person.ts'
import { makeSecret, readSecret } from './secret.ts'
import { createSignIn, type SignIn, type SignInStore } from './sign-in.ts'
import { createTokens, type Tokens } from './tokens.ts'

export type PeoplePorts = {
  config: Config
  store: SignInStore
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
  const tokens = await createTokens(readSecret(config.SECRET_FILE), now)
  const ways = waysOf(config)
  return {
    tokens,
    ways,
    identify: createIdentify({ tokens, ways, standing, now }),
    signIn: createSignIn({ tokens, ways, store, standing, now }),
    renewed: async (text) => {
      const read = await tokens.read(['ticket', 'bearer', 'seat'], text)
      return typeof read === 'string' || !hasWay(ways, read.via) ? null : read
    },
    letsIn: () => ways.open || hears(),
  }
}
