import type { RedisOptions } from 'ioredis'
import type { AddressOf, RedisAddress } from './address.ts'

/** ioredis's settings, less one whose type does not mix. */
export type Options = Omit<RedisOptions, 'replyMapping'>

/**
 * A server that hangs does not answer a farewell either: after so many milliseconds the connection is closed without.
 */
const CLOSES_MS = 100

/**
 * What our connections have in common: they connect when told, and a connection or command that takes longer than so
 * many milliseconds fails. When one is lost, so are its commands: nothing is sent or subscribed again unless we do it.
 */
export const patience = (ms: number) =>
  ({
    lazyConnect: true,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: ms,
    commandTimeout: ms,
    disconnectTimeout: CLOSES_MS,
  }) as const satisfies Options

/** Who we are, to servers that hold data. */
export const credentialsOf = ({ username, password, tls }: RedisAddress): Options => ({
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(tls && { tls: {} }),
})

/** Where the one server is, or whom to ask for the primary, and who we are. */
export const optionsOf = (address: AddressOf<'single' | 'sentinel'>): Options => {
  const credentials = credentialsOf(address)
  if (address.mode === 'single') return { ...credentials, ...address.hosts[0], db: address.database }
  const { hosts, primary, sentinelPassword, tls } = address
  return {
    ...credentials,
    sentinels: hosts,
    name: primary,
    ...(sentinelPassword !== undefined && { sentinelPassword }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  }
}

/** Who we are, to the Sentinels. They have no data to load: connected, they are ready. */
export const sentinelOptions = ({ sentinelPassword, tls }: AddressOf<'sentinel'>): Options => ({
  enableReadyCheck: false,
  ...(sentinelPassword !== undefined && { password: sentinelPassword }),
  ...(tls && { tls: {} }),
})
