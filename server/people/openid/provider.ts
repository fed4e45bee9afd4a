import * as client from 'openid-client'

export type ProviderSettings = {
  issuer: string
  clientId: string
  /** Null for a public client: PKCE alone proves that the answer is for us. */
  clientSecret: string | null
}

/** Longest wait for the provider, in seconds, and how long a failure is remembered, in milliseconds. */
const ANSWER_WITHIN_S = 10
const AFTER_FAILURE_MS = 5000

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** Plain http is only for a provider on the same machine. */
const isPlain = (issuer: URL): boolean => issuer.protocol === 'http:' && LOOPBACK.test(issuer.hostname)

/** What the provider says of itself, asked for when it is first needed and kept. Rejects where it cannot be had. */
export const openProvider = (
  { issuer, clientId, clientSecret }: ProviderSettings,
  now: () => number,
): (() => Promise<client.Configuration>) => {
  const url = new URL(issuer)
  const authentication = clientSecret === null ? client.None() : client.ClientSecretPost(clientSecret)
  let known: Promise<client.Configuration> | null = null
  let failedAt = Number.NEGATIVE_INFINITY
  return () => {
    if (known !== null) return known
    if (now() - failedAt < AFTER_FAILURE_MS) return Promise.reject(new Error('the identity provider was away just now'))
    const asked = client.discovery(url, clientId, undefined, authentication, {
      timeout: ANSWER_WITHIN_S,
      execute: isPlain(url) ? [client.allowInsecureRequests] : [],
    })
    known = asked
    asked.catch(() => {
      known = null
      failedAt = now()
    })
    return asked
  }
}
