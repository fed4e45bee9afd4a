/** What goes with every answer, so that browsers take it for nothing else than what it is. Plain http works, for a floor inside a house. */
export const commonHeaders = (tiles: string | undefined): Record<string, string> => ({
  'Content-Security-Policy': contentPolicy(tiles),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Origin-Agent-Cluster': '?1',
  // Tile servers want to know who asks.
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
})

/** All from the node itself, its socket too; pictures also from where the map's tiles are. */
const contentPolicy = (tiles: string | undefined): string => {
  const host = tiles && URL.canParse(tiles) ? ` ${new URL(tiles).origin.replace('{s}', '*')}` : ''
  return Object.entries({
    'default-src': "'none'",
    'base-uri': "'none'",
    'connect-src': "'self'",
    'font-src': "'self'",
    'form-action': "'none'",
    'frame-ancestors': "'self'",
    'img-src': `'self' data: blob:${host}`,
    'script-src': "'self'",
    'style-src': "'self'",
  })
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ')
}

/** For so long a browser need not ask again what it may ask, in seconds. */
const REMEMBERED_S = 600

/**
 * Lets pages of these origins read the API, errors too. Browsers show it to no others. No cookies and no credentials go with such
 * requests: nothing here asks for any.
 */
export const pageHeaders = (
  { origin }: { origin?: string | undefined },
  origins: readonly string[],
): Record<string, string> => ({
  Vary: 'Origin',
  ...(origin !== undefined && origins.includes(origin) && { 'Access-Control-Allow-Origin': origin }),
})

/** What a browser that asks beforehand is told. */
export const preflightHeaders: Record<string, string> = {
  'Access-Control-Allow-Methods': 'GET, HEAD',
  'Access-Control-Allow-Headers': '*',
  'Access-Control-Max-Age': String(REMEMBERED_S),
}
