import type { PersonEntry } from '../../wire/people.ts'
import type { Commands } from '../redis/deployment.ts'
import { HERE_KEY } from './calls.ts'
import { keptFresh } from './fresh.ts'

/** Everybody who was ever let in by name. */
export type ReadPeople = () => Promise<readonly PersonEntry[]>

/** Somebody new can be mentioned after so long, in milliseconds. */
const FRESH_MS = 2000

export type HandlesPorts = {
  redis: Commands
  people: ReadPeople
  /** Milliseconds, by a clock that never goes back. */
  now: () => number
}

/** The handles of everybody that the floor knows, or who is here: on an open floor nobody else remembers names. */
export const createHandles = ({ redis, people, now }: HandlesPorts): (() => Promise<ReadonlySet<string>>) => {
  const read = async (): Promise<ReadonlySet<string>> => {
    const [known, here] = await Promise.all([people(), redis.hkeys(HERE_KEY)])
    return new Set([...known.map(({ id }) => id), ...here])
  }
  return keptFresh(read, FRESH_MS, now)
}
