/**
 * Numbers fixes that have no number, in order of time: by the time, and those that follow at the same millisecond by
 * the time in microseconds, one higher each. So a file that is replayed again has the same numbers.
 */
export type Numbering = {
  /** Null: the same place at the same time came before. */
  numberOf: (source: number, t: number, lat: number, lon: number) => number | null
}

/** The most fixes of a device at one millisecond that get numbers of their own, and of all devices. */
const MOST_AT_ONCE = 1000
const MOST_OF_ALL = 500_000

const has = (places: readonly number[], lat: number, lon: number): boolean => {
  for (let i = 0; i < places.length; i += 2) if (places[i] === lat && places[i + 1] === lon) return true
  return false
}

export const createNumbering = (): Numbering => {
  /** Latitudes and longitudes, by turns, of each source at this millisecond. */
  const atOnce = new Map<number, number[]>()
  let now = Number.NaN
  let count = 0
  return {
    numberOf: (source, t, lat, lon) => {
      if (t !== now) {
        atOnce.clear()
        count = 0
      }
      now = t
      const places = atOnce.get(source)
      if (places === undefined) {
        atOnce.set(source, [lat, lon])
        count++
        return t
      }
      const before = places.length / 2
      if (before === MOST_AT_ONCE || count === MOST_OF_ALL || has(places, lat, lon)) return null
      places.push(lat, lon)
      count++
      return t * 1000 + before
    },
  }
}
