import type { Socket } from 'socket.io'
import type { Bounds } from '../../wire/cells.ts'
import type {
  ClientToServer,
  Cursor,
  Hello,
  Notice,
  ServerToClient,
  TuneReply,
  Tuning,
  UnwatchReply,
  ViewResult,
  WatchReply,
  WatchResult,
  WireError,
} from '../../wire/protocol.ts'
import { parseTopic, type Topic, topicId } from '../../wire/topics.ts'
import type { Faults } from '../faults.ts'
import type { Conflate } from './conflate.ts'
import type { Demand } from './demand.ts'
import type { Flusher } from './flusher.ts'
import { frameWriter } from './frame.ts'
import { type Gathering, gather } from './gather.ts'
import { createLimit } from './limit.ts'
import { Outbox } from './outbox.ts'
import type { Count, OutboxCaps, Sent, Work } from './ports.ts'
import { RATE_LIMITED, readRequest, refused, tuneRequest, unwatchRequest, watchRequest, wireError } from './requests.ts'
import { type Budget, createWatches, type Watches } from './watches.ts'

export type ClientSocket = Socket<ClientToServer, ServerToClient>

export type SessionCaps = OutboxCaps & {
  /** Topics that one client may watch by name; cells of its view are capped by the view. */
  topics: number
  /** Watch and unwatch messages a second. */
  requestsPerSecond: number
}

export type SessionPorts = {
  demand: Demand
  flusher: Flusher
  conflate: Conflate
  count: Count
  faults: Faults
  now: () => number
  hello: () => Hello
  sent: Sent
  /** Called with every answer. */
  answered: (answer: WatchReply | UnwatchReply | TuneReply) => void
  /** The topics that a view of the map covers, null where they are too many. */
  cover: (bounds: Bounds) => Topic[] | null
  /** Topics that are watched by name (not by a view). */
  named: (topic: Topic) => boolean
  missing: (topic: Topic) => WireError
}

export type Session = {
  watches: Watches
  /** Tells the client something, after all that waits for it. */
  notify: (notice: Notice) => void
  /** Ends the connection at once. */
  end: () => void
  close: () => void
}

