import { createHash } from 'node:crypto'
import type { Response } from 'express'

/**
 * A body that is made once, and sent as it is to all who ask for the same. `etag`: tells a browser that it has it
 * already.
 */
export type Tagged = { body: Buffer; etag: string }

export const tagged = (body: Buffer): Tagged => ({
  body,
  etag: `"${createHash('sha1').update(body).digest('base64url')}"`,
})

/** Whether a list of tags, as If-None-Match has it, names this one; a weak one names it too. */
export const namesTag = (list: string, etag: string): boolean =>
  list.trim() === '*' || list.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)

/** For whoever asked only, and to be asked for again each time: what they may see can change. */
const OWN = 'private, no-cache'

/**
 * Sends a body, or that whoever asks has it already. express would send all of it to those who say `no-cache`, as some
 * programs do with each If-None-Match.
 */
export const sendTagged = (response: Response, { body, etag }: Tagged, cacheControl = OWN): void => {
  const had = response.req.get('if-none-match')
  if (had !== undefined && namesTag(had, etag)) sendUnchanged(response, etag, cacheControl)
  else response.set({ 'Cache-Control': cacheControl, ETag: etag }).send(body)
}

/** Sends that whoever asks has it already. */
export const sendUnchanged = (response: Response, etag: string, cacheControl = OWN): void => {
  response.set({ 'Cache-Control': cacheControl, ETag: etag }).status(304).end()
}
