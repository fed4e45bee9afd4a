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
  const forbidden = new Set<Topic>()
  const cells = ['0', '1', '2'].map((last) => cellTopic(`other/023130120331${last}`))
  const watch: Watches['watch'] = (topic, _after, _tuning, answered) => {
    if (fails(topic)) return answered(toError(topic, wireError('unavailable')))
    watched.add(topic)
    answered({ topic, kind: 'snapshot', text: '{}' })
  }
  const watches = {
    watch,
    tune: (topic: Topic) => watched.has(topic),
    unwatch: (topic: Topic) => watched.delete(topic),
    has: (topic: Topic) => watched.has(topic),
    topics: () => watched,
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
      sight: { mayWatch: (topic) => !forbidden.has(topic), extent: () => 'all' },
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
  return { ask, watched, forbidden, handlers, cells, bounds: { west: 0, south: 0, east: 1, north: 1 } }
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

const codes = (results: Answered[]) => results.map(({ error }) => error?.code)

it('what may not be watched is refused before anything is asked of it, by name and in a view', () => {
  const { ask, bounds, cells, forbidden, watched } = setUp(() => false)
  forbidden.add('s:A').add(cells[1] as Topic)
  expect(codes(ask({ topics: [{ topic: 's:A' }, { topic: 's:B' }], view: { bounds } }))).toEqual([
    'not_allowed',
    undefined,
    undefined,
    'not_allowed',
    undefined,
  ])
  expect([...watched]).toEqual(['s:B', cells[0], cells[2]])
})

it('what is withdrawn is dropped, in a view too, and leaves no room for more by name', () => {
  const { ask, bounds, cells, forbidden, handlers, watched } = setUp(() => false)
  ask({ topics: [{ topic: 's:A' }], view: { bounds } })
  forbidden.add('s:A').add(cells[1] as Topic)
  expect(handlers.withdraw()).toEqual(['s:A', cells[1]])
  expect([...watched]).toEqual([cells[0], cells[2]])
  expect(handlers.withdraw()).toEqual([])
  expect(taken(ask(names(5)))).toBe(2)
  forbidden.clear()
  expect(taken(ask({ view: { bounds } }))).toBe(1)
  expect([...watched]).toEqual([cells[0], cells[2], 's:S0', 's:S1', cells[1]])
})
