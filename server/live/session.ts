import type { Socket } from 'socket.io'
import type { CancelReply, CommandReply } from '../../wire/commands.ts'
import type { ClockReply } from '../../wire/past.ts'
import type { RenewReply } from '../../wire/people.ts'
import type { ClientToServer, Hello, Notice, ServerToClient, WireError } from '../../wire/protocol.ts'
import type { DoneReply, SayReply } from '../../wire/rooms.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Faults } from '../faults.ts'
import type { WatchAnswer } from './answer.ts'
import { Written } from './bytes.ts'
import type { Conflate } from './conflate.ts'
import type { Demand } from './demand.ts'
import type { Flusher } from './flusher.ts'
import { eventFrame } from './frame.ts'
import { frameWriter } from './frame-writer.ts'
import { demandOfGuest, type Guests } from './guests.ts'
import { createHandlers, type HandlerCaps, type HandlerPorts, type Reply } from './handlers.ts'
import { createLimit } from './limit.ts'
import { Outbox, type OutboxCaps } from './outbox.ts'
import { RATE_LIMITED, REQUESTS, wireError } from './requests.ts'
import type { Sent } from './sent.ts'
import { createWatches, type Watches } from './watches.ts'
import { ACTS, type Act, PAST_ACTS, type Who } from './who.ts'
import type { Steps, Work } from './work.ts'

export type ClientSocket = Socket<ClientToServer, ServerToClient>

export type SessionCaps = OutboxCaps &
  HandlerCaps & {
    /** Requests a second. */
    requestsPerSecond: number
  }

export type SessionPorts = HandlerPorts & {
  demand: Demand
  guests: Guests
  flusher: Flusher
  conflate: Conflate
  faults: Faults
  now: () => number
  /** The time that heartbeats tell: Unix milliseconds. */
  time: () => number
  hello: () => Hello
  sent: Sent
  /** Called with every answer. */
  answered: (answer: Counted) => void
  /** What to tell of a topic that does not exist. */
  missing: (topic: Topic) => WireError
}

/** What an act is answered with. */
type ActReply = SayReply | DoneReply | CommandReply | CancelReply | RenewReply | ClockReply

/** As much of an answer as is counted. */
export type Counted = Exclude<Reply, Written<unknown>> | WatchAnswer | ActReply

export type Session = {
  watches: Watches
  /** Tells the client something, after all that waits for it; one that takes nothing is not told. */
  notify: (notice: Notice) => void
  /** Tells the client what it must hear, ahead of what waits for it. */
  tell: (notice: Notice) => void
  /** Drops what the client may not watch any more, and tells it so. */
  withdraw: () => void
  /** Gives it no more updates from this moment on, tells it why, and ends the connection. */
  dismiss: (notice: Notice) => void
  /** Ends the connection at once. */
  end: () => void
  close: () => void
}

/** A client that was dismissed has so long to take the last word, in milliseconds. */
const FAREWELL_MS = 500

/** One connected client: its watches, its view, its outbox. */
export const openSession = (
  socket: ClientSocket,
  caps: SessionCaps,
  ports: SessionPorts,
  work: Work,
  who: Who,
): Session => {
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
  const demand = who.isGuest ? demandOfGuest(ports, outbox, end, socket.id) : ports.demand
  const watches: Watches = createWatches(demand, outbox, ports.missing, later)
  const limit = createLimit(caps.requestsPerSecond, ports.now, () => {
    ports.count('ended_requests')
    end()
  })
  const handlers = createHandlers(caps, ports, {
    watches,
    limit,
    backlog: () => writer.backlog(),
    topic: () => work.topic(),
    sight: who,
  })
  const acts = actsOf(who, work, () => limit.ask())
  const guard: Guard = (run) => faults.guard('client.request', run, end, socket.id)
  hearRequests(socket, [...pairs(REQUESTS, handlers), ...acts], work, guard, ports.answered)
  const hello = ports.hello()
  outbox.send('hello', () => hello)
  const beat = (): void => outbox.send('heartbeat', () => ({ at: ports.time(), seqs: watches.quiet() }))
  const heart = setInterval(faults.guard('client.heartbeat', beat, end, socket.id), hello.heartbeatMs)

  const tell = (notice: Notice): void => writer.write(eventFrame('notice', notice))
  const withdraw = (): void => {
    const topics = handlers.withdraw()
    if (topics.length === 0) return
    ports.count('withdrawn')
    tell({ kind: 'withdrawn', topics })
  }
  const dismiss = (notice: Notice): void => {
    watches.close()
    outbox.close()
    tell(notice)
    setTimeout(end, FAREWELL_MS).unref()
    socket.disconnect(true)
  }
  return {
    watches,
    notify: (notice) => outbox.send('notice', () => notice),
    tell: faults.guard('client.request', tell, end, socket.id),
    withdraw: faults.guard('client.request', () => work.measured(withdraw), end, socket.id),
    dismiss: faults.guard('client.disconnect', dismiss, end, socket.id),
    end,
    close: () => {
      clearInterval(heart)
      work.forget()
      outbox.close()
      watches.close()
    },
  }
}

type Event = (typeof REQUESTS)[number] | (typeof ACTS)[number] | (typeof PAST_ACTS)[number]
type Handler = (input: unknown, reply: (answer: Reply | ActReply) => void) => Steps

/** Makes of a function one whose faults cost this client its connection, and nobody else anything. */
type Guard = <A extends unknown[]>(run: (...args: A) => void) => (...args: A) => void

/** Has each request of a client handled in its turn, and paid for by the client; its answers are counted. */
const hearRequests = (
  socket: ClientSocket,
  handlers: readonly [Event, Handler][],
  work: Work,
  guard: Guard,
  answered: SessionPorts['answered'],
): void => {
  /** Gives an answer to who asked. Reads of topics call it: no fault of this client may reach them. */
  const give = (reply: unknown) =>
    guard((answer: Reply | ActReply) =>
      work.measured(() => {
        answered(answer instanceof Written ? answer.value : answer)
        if (typeof reply === 'function') reply(answer)
      }),
    )
  for (const [event, handler] of handlers)
    socket.on(
      event,
      guard((input: unknown, reply: unknown) => work.perform(handler(input, give(reply)))),
    )
}

const pairs = <Name extends (typeof REQUESTS)[number]>(
  names: readonly Name[],
  all: Record<Name, Handler>,
): [Event, Handler][] => names.map((name) => [name, all[name]])

/** Acts as requests are handled: at most so many a second, and paid for. */
const actsOf = ({ acts }: Who, work: Work, allowed: () => boolean): [Event, Handler][] => {
  const handle = (act: Act): Handler =>
    function* (input, reply) {
      if (!allowed()) return reply(RATE_LIMITED)
      work.topic()
      act(input).then(
        (answer) => reply(answer as ActReply),
        () => reply({ error: wireError('unavailable') }),
      )
    }
  const names = [...ACTS, ...PAST_ACTS] as const
  return names.flatMap((name): [Event, Handler][] => {
    const act = acts[name]
    return act ? [[name, handle(act)]] : []
  })
}
