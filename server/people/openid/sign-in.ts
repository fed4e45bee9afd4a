import * as client from 'openid-client'
import { type Identity, identityOf } from './identity.ts'
import type { Sealed } from './sealed.ts'

/** A sign-in that is under way, as the browser keeps it, sealed. `to`: where on the floor it goes afterwards. */
export type Pending = { state: string; nonce: string; verifier: string; to: string }
/** What renews a sign-in later, as the browser keeps it, sealed. `idToken`: names the session when it signs out. */
export type Renewal = { refresh: string | null; idToken: string | null; key: string }

export type SignedIn = { identity: Identity; renewal: Renewal }
/** `denied`: the provider said no, or the answer was not for this browser. `away`: it could not be asked. */
export type Refused = { refused: 'denied' | 'away'; reason: string }

export type SignIn = {
  /** Where the browser goes, and the text that it keeps meanwhile. */
  begin: (to: string) => Promise<{ url: string; pending: string } | Refused>
  /** `query`: what the provider sent the browser back with. */
  finish: (query: string, pending: string | undefined) => Promise<(SignedIn & { to: string }) | Refused>
  /** Asks the provider whether the person is still who they were, and for what it says of them now. */
  renew: (renewal: Renewal) => Promise<SignedIn | Refused>
  /** Where the browser goes to sign out of the provider, too; null where it has no such place. */
  endUrl: (renewal: Renewal | null) => Promise<string | null>
}

export type SignInPorts = {
  provider: () => Promise<client.Configuration>
  pending: Sealed<Pending>
  /** The address to which the provider sends browsers back, and the floor's own. */
  back: string
  home: string
  scope: string
}

/** How long a person may take at the provider, in seconds. */
export const PENDING_S = 600

export const createSignIn = ({ provider, pending, back, home, scope }: SignInPorts): SignIn => ({
  begin: async (to) => {
    const config = await provider().catch(away)
    if ('refused' in config) return config
    const verifier = client.randomPKCECodeVerifier()
    const kept: Pending = { state: client.randomState(), nonce: client.randomNonce(), verifier, to: placeOf(to) }
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: back,
      scope,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: kept.state,
      nonce: kept.nonce,
    })
    return { url: url.href, pending: await pending.seal(kept, PENDING_S) }
  },
  finish: async (query, text) => {
    const kept = text === undefined ? null : await pending.open(text)
    if (kept === null) return denied('the sign-in was not begun in this browser, or took too long')
    const config = await provider().catch(away)
    if ('refused' in config) return config
    try {
      const tokens = await client.authorizationCodeGrant(config, new URL(`${back}?${query}`), {
        expectedState: kept.state,
        expectedNonce: kept.nonce,
        pkceCodeVerifier: kept.verifier,
        idTokenExpected: true,
      })
      return withPlace(signedIn(tokens, null), kept.to)
    } catch (error) {
      return refusal(error)
    }
  },
  renew: async (renewal) => {
    if (renewal.refresh === null) return denied('the provider gave nothing to renew it with')
    const config = await provider().catch(away)
    if ('refused' in config) return config
    try {
      return signedIn(await client.refreshTokenGrant(config, renewal.refresh), renewal)
    } catch (error) {
      return refusal(error)
    }
  },
  endUrl: async (renewal) => {
    const config = await provider().catch(away)
    if ('refused' in config || config.serverMetadata().end_session_endpoint === undefined) return null
    const hint = renewal?.idToken ? { id_token_hint: renewal.idToken } : {}
    return client.buildEndSessionUrl(config, { post_logout_redirect_uri: home, ...hint }).href
  },
})

type Tokens = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers

/** Who was signed in. A renewal may leave out what it said before, but never name somebody else. */
const signedIn = (tokens: Tokens, before: Renewal | null): SignedIn | Refused => {
  const claims = tokens.claims()
  const identity = claims === undefined ? null : identityOf(claims)
  if (identity === null) return denied('the provider did not say who it is')
  if (before !== null && identity.key !== before.key) return denied('the provider named somebody else')
  const renewal: Renewal = {
    refresh: tokens.refresh_token ?? before?.refresh ?? null,
    idToken: tokens.id_token ?? before?.idToken ?? null,
    key: identity.key,
  }
  return { identity, renewal }
}

const withPlace = (result: SignedIn | Refused, to: string): (SignedIn & { to: string }) | Refused =>
  'refused' in result ? result : { ...result, to }

/** A place on this floor, and on no other host: `/`, perhaps with a fragment. */
const placeOf = (to: string): string => (/^\/(#[^\s\\]{0,2000})?$/.test(to) ? to : '/')

const denied = (reason: string): Refused => ({ refused: 'denied', reason })
const away = (error: unknown): Refused => ({ refused: 'away', reason: String(error) })

/** What the provider answered is a no; what did not answer is away. */
const refusal = (error: unknown): Refused => {
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError)
    return denied(`${error.error}: ${error.error_description ?? ''}`)
  if (error instanceof client.ClientError) return denied(`${error.code ?? 'unknown'}: ${error.message}`)
  return away(error)
}
