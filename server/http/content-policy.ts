import helmet from 'helmet'

/**
 * What goes with every answer, so that browsers take it for nothing else than what it is. Plain http works, for a floor
 * inside a house.
 */
export const browserHeaders = (tiles: string | undefined) =>
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives: contentPolicy(tiles) },
    // Tile servers want to know who asks.
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    strictTransportSecurity: false,
  })

/** All from the node itself, its socket too; pictures also from where the map's tiles are. */
const contentPolicy = (tiles: string | undefined) => {
  const host = tiles && URL.canParse(tiles) ? [new URL(tiles).origin.replace('{s}', '*')] : []
  return {
    defaultSrc: ["'none'"],
    baseUri: ["'none'"],
    connectSrc: ["'self'"],
    fontSrc: ["'self'"],
    formAction: ["'none'"],
    frameAncestors: ["'self'"],
    imgSrc: ["'self'", 'data:', 'blob:', ...host],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
  }
}
