import type { UnwatchReply } from '../../wire/protocol.ts'
import { parseTopic, type Topic } from '../../wire/topics.ts'
import type { Client } from './client.ts'
import { RATE_LIMITED, readRequest, refused, unwatchRequest } from './requests.ts'
import type { Steps } from './work.ts'

type Results = Extract<UnwatchReply, { results: unknown }>['results']

/** How `unwatch` is read, checked and done. `allowed`: whether the client may ask for something now. */
export const createUnwatch = (
  { watches, limit }: Client,
  named: (topic: Topic) => boolean,
  allowed: () => boolean,
): ((input: unknown, reply: (answer: UnwatchReply) => void) => Steps) => {
  const unwatchNamed = (text: string): Results[number] => {
    const topic = parseTopic(text)
    if (topic === null || !named(topic)) return refused(text, 'bad_topic')
    watches.unwatch(topic)
    return { topic, kind: 'unwatched' }
  }

  return function* (input, reply) {
    const request = allowed() ? readRequest(unwatchRequest, input) : RATE_LIMITED
    if ('error' in request) return reply(request)
    limit.chargeTopics(request.data.topics.length)
    const results: Results = []
    for (const text of request.data.topics) {
      results.push(unwatchNamed(text))
      yield
    }
    reply({ results })
  }
}
