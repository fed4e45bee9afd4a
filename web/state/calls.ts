import type { ErrorReply } from '../../wire/api.ts'
import type { WireError } from '../../wire/protocol.ts'

export type Fetch = (path: string, init: RequestInit) => Promise<Response>
/** The node did not do it, and why. */
export type Failed = { error: WireError }

/** Why a call was refused, or null where it was done. */
export const errorOf = (reply: object): WireError | null => ('error' in reply ? (reply as Failed).error : null)

/** How long a call may take, in milliseconds. */
const WITHIN = 10_000

const failed = (message: string): Failed => ({ error: { code: 'unavailable', message } })
const UNREACHABLE = failed('Can’t reach the node.')

const asText = (type: string, body: string): RequestInit => ({ headers: { 'Content-Type': type }, body })
const asJson = (body: object): RequestInit => asText('application/json', JSON.stringify(body))

/** HTTP calls that change something, or that may be refused. What the node refuses is returned, with its code. */
export const createCalls = (fetch: Fetch) => {
  const call = async <T extends object>(method: string, path: string, body?: RequestInit): Promise<T | Failed> => {
    const init = { method, ...body, signal: AbortSignal.timeout(WITHIN) }
    const response = await fetch(path, init).catch(() => null)
    if (response === null) return UNREACHABLE
    const reply = (await response.json().catch(() => null)) as T | ErrorReply | null
    if (response.ok && reply !== null) return reply
    return reply !== null && 'error' in reply ? reply : failed(`The node returned an error (${response.status}).`)
  }
  return {
    get: <T extends object>(path: string) => call<T>('GET', path),
    post: <T extends object>(path: string, body: object) => call<T>('POST', path, asJson(body)),
    put: <T extends object>(path: string, body: object) => call<T>('PUT', path, asJson(body)),
    /** Posts a text of some type. */
    send: <T extends object>(path: string, type: string, body: string) => call<T>('POST', path, asText(type, body)),
    delete: <T extends object>(path: string) => call<T>('DELETE', path),
  }
}
export type Calls = ReturnType<typeof createCalls>
