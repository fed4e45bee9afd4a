import type { Bounds } from '../../wire/cells.ts'
import type { Cursor, TuneReply, Tuning, UnwatchReply, ViewResult, WireError } from '../../wire/protocol.ts'
import { parseTopic, type Topic, topicId } from '../../wire/topics.ts'
import { type Answered, refusal, type WatchAnswer, writeAnswer } from './answer.ts'
import { type Budget, createBudget } from './budget.ts'
import type { Written } from './bytes.ts'
import type { Client } from './client.ts'
import type { Count } from './events.ts'
import { type Gathering, gather } from './gather.ts'
import { RATE_LIMITED, type REQUESTS, readRequest, watchRequest, wireError } from './requests.ts'
import { createTune } from './tune.ts'
import { createUnwatch } from './unwatch.ts'
import type { Watches } from './watches.ts'
import type { Steps } from './work.ts'

type View = {
  bounds: Bounds
  groups?: readonly string[] | undefined
  cursors?: Record<string, Cursor> | undefined
}

export type HandlerCaps = {
  /** Topics that one client may watch by name; cells of its view are capped by the view. */
  topics: number
  /** Bytes that may be on their way to a client, and that one message is answered with. */
  waitingBytes: number
}

export type HandlerPorts = {
  count: Count
  /**
   * The topics that a view of the map covers, of the groups that it names or of all, and which groups there are; null
   * where they are too many.
   */
  cover: (
    bounds: Bounds,
    groups: readonly string[] | undefined,
  ) => { topics: Topic[]; groups: readonly string[] } | null
  /** Topics that are watched by name (not by a view). */
  named: (topic: Topic) => boolean
}

export type Reply = Written<WatchAnswer> | UnwatchReply | TuneReply | { error: WireError }

/** What one client asks for: how each request is read, checked and done, a topic a step. `reply` is called once. */
export type Handlers = Record<(typeof REQUESTS)[number], (input: unknown, reply: (answer: Reply) => void) => Steps>

export const createHandlers = (caps: HandlerCaps, ports: HandlerPorts, client: Client): Handlers => {
  const { watches, limit } = client
  let viewed = new Set<Topic>()
  let known = false

  /** Whoever asks for more than it takes is to wait, too. */
  const allowed = (): boolean => limit.ask() && client.backlog() <= caps.waitingBytes

  const join: Watches['watch'] = (...wish) => {
    client.topic()
    watches.watch(...wish)
  }

  const watchNamed = (
    text: string,
    after: Cursor | null,
    tuning: Tuning,
    replays: Budget,
    answered: (result: Answered) => void,
  ): void => {
    const topic = parseTopic(text)
    if (topic === null || !ports.named(topic)) answered(refusal(text, 'bad_topic'))
    else if (!client.mayWatch(topic)) answered(refusal(text, 'not_allowed'))
    else if (!watches.has(topic) && watches.size() - viewed.size >= caps.topics)
      answered(refusal(text, 'too_many_watches'))
    else join(topic, after, tuning, answered, replays)
  }

  /** A cell that could not be watched is not one of the view, or it would make room for one more topic by name. */
  const ofView =
    (topic: Topic, answered: (result: Answered) => void) =>
    (result: Answered): void => {
      if (result.kind === 'error') viewed.delete(topic)
      answered(result)
    }

  function* watchView(
    wanted: View | null,
    tuning: Tuning,
    replays: Budget,
    results: Gathering<Answered>,
  ): Generator<undefined, ViewResult> {
    const covered = wanted === null ? { topics: [], groups: [] } : ports.cover(wanted.bounds, wanted.groups)
    const before = viewed
    viewed = new Set(covered?.topics)
    for (const topic of before) {
      if (!viewed.has(topic)) watches.unwatch(topic)
      yield
    }
    if (covered === null) return { error: wireError('view_too_wide') }
    const { cursors = {} } = wanted ?? {}
    const stays = (topic: Topic): boolean => before.has(topic) && !(topic in cursors) && watches.tune(topic, tuning)
    for (const topic of covered.topics) {
      if (!stays(topic)) join(topic, cursors[topic] ?? null, tuning, ofView(topic, results.next()), replays)
      yield
    }
    return { cells: covered.topics.map(topicId), groups: covered.groups }
  }

  function* watch(input: unknown, reply: (answer: Written<WatchAnswer> | { error: WireError }) => void): Steps {
    const request = allowed() ? readRequest(watchRequest, input) : RATE_LIMITED
    if ('error' in request) return reply(request)
    const { topics = [], view } = request.data
    if (!known && (topics.some(({ cursor }) => cursor) || view?.cursors)) ports.count('returned')
    known = true
    const replays = createBudget(caps.waitingBytes)
    let viewResult: { view?: ViewResult } = {}
    const results = gather<Answered>((all) => reply(writeAnswer({ results: all, ...viewResult })))
    for (const { topic, cursor, ...tuning } of topics) {
      watchNamed(topic, cursor ?? null, tuning, replays, results.next())
      yield
    }
    if (view !== undefined) {
      const { mode, rate } = view ?? {}
      viewResult = { view: yield* watchView(view, { mode, rate }, replays, results) }
    }
    limit.chargeTopics(results.count())
    results.close()
  }

  return {
    watch,
    unwatch: createUnwatch(client, ports.named, allowed),
    tune: createTune(client, ports.named, allowed, () => viewed),
  }
}
