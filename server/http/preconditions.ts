import type { IncomingHttpHeaders } from 'node:http'
import { ApiError } from './errors.ts'
import { emptyReply, namesTag, type Reply } from './reply.ts'

/** The reply to whoever has it already, or wanted another: If-None-Match, If-Match. */
export const conditional = (headers: IncomingHttpHeaders, reply: Reply): Reply => {
  const { ETag: etag, ...rest } = reply.headers
  if (etag === undefined || reply.status !== 200) return reply
  if (headers['if-match'] !== undefined && !namesTag(headers['if-match'], etag))
    throw new ApiError('bad_request', { status: 412, more: 'If-Match names another state.' })
  const had = headers['if-none-match']
  if (had === undefined || !namesTag(had, etag)) return reply
  const { 'Content-Type': _type, ...kept } = rest
  return emptyReply(304, { ...kept, ETag: etag })
}

const ONE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/

/** The part of a file that Range asks for; all of it where that asks for something else, or for several. */
export const ranged = (headers: IncomingHttpHeaders, reply: Reply): Reply => {
  const { range, 'if-range': ifRange } = headers
  const [, first = '', last = ''] = ONE_RANGE.exec(range ?? '') ?? []
  const total = reply.body.length
  if (reply.status !== 200 || first + last === '' || (ifRange !== undefined && ifRange !== reply.headers.ETag))
    return reply
  const from = first === '' ? Math.max(total - Number(last), 0) : Number(first)
  const to = first === '' || last === '' ? total - 1 : Math.min(Number(last), total - 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return reply
  if (from > to)
    throw new ApiError('bad_request', {
      status: 416,
      more: `There are ${total} bytes.`,
      headers: { 'Content-Range': `bytes */${total}` },
    })
  return {
    status: 206,
    headers: { ...reply.headers, 'Content-Range': `bytes ${from}-${to}/${total}` },
    body: reply.body.subarray(from, to + 1),
  }
}
