import { ownText } from './words.ts'

/** A symbol or device of a file. */
export type Source = {
  /** Its place among all. */
  index: number
  /** Known at the end only where it depends on how many there are. */
  name: string
  /** What its rows are where they are right and not needed: the waypoints of a file that has tracks. */
  unneeded: string | null
  /** The highest number of its own so far, NaN where it had none. */
  highest: number
}

/** The sources of a file. */
export type Sources = {
  /** The source of a name; null where there are too many. */
  named: (name: string) => Source | null
  /** One that gets its name later; null where there are too many. */
  nameless: () => Source | null
  all: readonly Source[]
}

/** The most symbols and devices of a file. Names of so many are kept here, by the publisher and by the floor. */
const MOST_SOURCES = 100_000
export const TOO_MANY = `the file has more than ${MOST_SOURCES.toLocaleString('en')} symbols or devices`

export const createSources = (): Sources => {
  const all: Source[] = []
  const names = new Map<string, Source>()
  const add = (name: string): Source | null => {
    if (all.length === MOST_SOURCES) return null
    const source = { index: all.length, name, unneeded: null, highest: Number.NaN }
    all.push(source)
    return source
  }
  return {
    all,
    nameless: () => add(''),
    named: (name) => {
      const known = names.get(name)
      if (known) return known
      const own = ownText(name)
      const source = add(own)
      if (source) names.set(own, source)
      return source
    },
  }
}
