import type { Mark } from '../../archive/archive.ts'
import { ACCESS, type Topic } from '../../wire/topics.ts'
import type { Marked } from './batches.ts'
import { cutOf } from './dropping.ts'
import type { ArchivistPorts } from './ports.ts'
import type { Pulled, PullPorts } from './pull.ts'
import { pullOne } from './pull-one.ts'
import { pullRecord } from './record.ts'
import type { Tended } from './tended.ts'
import type { Writing } from './writing.ts'

export type Pulling = {
  /** Pulls what is new of some topics, and writes it. `at`: a moment before they were looked at, by Redis's clock. */
  topics: (some: readonly Tended[], at: number) => Promise<void>
  /** The same of the record of who did what. */
  record: (at: number) => Promise<void>
}

type Ports = Pick<ArchivistPorts, 'kept' | 'clock' | 'faults'>

/** `marks`: how far each topic is archived; kept up to date. */
export const createPulling = (
  { kept, clock, faults }: Ports,
  pullPorts: PullPorts,
  writing: Writing,
  marks: Map<Topic, Mark>,
): Pulling => {
  const wrote = (tended: Tended, { cursor, more, times }: Pulled, at: number): void => {
    tended.mark = cursor
    if (more) tended.look.due = clock()
    else {
      tended.cursor = cursor
      tended.doneAt = at
    }
    if (times === null) return
    tended.newest = Math.max(tended.newest, times.newest)
    if (times.oldest < cutOf(tended, kept)) tended.oldAt = clock()
  }

  const pullTopics: Pulling['topics'] = async (some, at) => {
    const pulled = await Promise.all(some.map((tended) => pullOne(pullPorts, faults, tended)))
    const found = new Map(some.map((tended, i) => [tended.topic, { tended, pulled: pulled[i] ?? null }]))
    const marked = Array.from(found, ([topic, { pulled: one }]): Marked[] =>
      one ? [{ rows: one.rows, mark: { topic, cursor: one.cursor, at } }] : [],
    ).flat()
    await writing.write(marked, (mark) => {
      const of = found.get(mark.topic)
      if (of?.pulled) wrote(of.tended, of.pulled, at)
      marks.set(mark.topic, mark)
    })
  }

  const pullLines: Pulling['record'] = async (at) => {
    for (;;) {
      const pulled = await pullRecord(pullPorts, marks.get(ACCESS)?.cursor.seq ?? 0)
      if (pulled === null) return
      const isWritten = await writing.write(
        [{ rows: pulled.rows, mark: { topic: ACCESS, cursor: pulled.cursor, at } }],
        (mark) => marks.set(ACCESS, mark),
      )
      if (!pulled.more || !isWritten) return
    }
  }
  return { topics: pullTopics, record: pullLines }
}
