import type { Hello, Notice } from '../wire/protocol.ts'
import { kindOf } from '../wire/topics.ts'
import type { Config } from './config.ts'
import type { Faults } from './faults.ts'
import { coverView } from './fleet/view.ts'
import { forGuests } from './for-guests.ts'
import { emptySnapshot } from './kinds/kinds.ts'
import { createConflate } from './live/conflate.ts'
import { createDemand } from './live/demand.ts'
import type { Count } from './live/events.ts'
import { createFlusher } from './live/flusher.ts'
import { createGuests } from './live/guests.ts'
import type { Message } from './live/message.ts'
import type { Channels, ReadTopic, TopicPorts } from './live/ports.ts'
import { wireError } from './live/requests.ts'
import type { Sent } from './live/sent.ts'
import { type ClientSocket, openSession, type Session, type SessionPorts } from './live/session.ts'
import type { Work } from './live/work.ts'
import type { Attend } from './people/attendance.ts'
import { createSessions } from './sessions.ts'

const CAPS = { backlogBytes: 256 * 1024, waitingBytes: 2 * 1024 * 1024, stalledMs: 10_000 }

export type ClientsPorts = {
  channels: Channels
  read: ReadTopic
  isUpdate: TopicPorts['isUpdate']
  count: Count
  faults: Faults
  /** Called with every answer to a request of a client. */
  answered: SessionPorts['answered']
  /** Counted up with every frame that is written. */
  sent: Sent
  /**
   * Called after each flush, with the time that it took, the wait before the next (ms), and the update in it that
   * waited longest, where there was one that was sent as it came.
   */
  flushed: (took: number, wait: number, oldest?: Message) => void
  hello: () => Hello
  /** The time that heartbeats tell: Unix milliseconds. */
  time: () => number
  /** The groups of devices that there are. */
  groups: () => readonly string[]
}

/** This node's clients and the topics that they watch: the live core, and what it must know of markets and maps. */
export const createClients = (
  config: Config,
  { channels, read, isUpdate, count, faults, flushed, groups, ...told }: ClientsPorts,
) => {
  const sessions = createSessions(count)
  const demand = createDemand({ channels, read, count, faults, isUpdate, empty: emptySnapshot }, config.LINGER_MS)
  const flusher = createFlusher({
    share: config.FLUSH_SHARE,
    minMs: config.FLUSH_MIN_MS,
    maxMs: config.FLUSH_MAX_MS,
    sent: told.sent,
    faults,
    flushed,
  })
  const caps = { ...CAPS, topics: config.MAX_WATCHES, requestsPerSecond: config.MAX_REQUESTS }
  const ports: SessionPorts = {
    demand,
    guests: createGuests(forGuests),
    flusher,
    conflate: createConflate((topic, updates) => kindOf(topic).conflate(updates), faults, demand.spoil),
    count,
    faults,
    now: Date.now,
    ...told,
    cover: (bounds, named, sight) => coverView(bounds, named, groups(), sight),
    named: (topic) => kindOf(topic).byName,
    missing: (topic) => wireError(kindOf(topic).missing ?? 'unavailable'),
  }

  const tellAll = (notice: () => Notice): void => {
    for (const session of sessions.all()) session.notify(notice())
  }
  let farewell: (() => Notice) | null = null

  return {
    demand,
    /** Who is connected, and how they are ended. */
    people: sessions.people,
    sweep: sessions.sweep,
    endWhere: sessions.endWhere,
    open: (socket: ClientSocket, work: Work, attend: Attend): Session => {
      const attendance = attend(() => session.withdraw())
      const session: Session = openSession(socket, caps, ports, work, attendance.who)
      const gone = (): void => {
        sessions.remove(session)
        attendance.leave()
        session.close()
      }
      socket.on('disconnect', faults.guard('client.disconnect', gone, undefined, socket.id))
      count('connected')
      if (farewell) session.notify(farewell())
      sessions.add(session, attendance)
      return session
    },
    /** Tells every client something; each gets a notice of its own. */
    tellAll,
    /** Tells every client to go, those too whose connection was still on its way. */
    sendAway: (notice: () => Notice): void => {
      farewell = notice
      tellAll(notice)
    },
    count: sessions.size,
    watches: (): number => [...sessions.all()].reduce((sum, { watches }) => sum + watches.size(), 0),
    /** Ends all that are still there, at once: a client that takes nothing would not hear that it is asked to go. */
    stop: (): void => {
      flusher.close()
      for (const session of sessions.all()) session.end()
    },
  }
}