/** One connected client: its watches, its view, its outbox. */
export const openSession = (socket: ClientSocket, caps: SessionCaps, ports: SessionPorts, work: Work): Session => {
  const writer = frameWriter(socket)
  const { faults } = ports
  /** Ends the connection at once. */
  const end = faults.guard('client.disconnect', () => writer.terminate(), undefined, socket.id)
  const later = (run: () => unknown, ms: number): void => {
    setTimeout(faults.guard('client.catch-up', run, end, socket.id), ms).unref()
  }
  const outbox = new Outbox(caps, {
    id: socket.id,
    faults,
    writer,
    flusher: ports.flusher,
    conflate: ports.conflate,
    count: ports.count,
    sent: ports.sent,
    now: ports.now,
    letGo: (sent) => watches.letGo(sent),
    catchUp: faults.guard('client.catch-up', () => watches.catchUp(), end, socket.id),
    drop: end,
  })
  const watches: Watches = createWatches(ports.demand, outbox, ports.missing, later)
  let viewed = new Set<Topic>()
  let known = false
  const limit = createLimit(caps.requestsPerSecond, ports.now, () => {
    ports.count('ended_requests')
    end()
  })
  /** Whoever asks for more than it takes is to wait, too. */
  const allowed = (): boolean => limit.ask() && writer.backlog() <= caps.waitingBytes

  const join: Watches['watch'] = (...wish) => {
    work.topic()
    watches.watch(...wish)
  }

  const watchNamed = (
    text: string,
    after: Cursor | null,
    tuning: Tuning,
    replays: Budget,
    answered: (result: WatchResult) => void,
  ): void => {
    const topic = parseTopic(text)
    if (topic === null || !ports.named(topic)) answered(refused(text, 'bad_topic'))
    else if (!watches.has(topic) && watches.size() - viewed.size >= caps.topics)
      answered(refused(text, 'too_many_watches'))
    else join(topic, after, tuning, answered, replays)
  }

  const watchView = (
    bounds: Bounds | null,
    cursors: Record<string, Cursor>,
    tuning: Tuning,
    replays: Budget,
    results: Gathering<WatchResult>,
  ): ViewResult => {
    const topics = bounds === null ? [] : ports.cover(bounds)
    const before = viewed
    viewed = new Set(topics)
    for (const topic of before) if (!viewed.has(topic)) watches.unwatch(topic)
    if (topics === null) return { error: wireError('view_too_wide') }
    const stays = (topic: Topic): boolean => before.has(topic) && !(topic in cursors) && watches.tune(topic, tuning)
    for (const topic of topics) if (!stays(topic)) join(topic, cursors[topic] ?? null, tuning, results.next(), replays)
    return { cells: topics.map(topicId) }
  }

  const watch = (input: unknown, reply: (answer: WatchReply) => void): void => {
    const request = allowed() ? readRequest(watchRequest, input) : RATE_LIMITED
    if ('error' in request) {
      reply(request)
      return
    }
    const { topics = [], view } = request.data
    if (!known && (topics.some(({ cursor }) => cursor) || view?.cursors)) ports.count('returned')
    known = true
    const replays = { left: caps.waitingBytes }
    let viewResult: { view?: ViewResult } = {}
    const results = gather<WatchResult>((all) => reply({ results: all, ...viewResult }))
    for (const { topic, cursor, ...tuning } of topics)
      watchNamed(topic, cursor ?? null, tuning, replays, results.next())
    if (view !== undefined) {
      const { bounds, cursors, ...tuning } = view ?? { bounds: null }
      viewResult = { view: watchView(bounds, cursors ?? {}, tuning, replays, results) }
    }
    limit.chargeTopics(results.count())
    results.close()
  }

  const unwatch = (input: unknown): UnwatchReply => {
    const request = allowed() ? readRequest(unwatchRequest, input) : RATE_LIMITED
    if ('error' in request) return request
    limit.chargeTopics(request.data.topics.length)
    return {
      results: request.data.topics.map((text) => {
        const topic = parseTopic(text)
        if (topic === null || !ports.named(topic)) return refused(text, 'bad_topic')
        watches.unwatch(topic)
        return { topic, kind: 'unwatched' }
      }),
    }
  }

  const tune = (input: unknown): TuneReply => {
    const request = allowed() ? readRequest(tuneRequest, input) : RATE_LIMITED
    if ('error' in request) return request
    const { topics = [], view } = request.data
    limit.chargeTopics(topics.length)
    if (view) for (const topic of viewed) watches.tune(topic, view)
    return {
      results: topics.map(({ topic: text, ...tuning }) => {
        const topic = parseTopic(text)
        const tuned = topic !== null && ports.named(topic) && watches.tune(topic, tuning)
        return tuned ? { topic: text, kind: 'tuned' } : refused(text, topic === null ? 'bad_topic' : 'not_watched')
      }),
    }
  }

  /** Counts an answer, and gives it to who asked for one. */
  const give = <T extends WatchReply | UnwatchReply | TuneReply>(reply: (answer: T) => void, answer: T): void => {
    ports.answered(answer)
    if (typeof reply === 'function') reply(answer)
  }
  const request = <A extends unknown[]>(run: (...args: A) => void): ((...args: A) => void) =>
    faults.guard('client.request', (...args: A) => work.measured(() => run(...args)), end, socket.id)
  // What a watch is answered comes later, by the reads of topics: these must not meet with a fault of this client.
  socket.on(
    'watch',
    request((input, reply) =>
      watch(
        input,
        request((answer: WatchReply) => give(reply, answer)),
      ),
    ),
  )
  socket.on(
    'unwatch',
    request((input, reply) => give(reply, unwatch(input))),
  )
  socket.on(
    'tune',
    request((input, reply) => give(reply, tune(input))),
  )
  const hello = ports.hello()
  outbox.send('hello', () => hello)
  const beat = (): void => outbox.send('heartbeat', () => ({ at: ports.now(), seqs: watches.quiet() }))
  const heart = setInterval(faults.guard('client.heartbeat', beat, end, socket.id), hello.heartbeatMs)

  return {
    watches,
    notify: (notice) => outbox.send('notice', () => notice),
    end,
    close: () => {
      clearInterval(heart)
      outbox.close()
      watches.close()
    },
  }
}
