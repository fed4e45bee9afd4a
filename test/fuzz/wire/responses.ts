import { errorCode, LEAK } from './errors.ts'

/** Statuses that a node may answer with. */
const STATUSES = [
  101, 200, 204, 206, 304, 400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 414, 415, 416, 417, 421, 426, 429, 431,
  500, 501, 503,
]
const OK = [101, 200, 204, 206, 304]

export type Responses = { refusals: string[]; faults: string[]; count: number }

type Response = { status: number; headers: Map<string, string>; body: string; rest: string }
/** `part`: the rest of it has not come. */
type Read = Response | { fault: string } | 'part'

const HEAD = /^HTTP\/1\.1 (\d{3})(?: [^\r\n]*)?\r\n((?:[!#$%&'*+.^_`|~\w-]+:[^\r\n]*\r\n)*)\r\n/

const unchunk = (text: string): { body: string; rest: string } | null => {
  let body = ''
  for (let at = 0; ; ) {
    const [line = '', size = ''] = /^([\da-fA-F]+)\r\n/.exec(text.slice(at, at + 20)) ?? []
    if (line === '') return null
    const from = at + line.length
    const length = Number.parseInt(size, 16)
    if (text.length < from + length + 2) return null
    body += text.slice(from, from + length)
    at = from + length + 2
    if (length === 0) return { body, rest: text.slice(at) }
  }
}

const readOne = (text: string, isHead: boolean): Read => {
  const [head, status = '', lines = ''] = HEAD.exec(text) ?? []
  if (head === undefined)
    return text.includes('\r\n\r\n') ? { fault: `no head of a response: ${text.slice(0, 200)}` } : 'part'
  const headers = new Map(
    lines.split('\r\n').map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const after = text.slice(head.length)
  // Said before the answer, to whoever asked whether to go on.
  if (status === '100') return readOne(after, isHead)
  const response = { status: Number(status), headers, body: '', rest: after }
  if (isHead || [101, 204, 304].includes(response.status)) return response
  if (headers.get('transfer-encoding') === 'chunked') {
    const whole = unchunk(after)
    return whole ? { ...response, ...whole } : 'part'
  }
  const length = headers.get('content-length')
  if (length === undefined) return { ...response, body: after, rest: '' }
  if (after.length < Number(length)) return 'part'
  return { ...response, body: after.slice(0, Number(length)), rest: after.slice(Number(length)) }
}

/** Whether it is an error of Engine.IO, which has shapes of its own. */
const isEngineError = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'code' in value && 'message' in value

const faultOf = ({ status, headers, body }: Response): string | null => {
  const type = headers.get('content-type') ?? ''
  if (!STATUSES.includes(status)) return `status ${status}`
  if (headers.has('x-powered-by')) return 'it tells what it is made with'
  if (LEAK.test(body)) return `it shows its insides: ${LEAK.exec(body)?.[0]}`
  if (OK.includes(status)) return null
  if (body === '') return status === 500 ? 'status 500' : null
  if (type.includes('html')) return `status ${status} as HTML`
  try {
    const value = JSON.parse(Buffer.from(body, 'latin1').toString())
    if (errorCode(value) !== null || isEngineError(value) || 'ready' in value) return null
    return `status ${status} with ${body.slice(0, 100)}`
  } catch {
    return type.includes('json') || status === 500 ? `status ${status}, no JSON: ${body.slice(0, 100)}` : null
  }
}

/**
 * Reads the responses to requests with these methods. `loose`: where one ends and the next begins was made unclear on
 * purpose, so that only the first can be told.
 */
export const readResponses = (text: string, methods: readonly string[], loose: boolean): Responses => {
  const read: Responses = { refusals: [], faults: [], count: 0 }
  let rest = text
  while (rest !== '') {
    const response = readOne(rest, methods[read.count] === 'HEAD')
    if (response === 'part') return read
    if ('fault' in response) {
      if (!(loose && read.count > 0)) read.faults.push(response.fault)
      return read
    }
    const fault = faultOf(response)
    if (fault !== null) read.faults.push(fault)
    read.count++
    if (!OK.includes(response.status)) read.refusals.push(String(response.status))
    if (response.status === 101) return read
    rest = response.rest
  }
  return read
}
