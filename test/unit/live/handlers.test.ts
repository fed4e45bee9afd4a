import { expect, it } from 'vitest'
import { type Answered, toError } from '../../../server/live/answer.ts'
import { Written } from '../../../server/live/bytes.ts'
import { createHandlers } from '../../../server/live/handlers.ts'
import { wireError } from '../../../server/live/requests.ts'
import type { Watches } from '../../../server/live/watches.ts'
import { cellTopic, type Topic, topicKind } from '../../../wire/topics.ts'

/** A client that may watch two topics by name, and whose view has three cells. */
const setUp = (fails: (topic: Topic) => boolean) => {
  const watched = new Set<Topic>()
  const cells = ['0', '1', '2'].map((last) => cellTopic(`other/023130120331${last}`))
  const watch: Watches['watch'] = (topic, _after, _tuning, answered) => {
    if (fails(topic)) return answered(toError(topic, wireError('unavailable')))
    watched.add(topic)
    answered({ kind: 'snapshot', text: '{}' })
  }
  const watches = {
    watch,
    tune: (topic: Topic) => watched.has(topic),
    unwatch: (topic: Topic) => watched.delete(topic),
    has: (topic: Topic) => watched.has(topic),
    size: () => watched.size,
  } as unknown as Watches
  const handlers = createHandlers(
    { topics: 2, waitingBytes: 1000 },
    {
      count: () => {},
      cover: () => ({ topics: cells, groups: ['other'] }),
      named: (topic) => topicKind(topic) !== 'c',
    },
    {
      watches,
      limit: { ask: () => true, chargeTopics: () => {} },
      backlog: () => 0,
      topic: () => {},
      mayWatch: () => true,
    },
  )
  const ask = (request: object): Answered[] => {
    let results: Answered[] = []
    const steps = handlers.watch(request, (answer) => {
      if (answer instanceof Written) results = answer.value.results
    })
    while (!steps.next().done);
    return results
  }
  return { ask, bounds: { west: 0, south: 0, east: 1, north: 1 } }
}

const names = (count: number): object => ({ topics: Array.from({ length: count }, (_, i) => ({ topic: `s:S${i}` })) })
const taken = (results: Answered[]): number => results.filter(({ kind }) => kind !== 'error').length

it('cells of a view leave room for as many topics by name as a client may watch', () => {
  const { ask, bounds } = setUp(() => false)
  expect(taken(ask({ view: { bounds } }))).toBe(3)
  expect(taken(ask(names(5)))).toBe(2)
})

it('cells that could not be watched make no room for more', () => {
  const { ask, bounds } = setUp((topic) => topicKind(topic) === 'c')
  expect(taken(ask({ view: { bounds } }))).toBe(0)
  expect(taken(ask(names(5)))).toBe(2)
})
