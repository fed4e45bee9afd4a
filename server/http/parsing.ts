import type { Socket } from 'node:net'

/**
 * Reaches under Node's public API: a connection that is destroyed goes on to have all requests read that came in the
 * same piece, thousands at 20 µs each. What makes requests is replaced by what says "the rest is no HTTP" (an upgrade),
 * at which the parser stops. Held by a contract test (test/integration/http/parsing.test.ts).
 */
type Parsed = Socket & { parser?: { onIncoming?: () => number } | null }

const UPGRADE = 2

/** Reads no more requests from what has come on a connection; it is to be destroyed then. */
export const stopParsing = (socket: Socket): void => {
  const { parser } = socket as Parsed
  if (parser?.onIncoming) parser.onIncoming = () => UPGRADE
}
