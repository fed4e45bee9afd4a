import { createRemoteJWKSet, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Configuration } from 'openid-client'
import { type Identity, identityOf } from './identity.ts'

export type IssuerToken = { identity: Identity; since: number; until: number }

/** How long the provider's keys may take, and how soon they are asked for again for a key that is not known (ms). */
const KEYS_WITHIN_MS = 5000
const KEYS_AGAIN_MS = 30_000

/**
 * Reads tokens of the provider that programs bring. `audience`: for whom they must be. Resolves with null where a token
 * is not the provider's, not for us, or has ended; rejects where the provider's keys cannot be had.
 */
export const createIssuerTokens = (
  provider: () => Promise<Configuration>,
  audience: string,
): ((token: string) => Promise<IssuerToken | null>) => {
  let keys: { of: string; get: JWTVerifyGetKey } | null = null
  const keysOf = (address: string): JWTVerifyGetKey => {
    if (keys?.of !== address)
      keys = {
        of: address,
        get: createRemoteJWKSet(new URL(address), {
          timeoutDuration: KEYS_WITHIN_MS,
          cooldownDuration: KEYS_AGAIN_MS,
        }),
      }
    return keys.get
  }
  return async (token) => {
    const { issuer, jwks_uri } = (await provider()).serverMetadata()
    if (jwks_uri === undefined) return null
    try {
      const { payload } = await jwtVerify(token, keysOf(jwks_uri), {
        issuer,
        audience,
        requiredClaims: ['sub', 'exp'],
        algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      })
      const identity = identityOf(payload)
      const { iat = 0, exp = 0 } = payload
      return identity && { identity, since: iat * 1000, until: exp * 1000 }
    } catch (error) {
      if (isAway(error)) throw error
      return null
    }
  }
}

/** jose's own errors speak of the token, all but these two. */
const isAway = (error: unknown): boolean => {
  const { code } = (error ?? {}) as { code?: string }
  return code === undefined || !code.startsWith('ERR_J') || code === 'ERR_JWKS_TIMEOUT'
}
