/** The largest feed that is read, in bytes once unpacked; those of the largest agencies have a megabyte. */
export const MOST_FEED_BYTES = 16 * 1024 * 1024
/** For all of a feed to come, in milliseconds. */
export const FEED_WITHIN_MS = 20_000

/** A feed, that it is as it was, or why it could not be had. */
export type Fetched = { kind: 'new'; bytes: Uint8Array } | { kind: 'same' } | { kind: 'failed'; why: string }

export type FeedSource = {
  fetch: () => Promise<Fetched>
  /** What came last was not taken: it must come again, whether it has changed or not. */
  forget: () => void
}

/** Asks for a feed by its address, and only for what has changed where the server can tell. */
export const createFeedSource = (url: string, ask: typeof fetch): FeedSource => {
  let known: Record<string, string> = {}
  const read = async (): Promise<Fetched> => {
    // The operator named this address: the server must not send the node to others.
    const response = await ask(url, { redirect: 'manual', headers: known, signal: AbortSignal.timeout(FEED_WITHIN_MS) })
    if (response.status === 304) return { kind: 'same' }
    if (!response.ok || response.body === null) {
      await response.body?.cancel()
      return { kind: 'failed', why: `the server answered ${response.status}` }
    }
    const bytes = await readAll(response.body)
    if (bytes === null) return { kind: 'failed', why: `it has more than ${MOST_FEED_BYTES / 1024 / 1024} MiB` }
    const [etag, modified] = [response.headers.get('etag'), response.headers.get('last-modified')]
    known = { ...(etag && { 'If-None-Match': etag }), ...(modified && { 'If-Modified-Since': modified }) }
    return { kind: 'new', bytes }
  }
  return {
    fetch: () => read().catch((error: Error) => ({ kind: 'failed', why: reasonOf(error) })),
    forget: () => {
      known = {}
    },
  }
}

/** What a network says of itself; an address, which may hold a key, is not in it. */
const reasonOf = ({ name, message, cause }: Error): string => {
  const inner = cause instanceof Error ? cause.message : ''
  return name === 'TimeoutError' ? 'it did not come in time' : inner || message
}

/** All of a body; null where it is more than may be. */
const readAll = async (body: ReadableStream<Uint8Array>): Promise<Uint8Array | null> => {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of body) {
    bytes += piece.length
    // What leaves the loop cancels the rest.
    if (bytes > MOST_FEED_BYTES) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
