import type { Response } from 'express'
import type { Office } from '../../wire/grants.ts'
import { Full } from '../people/hashes.ts'
import type { Person } from '../people/person.ts'
import type { PeopleStore } from '../people/store.ts'
import { byPieces } from '../pieces.ts'
import { ApiError } from './errors.ts'
import { workOf } from './handler.ts'

export type PeoplePorts = {
  store: PeopleStore
  /** Who asks. */
  personOf: (response: Response) => Person
  /** What they may do at this moment. */
  rights: { standing: (person: Person) => boolean; mayManage: (person: Person, office: Office) => boolean }
  /** A link that lets in whoever has it, as this person. */
  link: (use: 'invitation' | 'share', person: Person) => Promise<string>
  /** The groups of devices that there are. */
  groups: () => readonly string[]
  /** Unix milliseconds. */
  now: () => number
}

/** Rows that are written in one piece of work: a tenth of a millisecond. */
const ROWS_AT_ONCE = 50
/** What has ended is listed for so long (ms). */
const LISTED_MS = 7 * 86_400_000
const NO_STORE = { 'Cache-Control': 'no-store' }

/** How the record names somebody. */
export const nameIn = ({ id }: Person): string => id ?? 'anybody'

/** Sends a reply about people, which nobody keeps. */
export const send = (response: Response, reply: object): Promise<unknown> =>
  workOf(response)(() => response.set(NO_STORE).json(reply))

/** The same for many rows. */
export const sendRows = async (response: Response, name: string, rows: readonly object[]): Promise<void> => {
  const work = workOf(response)
  const texts = await byPieces(rows, ROWS_AT_ONCE, work, (row) => JSON.stringify(row))
  await work(() =>
    response
      .set(NO_STORE)
      .type('json')
      .send(`{"${name}":[${texts.join(',')}]}`),
  )
}

/** What a list shows: nothing that ended long ago; the newest first. */
export const listed = <Row extends { until: number; made: number }>(rows: readonly Row[], now: number): Row[] =>
  rows.filter(({ until }) => until > now - LISTED_MS).sort((a, b) => b.made - a.made)

/** Throws where something would end too late, or has ended already. */
export const checkEnd = (until: number, now: number, longest: number): void => {
  if (until <= now) throw new ApiError('bad_request', { more: 'until: is over already' })
  if (until > now + longest)
    throw new ApiError('bad_request', { more: `until: at most ${longest / 86_400_000} days from now` })
}

/** For a promise of the store: tells whoever asks that there is no room. */
export const tooMany = (error: unknown): never => {
  if (error instanceof Full) throw new ApiError('too_many')
  throw error
}
