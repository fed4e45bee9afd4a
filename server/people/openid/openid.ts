import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Grants, MOST_GRANTS_LETTERS, writeGrants } from '../../../wire/grants.ts'
import type { Person } from '../person.ts'
import type { Secret } from '../secret.ts'
import { createIssuerTokens } from './bearer.ts'
import { type GrantRules, grantsOf, readGrantsFile } from './grants-file.ts'
import type { Identity } from './identity.ts'
import { openProvider } from './provider.ts'
import { createSealed, type Sealed } from './sealed.ts'
import { createSignIn, type Pending, type Refused, type Renewal, type SignedIn, type SignIn } from './sign-in.ts'

/** Where providers send browsers back to. */
export const BACK_PATH = '/signin/openid/back'

export type OpenIdSettings = {
  issuer: string
  clientId: string
  clientSecretFile: string | undefined
  grantsFile: string
  scope: string
  audience: string
  sessionMs: number
  /** The floor as browsers see it. */
  publicUrl: string
}

export type OpenIdPorts = {
  secret: Secret
  /** The handle of a person, the same for ever. Rejects where Redis cannot be asked. */
  handleOf: (key: string, name: string) => Promise<string>
  /** Unix milliseconds. */
  now: () => number
}

export type OpenId = Pick<SignIn, 'begin' | 'endUrl'> & {
  /** Who came back from the provider, and what renews it. */
  finish: (query: string, pending: string | undefined) => Promise<(Came & { to: string }) | Refused>
  renew: (person: Person, renewal: string | undefined) => Promise<Came | Refused>
  /** What the browser keeps of a sign-in; null where it is not ours. */
  renewalOf: (text: string | undefined) => Promise<Renewal | null>
  /** Who a program's token of the provider lets in. Rejects where the provider or Redis cannot be asked. */
  bearer: (token: string) => Promise<Person | null>
}
/** `renewal`: what the browser keeps, sealed. */
export type Came = { person: Person; renewal: string }

const SECRET_REMEDY = 'Set OPENID_CLIENT_SECRET_FILE to the file that holds what the provider gave you.'

const readClientSecret = (path: string): string => {
  try {
    const text = readFileSync(path, 'utf8').trim()
    if (text !== '') return text
  } catch (error) {
    throw new Error(`OPENID_CLIENT_SECRET_FILE ${path} cannot be read: ${(error as Error).message}. ${SECRET_REMEDY}`)
  }
  throw new Error(`OPENID_CLIENT_SECRET_FILE ${path} is empty. ${SECRET_REMEDY}`)
}

/** Opens the way in by an identity provider; throws, with the remedy, where its files cannot be used. */
export const openOpenId = (settings: OpenIdSettings, ports: OpenIdPorts): OpenId => {
  const { clientSecretFile, publicUrl, sessionMs } = settings
  const rules = readGrantsFile(settings.grantsFile)
  const clientSecret = clientSecretFile === undefined ? null : readClientSecret(clientSecretFile)
  const provider = openProvider({ ...settings, clientSecret }, ports.now)
  const renewals: Sealed<Renewal> = createSealed(ports.secret, 'renewal')
  const pending: Sealed<Pending> = createSealed(ports.secret, 'sign-in')
  const back = `${publicUrl}${BACK_PATH}`
  const signIn = createSignIn({ provider, pending, back, home: `${publicUrl}/`, scope: settings.scope })
  const issuerToken = createIssuerTokens(provider, settings.audience)
  const personOf = createPersonOf(rules, ports)

  /** `since`: before the provider was asked. Meanwhile all that the person has may be taken back. */
  const came = async ({ identity, renewal }: SignedIn, credential: string, since: number): Promise<Came | Refused> => {
    const person = await personOf(identity, { via: 'openid', credential, since, until: since + sessionMs })
    if (person === null) return { refused: 'denied', reason: TOO_MANY_GRANTS }
    return { person, renewal: await renewals.seal(renewal, Math.ceil(sessionMs / 1000) + 60) }
  }
  const renewalOf = async (text: string | undefined): Promise<Renewal | null> =>
    text === undefined ? null : renewals.open(text)

  return {
    begin: signIn.begin,
    endUrl: signIn.endUrl,
    renewalOf,
    finish: async (query, text) => {
      const since = ports.now()
      const result = await signIn.finish(query, text)
      if ('refused' in result) return result
      const found = await came(result, `o-${randomBytes(12).toString('base64url')}`, since)
      return 'refused' in found ? found : { ...found, to: result.to }
    },
    renew: async ({ id, credential }, text) => {
      const since = ports.now()
      const renewal = await renewalOf(text)
      if (renewal === null) return { refused: 'denied', reason: 'this browser has nothing to renew it with' }
      const result = await signIn.renew(renewal)
      if ('refused' in result) return result
      const found = await came(result, credential ?? '', since)
      // The two cookies of a browser may be of two people: then one would live on by what let the other in.
      return 'person' in found && found.person.id !== id ? NOT_THEIRS : found
    },
    bearer: async (token) => {
      const read = await issuerToken(token)
      if (read === null) return null
      const { identity, since, until } = read
      return personOf(identity, { via: 'token', credential: null, since, until })
    },
  }
}

const NOT_THEIRS: Refused = { refused: 'denied', reason: 'what this browser has renews somebody else' }
const TOO_MANY_GRANTS = `its grants have more than ${MOST_GRANTS_LETTERS} letters: GRANTS_FILE has to say it shorter`

/** A person of whom the provider speaks; null where their grants would not fit into a cookie. */
const createPersonOf =
  (rules: GrantRules, { handleOf }: OpenIdPorts) =>
  async (
    { key, name, claims }: Identity,
    rest: Pick<Person, 'via' | 'credential' | 'since' | 'until'>,
  ): Promise<Person | null> => {
    const grants = withoutRepeats(grantsOf(rules, claims))
    if (writeGrants(grants).length > MOST_GRANTS_LETTERS) return null
    return { id: await handleOf(key, name), name, grants, by: null, ...rest }
  }

const withoutRepeats = (grants: Grants): Grants => {
  const seen = new Map(grants.map((grant) => [writeGrants([grant]), grant]))
  return [...seen.values()]
}
