/** A position of a recording. */
export type Position = {
  id: string
  n: number
  t: number
  lat: number
  lon: number
  speed: number
  route: string
  doubtful?: true
}

/** The track of each device as told by all positions at once, in order of time. */
export const tracksOf = (positions: readonly Position[]): Map<string, Position[]> =>
  Map.groupBy(
    positions.toSorted((a, b) => a.t - b.t || a.n - b.n),
    ({ id }) => id,
  )

/** Where a device is: the last of its track that is not doubtful. */
export const lastOf = (track: readonly Position[] | undefined): Position | undefined =>
  track?.findLast(({ doubtful }) => !doubtful)

/** A rectangle around all that are not doubtful, in degrees. */
export const boundsOf = (positions: readonly Position[]) => {
  const certain = positions.filter(({ doubtful }) => !doubtful)
  const [lats, lons] = [certain.map(({ lat }) => lat), certain.map(({ lon }) => lon)]
  return { west: Math.min(...lons), east: Math.max(...lons), south: Math.min(...lats), north: Math.max(...lats) }
}
