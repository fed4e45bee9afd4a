import type { Response } from 'express'
import type { Archive } from '../../archive/archive.ts'
import { NOWHERE } from '../../wire/cursors.ts'
import type { Cursor, ErrorCode } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Past } from '../archive/questions.ts'
import type { Written } from '../archive/written.ts'
import { isGuest } from '../people/person.ts'
import type { Rights } from '../people/rights.ts'
import type { Work } from '../pieces.ts'
import { archiveFor, pastFor } from './archive.ts'
import { ApiError } from './errors.ts'
import { workOf } from './handler.ts'
import type { Kept } from './kept.ts'
import { personOf } from './person.ts'
import { namesTag, sendTagged, sendUnchanged, type Tagged, tagged } from './reply.ts'
import { createShared } from './shared.ts'

export type TopicReplyPorts = {
  rights: Pick<Rights, 'mayWatch'>
  /** Where a topic is in Redis; null for none. */
  cursor: (topic: Topic) => Promise<Cursor | null>
  archive: Archive | null
  /** Unix milliseconds. */
  clock: () => number
}

/** As it is now, or as it was at a moment (Unix ms). */
type Moment = { at?: number | undefined }
/** What is asked of a topic. */
type Asked<Query> = { topic: Topic; query: Query; missing: ErrorCode; reads: Reads<Query> }
export type Reads<Query> = {
  now: (archive: Past | null, query: Query, work: Work) => Promise<Written | null>
  at: (archive: Past, query: Query & { at: number }, work: Work) => Promise<Written | null>
}

/** What the archive has may change behind a topic's back (late rows, an import): it is looked at again after so long. */
const FRESH_MS = 10_000

/** Where a topic stands, as a tag may hold it, whatever somebody else wrote into Redis for its epoch. */
const stampOf = ({ epoch, seq }: Cursor): string => `${encodeURIComponent(epoch.toWellFormed())}.${seq}`

/** What is right as long as its topic has not moved. Nobody gets it before the topic was looked at. */
export const createTopicReply = ({ cursor, rights, archive, clock }: TopicReplyPorts, kept: Kept) => {
  const shared = createShared<Tagged>()
  const lately = (): string => `.${Math.floor(clock() / FRESH_MS)}`

  return async <Query extends Moment>(asked: Asked<Query>, response: Response): Promise<void> => {
    const { topic, query, missing } = asked
    // Before anything is asked of the topic: a refusal must not tell, by its words or its time, whether it exists.
    if (!rights.mayWatch(personOf(response), topic)) throw new ApiError('not_allowed')
    const isPast = query.at !== undefined
    const source = isPast ? pastFor(archive, response) : archiveFor(archive, response)
    const place = isPast ? NOWHERE : await cursor(topic)
    if (place === null && source === null) throw new ApiError(missing)
    const looked = (): string => (source === null ? '' : lately())
    const stamp = stampOf(place ?? NOWHERE) + looked()
    const had = response.req.get('if-none-match')
    if (had !== undefined && namesTag(had, `"${stamp}"`)) return sendUnchanged(response, `"${stamp}"`)
    const work = workOf(response)
    const name = JSON.stringify({ topic, ...query, guest: isGuest(personOf(response)) })
    const make = async (): Promise<Tagged> => {
      const when = looked()
      const written = await readOf(asked, source, work)
      const body = await work(() => Buffer.from(written.text))
      if (written.partial) return work(() => tagged(body))
      const own = stampOf(written.cursor) + when
      const made = { stamp: own, body, etag: `"${own}"` }
      kept.put(name, made)
      return made
    }
    const reply = kept.get(name, (own) => own === stamp) ?? (await shared(name, make))
    await work(() => sendTagged(response.type('json'), reply))
  }
}

/** What is asked of a topic, as it is now or as it was; throws where there is none. */
const readOf = async <Query extends Moment>(
  { query, reads, missing }: Asked<Query>,
  source: Past | null,
  work: Work,
): Promise<Written> => {
  const { at } = query
  const written =
    at === undefined || source === null
      ? await reads.now(source, query, work)
      : await reads.at(source, { ...query, at }, work)
  if (written === null) throw new ApiError(missing)
  return written
}
