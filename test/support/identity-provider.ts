import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type Configuration } from 'oidc-provider'

/** What the provider says of a person, by their login; whoever is not listed has no claims but their login. */
export type Accounts = Record<string, Record<string, unknown>>

export type IdentityProvider = {
  issuer: string
  accounts: Accounts
  client: { id: string; secret: string }
  /** Ends every grant of a person: nothing of theirs can be renewed. */
  forget: (login: string) => void
  stop: () => Promise<void>
}

export type ProviderOptions = {
  /** Where browsers may be sent back to. */
  back: string
  home: string
  accounts: Accounts
  /** Lifetimes in seconds. */
  ttl?: { accessToken?: number; idToken?: number; refreshToken?: number }
}

const CLIENT = { id: 'watchfloor', secret: 'a-secret-of-the-tests-0123456789' }
/** The API that programs' tokens are for. */
export const AUDIENCE = 'https://floor.example'

/** A real OpenID provider on loopback, with its own pages to sign in: any password will do. */
export const startIdentityProvider = async ({ back, home, accounts, ttl = {} }: ProviderOptions) => {
  const http = createServer()
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const gone = new Set<string>()
  const configuration: Configuration = {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        redirect_uris: [back],
        post_logout_redirect_uris: [home],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'one' }] },
    cookies: { keys: ['a-key-of-the-tests'] },
    claims: { openid: ['sub', 'groups'], profile: ['name', 'preferred_username'] },
    conformIdTokenClaims: false,
    findAccount: (_context, login) =>
      gone.has(login)
        ? undefined
        : { accountId: login, claims: () => ({ sub: login, name: login, ...accounts[login] }) },
    issueRefreshToken: async () => true,
    ttl: {
      AccessToken: ttl.accessToken ?? 600,
      IdToken: ttl.idToken ?? 600,
      RefreshToken: ttl.refreshToken ?? 3600,
      ClientCredentials: ttl.accessToken ?? 600,
      Interaction: 600,
      Session: 3600,
      Grant: 3600,
    },
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'floor',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  }
  const provider = new Provider(issuer, configuration)
  http.on('request', provider.callback())
  return {
    issuer,
    accounts,
    client: CLIENT,
    forget: (login) => void gone.add(login),
    stop: async () => {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  } satisfies IdentityProvider
}
