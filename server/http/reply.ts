import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'

/** What a request is answered with. A body is made once, and sent as it is to all who ask for the same. */
export type Reply = { status: number; headers: Record<string, string>; body: Buffer }

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' }

export const jsonReply = (value: unknown, status = 200, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { ...JSON_TYPE, 'Cache-Control': 'no-cache', ...headers },
  body: Buffer.from(JSON.stringify(value)),
})

/** A body by which a browser can tell that it has it already. */
export const taggedJson = (body: Buffer, etag: string): Reply => ({
  status: 200,
  headers: { ...JSON_TYPE, 'Cache-Control': 'no-cache', ETag: etag },
  body,
})

export const emptyReply = (status: number, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: Buffer.alloc(0),
})

/** The tag of a body by its bytes. */
export const tagOf = (body: Buffer): string => `"${createHash('sha1').update(body).digest('base64url')}"`

/** Whether a list of tags, as a header has it, names this one; a weak one names it too. */
export const namesTag = (list: string, etag: string): boolean =>
  list.trim() === '*' || list.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)

/** Sends a reply. To HEAD goes all but the body. */
export const send = (response: ServerResponse, reply: Reply, common: Record<string, string>): void => {
  const { status, headers, body } = reply
  const isEmpty = status === 204 || status === 304
  const length = isEmpty ? {} : { 'Content-Length': String(body.length) }
  response.writeHead(status, { ...common, ...headers, ...length })
  response.end(isEmpty || response.req.method === 'HEAD' ? undefined : body)
}
