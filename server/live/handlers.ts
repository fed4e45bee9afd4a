import type { Cursor, TuneReply, Tuning, UnwatchReply, ViewResult, WireError } from '../../wire/protocol.ts'
import { parseTopic, type Topic } from '../../wire/topics.ts'
import { type Answered, refusal, type WatchAnswer, writeAnswer } from './answer.ts'
import { type Budget, createBudget } from './budget.ts'
import type { Written } from './bytes.ts'
import type { Client } from './client.ts'
import type { Count } from './events.ts'
import { gather } from './gather.ts'
import { RATE_LIMITED, type REQUESTS, readRequest, watchRequest } from './requests.ts'
import { createTune } from './tune.ts'
import { createUnwatch } from './unwatch.ts'
import { type Cover, createView } from './view.ts'
import type { Watches } from './watches.ts'
import type { Steps } from './work.ts'

export type HandlerCaps = {
  /** Topics that one client may watch by name; cells of its view are capped by the view. */
  topics: number
  /** Bytes that may be on their way to a client, and that one message is answered with. */
  waitingBytes: number
}

export type HandlerPorts = {
  count: Count
  cover: Cover
  /** Topics that are watched by name (not by a view). */
  named: (topic: Topic) => boolean
}

export type Reply = Written<WatchAnswer> | UnwatchReply | TuneReply | { error: WireError }

/** What one client asks for: how each request is read, checked and done, a topic a step. `reply` is called once. */
export type Handlers = Record<(typeof REQUESTS)[number], (input: unknown, reply: (answer: Reply) => void) => Steps> & {
  /** Drops what the client may not watch any more. Returns what that was. */
  withdraw: () => Topic[]
}

export const createHandlers = (caps: HandlerCaps, ports: HandlerPorts, client: Client): Handlers => {
  const { watches, limit, sight } = client
  let known = false

  /** Whoever asks for more than it takes is to wait, too. */
  const allowed = (): boolean => limit.ask() && client.backlog() <= caps.waitingBytes

  const join: Watches['watch'] = (...wish) => {
    client.topic()
    watches.watch(...wish)
  }
  const view = createView(client, ports.cover, join)

  const watchNamed = (
    text: string,
    after: Cursor | null,
    tuning: Tuning,
    replays: Budget,
    answered: (result: Answered) => void,
  ): void => {
    const topic = parseTopic(text)
    if (topic === null || !ports.named(topic)) answered(refusal(text, 'bad_topic'))
    else if (!sight.mayWatch(topic)) answered(refusal(text, 'not_allowed'))
    else if (!watches.has(topic) && watches.size() - view.topics().size >= caps.topics)
      answered(refusal(text, 'too_many_watches'))
    else join(topic, after, tuning, answered, replays)
  }

  /** As it stands when the answer is sent: a topic may have been taken away since it was answered for. */
  const standing = (result: Answered): Answered => {
    const topic = result.topic as Topic
    if (result.kind === 'error' || watches.has(topic)) return result
    return refusal(topic, sight.mayWatch(topic) ? 'unavailable' : 'not_allowed')
  }

  function* watch(input: unknown, reply: (answer: Written<WatchAnswer> | { error: WireError }) => void): Steps {
    const request = allowed() ? readRequest(watchRequest, input) : RATE_LIMITED
    if ('error' in request) return reply(request)
    const { topics = [], view: wanted } = request.data
    if (!known && (topics.some(({ cursor }) => cursor) || wanted?.cursors)) ports.count('returned')
    known = true
    const replays = createBudget(caps.waitingBytes)
    let viewResult: { view?: ViewResult } = {}
    const results = gather<Answered>((all) => reply(writeAnswer({ results: all.map(standing), ...viewResult })))
    for (const { topic, cursor, ...tuning } of topics) {
      watchNamed(topic, cursor ?? null, tuning, replays, results.next())
      yield
    }
    if (wanted !== undefined) {
      const { mode, rate } = wanted ?? {}
      viewResult = { view: yield* view.watch(wanted, { tuning: { mode, rate }, replays, results }) }
    }
    limit.chargeTopics(results.count())
    results.close()
  }

  return {
    watch,
    unwatch: createUnwatch(client, ports.named, allowed),
    tune: createTune(client, ports.named, allowed, view.topics),
    withdraw: () => {
      const topics = [...watches.topics()].filter((topic) => !sight.mayWatch(topic))
      for (const topic of topics) {
        view.forget(topic)
        watches.unwatch(topic)
      }
      return topics
    },
  }
}
