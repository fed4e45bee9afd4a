import type { IncomingMessage } from 'node:http'
import { ApiError } from './errors.ts'

/** What a request is for: the path as it was sent, and the parameters, each as often as it was given. */
export type Target = { path: string; query: Record<string, string | string[]> }

const ABSOLUTE = /^https?:\/\/([^/?#\\]*)([/?].*)?$/i

/**
 * Reads what a request is for, and refuses it where its host is not one of this node's: the Host that it names, and the one in its
 * target where that is a whole address.
 */
export const readTarget = (request: IncomingMessage, allows: (host: string | undefined) => boolean): Target => {
  const [, authority, rest] = ABSOLUTE.exec(request.url ?? '') ?? []
  const target = authority === undefined ? (request.url ?? '') : rest?.startsWith('/') ? rest : `/${rest ?? ''}`
  const hosts = hostsOf(request)
  if (hosts.length > 1 || (hosts.length === 0 && request.httpVersion !== '1.0'))
    throw new ApiError('bad_request', { more: 'It names one Host.' })
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const named = [...hosts, ...(authority === undefined ? [] : [authority])]
  if (!isForMachines(path) && (named.length === 0 || !named.every(allows))) throw new ApiError('wrong_host')
  return { path, query: readQuery(mark < 0 ? '' : target.slice(mark + 1)) }
}

/** Balancers and orchestrators ask these by whatever they know a node by. They tell nothing but the node's name and that it is well. */
export const isForMachines = (path: string): boolean => path === '/healthz' || path === '/readyz'

const hostsOf = ({ rawHeaders }: IncomingMessage): string[] =>
  rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'host')

const MOST_PARAMETERS = 20

const readQuery = (text: string): Target['query'] => {
  const query: Target['query'] = Object.create(null)
  let count = 0
  for (const [name, value] of new URLSearchParams(text)) {
    if (++count > MOST_PARAMETERS) throw new ApiError('bad_request', { more: 'Too many parameters.' })
    const before = query[name]
    query[name] = before === undefined ? value : [before, value].flat()
  }
  return query
}

/** The parts of a path between its slashes, decoded. */
export const partsOf = (path: string): string[] => {
  try {
    return path.slice(1).split('/').map(decodeURIComponent)
  } catch {
    throw new ApiError('bad_request', { more: 'The address cannot be decoded.' })
  }
}
