import type { Redis } from 'ioredis'
import type { AddressOf, RedisHost } from './address.ts'
import { connectAnew } from './connect-anew.ts'
import { type Options, sentinelOptions } from './options.ts'

const SWITCHED = '+switch-master'

/**
 * Hears from each Sentinel when it takes another server for the primary, and which. Needed, because the primary before
 * may hang with its connections open, or go on as one for some ten seconds, and what it is told in that time is lost.
 * `open` makes a connection that reconnects for ever. Returns a function that ends the watch. (ioredis's own
 * `failoverDetector` connects to every Sentinel from every connection and gives those no error handler: a dead Sentinel
 * then fills the log.)
 */
export const watchFailovers = (
  address: AddressOf<'sentinel'>,
  open: (options: Options, name: string) => Redis,
  onFailover: (primary: RedisHost) => void,
): (() => void) => {
  const sentinels = address.hosts.map((host, i) => {
    const sentinel = open({ ...sentinelOptions(address), ...host }, `sentinel-${i + 1}`)
    sentinel.on('ready', () => void sentinel.subscribe(SWITCHED).catch(() => connectAnew(sentinel)))
    sentinel.on('message', (_channel: string, text: string) => {
      const [name, , , host = '', port] = text.split(' ')
      if (name === address.primary) onFailover({ host, port: Number(port) })
    })
    sentinel.connect().catch(() => {}) // it tries again by itself
    return sentinel
  })
  return () => {
    for (const sentinel of sentinels) sentinel.disconnect()
  }
}
