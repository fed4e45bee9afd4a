import type { IncomingHttpHeaders } from 'node:http'
import type { Work } from '../pieces.ts'
import { ApiError } from './errors.ts'
import type { Reply } from './reply.ts'
import { partsOf, type Target } from './target.ts'

export type Asked = {
  /** What stands in the path where the route has `:name`. */
  params: Record<string, string>
  query: Target['query']
  headers: IncomingHttpHeaders
  /** Who asks pays for the work. */
  work: Work
}
export type Answer = (asked: Asked) => Reply | Promise<Reply>

/** Routes by their patterns (`/api/symbols/:symbol/candles`); a path is one or is not: no other case, no slash more or less. */
export type Routes = Record<string, Answer>

export type Found = { answer: Answer; params: Record<string, string> }

/** Finds routes; throws where there is none, or where the path cannot be decoded. */
export const createRouter = (routes: Routes): ((path: string) => Found) => {
  const table = Object.entries(routes).map(([pattern, answer]) => ({ parts: pattern.slice(1).split('/'), answer }))
  return (path) => {
    const raw = path.slice(1).split('/')
    for (const { parts, answer } of table) {
      if (path[0] !== '/' || parts.length !== raw.length) continue
      if (!parts.every((part, i) => part === raw[i] || (part.startsWith(':') && raw[i] !== ''))) continue
      const decoded = partsOf(path)
      const params = parts.flatMap((part, i) => (part.startsWith(':') ? [[part.slice(1), decoded[i] ?? '']] : []))
      return { answer, params: Object.fromEntries(params) }
    }
    partsOf(path)
    throw new ApiError('not_found')
  }
}
