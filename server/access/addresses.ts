import type { IncomingMessage } from 'node:http'
import { isIP, SocketAddress } from 'node:net'
import type { TLSSocket } from 'node:tls'
import proxyAddr from 'proxy-addr'

export type Addresses = {
  /**
   * The address that pays for a request: that of its connection or, where that is a proxy's, the one that the proxy
   * names.
   */
  of: (request: IncomingMessage) => string
  /** Whether this is the address of a proxy: its connections carry the requests of many. */
  isProxy: (address: string | undefined) => boolean
  /** Whether a request came by https: as a proxy tells, who ended it, or by the address that browsers know. */
  isSecure: (request: IncomingMessage) => boolean
}

/** Whether PROXIES may have this part: an address, a range, or a name for ranges. */
export const isProxyRange = (text: string): boolean => {
  try {
    proxyAddr.compile([text])
    return true
  } catch {
    return false
  }
}

/**
 * Who asks, as limits count it. `proxies`: addresses, ranges (`10.0.0.0/8`) and the names `loopback`, `linklocal`,
 * `uniquelocal`. `publicUrl`: where browsers find the floor, if that is known.
 */
export const createAddresses = (proxies: readonly string[], publicUrl?: string): Addresses => {
  const secureHost = publicUrl?.startsWith('https:') ? new URL(publicUrl).host : null
  const trust = proxyAddr.compile([...proxies])
  const isProxy = (address: string | undefined): boolean => address !== undefined && trust(address, 0)
  return {
    // What a proxy may have passed on unread is no address: then the proxy itself pays.
    of: (request) => keyOf(proxyAddr.all(request, trust).findLast((text) => isIP(text) !== 0)),
    isProxy,
    isSecure: ({ socket, headers }) =>
      (socket as TLSSocket).encrypted === true ||
      (isProxy(socket.remoteAddress) && SECURE.test(String(headers['x-forwarded-proto']))) ||
      (secureHost !== null && headers.host === secureHost),
  }
}

/** Of several proxies the first is the one that browsers ask. */
const SECURE = /^https *(?:,|$)/i

const MAPPED = '::ffff:'
const GROUPS = 8

/**
 * What one customer of a network has: an IPv4 address, however it is written, or the first half of an IPv6 address,
 * since whoever has one has all that share it. A connection that has gone already has no address.
 */
export const keyOf = (address: string | undefined): string => {
  if (address === undefined) return 'unknown'
  if (isIP(address) === 4) return address
  const text = new SocketAddress({ address: address.replace(/%.*/, ''), family: 'ipv6' }).address
  if (text.startsWith(MAPPED) && isIP(text.slice(MAPPED.length)) === 4) return text.slice(MAPPED.length)
  const [before = [], after = []] = text.split('::').map((half) => half.split(':').filter(Boolean))
  const zeros = Array<string>(text.includes('::') ? GROUPS - before.length - after.length : 0).fill('0')
  return `${[...before, ...zeros, ...after].slice(0, GROUPS / 2).join(':')}::/64`
}
