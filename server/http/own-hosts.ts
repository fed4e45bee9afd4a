import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import { ApiError } from './errors.ts'

const ABSOLUTE = /^https?:\/\/([^/?#\\]*)/i

/**
 * Balancers and orchestrators ask for these by whatever host they know. They say nothing but the node's name and that
 * it is well.
 */
export const isForMachines = (url: string): boolean => /^\/(healthz|readyz)(\?|$)/.test(url)

/**
 * Refuses requests whose host is not one of this node's: the Host that they name, and the one in their target where
 * that is a whole address.
 */
export const ownHosts =
  (allows: (host: string | undefined) => boolean): RequestHandler =>
  (request, _response, next) => {
    const { originalUrl, httpVersion } = request
    const hosts = hostsOf(request)
    if (hosts.length > 1 || (hosts.length === 0 && httpVersion !== '1.0'))
      throw new ApiError('bad_request', { more: 'A request must name exactly one Host.' })
    const [, authority] = ABSOLUTE.exec(originalUrl) ?? []
    const named = authority === undefined ? hosts : [...hosts, authority]
    if (!isForMachines(originalUrl) && (named.length === 0 || !named.every(allows))) throw new ApiError('wrong_host')
    next()
  }

/** Every Host as it was sent: of several, Node itself shows the first one only. */
const hostsOf = ({ rawHeaders }: IncomingMessage): string[] =>
  rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'host')
