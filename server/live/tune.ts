import type { TuneReply, Tuning } from '../../wire/protocol.ts'
import { parseTopic, type Topic } from '../../wire/topics.ts'
import type { Client } from './client.ts'
import { RATE_LIMITED, readRequest, refused, tuneRequest } from './requests.ts'
import type { Steps } from './work.ts'

type Results = Extract<TuneReply, { results: unknown }>['results']

/** How `tune` is read, checked and done. `allowed`: whether the client may ask now; `viewed`: what its view covers. */
export const createTune = (
  { watches, limit }: Client,
  named: (topic: Topic) => boolean,
  allowed: () => boolean,
  viewed: () => Iterable<Topic>,
): ((input: unknown, reply: (answer: TuneReply) => void) => Steps) => {
  const tuneNamed = (text: string, tuning: Tuning): Results[number] => {
    const topic = parseTopic(text)
    if (topic !== null && named(topic) && watches.tune(topic, tuning)) return { topic: text, kind: 'tuned' }
    return refused(text, topic === null ? 'bad_topic' : 'not_watched')
  }

  return function* (input, reply) {
    const request = allowed() ? readRequest(tuneRequest, input) : RATE_LIMITED
    if ('error' in request) return reply(request)
    const { topics = [], view } = request.data
    limit.chargeTopics(topics.length)
    if (view)
      for (const topic of viewed()) {
        watches.tune(topic, view)
        yield
      }
    const results: Results = []
    for (const { topic, ...tuning } of topics) {
      results.push(tuneNamed(topic, tuning))
      yield
    }
    reply({ results })
  }
}
