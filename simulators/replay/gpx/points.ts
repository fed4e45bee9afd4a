/** A point as it stands in the file, at `row`. What it does not tell is undefined. */
export type Point = { row: number; lat?: string; lon?: string } & Partial<Record<PointField, string>>
export type PointField = 'time' | 'speed' | 'course' | 'bearing' | 'heading'

/** Points that belong together. `name` is what the file calls them. */
export type Line = { kind: LineKind; name?: string }
export type LineKind = keyof typeof LINES

/** Where points stand in the tree, and whose they are. The first kind that a file has is what is replayed. */
export const LINES = {
  track: { line: '/gpx/trk', point: '/gpx/trk/trkseg/trkpt' },
  route: { line: '/gpx/rte', point: '/gpx/rte/rtept' },
  waypoint: { line: '/gpx', point: '/gpx/wpt' },
} as const

/**
 * What an element is to the point that it is in, by its place there; null: nothing. Names of another namespace than
 * GPX's begin with a colon. Speed and course are the point's own (GPX 1.0), or an extension's: Garmin's
 * TrackPointExtension, or whosever.
 */
export const fieldAt = (place: string): PointField | null => {
  if (place === 'time') return 'time'
  const [, field] =
    /^(?:extensions\/(?::?(?:trackpoint|trkpt)\w*\/)?)?:?(speed|course|bearing|heading)$/i.exec(place) ?? []
  return (field?.toLowerCase() as PointField | undefined) ?? null
}
