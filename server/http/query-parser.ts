import { ApiError } from './errors.ts'

const MOST_PARAMETERS = 20

/** The parameters of a request, each as often as it was given. */
export const parseQuery = (text: string): Record<string, string | string[]> => {
  const query: Record<string, string | string[]> = Object.create(null)
  let count = 0
  for (const [name, value] of new URLSearchParams(text)) {
    if (++count > MOST_PARAMETERS) throw new ApiError('bad_request', { more: 'Too many parameters.' })
    const before = query[name]
    query[name] = before === undefined ? value : [before, value].flat()
  }
  return query
}
