import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSession } from '../../../../web/socket/session.ts'
import type { WatchEvent } from '../../../../web/state/watch.ts'
import { createWatches } from '../../../../web/state/watches.ts'
import type { WatchRequest } from '../../../../wire/protocol.ts'
import type { Topic } from '../../../../wire/topics.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const SNAPSHOT = { last: null, quote: null, day: null, prev: null, candle: null }

/** A page that watches a symbol and a part of the map. What it asks is kept; symbols of a name in `unknown` are refused. */
const setUp = () => {
  const asked: (WatchRequest | string)[] = []
  const events: WatchEvent[] = []
  const unknown = new Set<string>()
  const watches = createWatches(
    (event) => void events.push(event),
    () => {},
  )
  const session = createSession({
    watches,
    ...{ now: () => 0, random: () => 0, onRoundTrip: () => {}, onCaughtUp: () => {} },
    asker: {
      connected: () => true,
      restart: () => {},
      ask: {
        watch: async (request) => {
          asked.push(request)
          const results = (request.topics ?? []).map(({ topic }) =>
            unknown.has(topic)
              ? { topic, kind: 'error' as const, error: { code: 'unknown_symbol' as const, message: '' } }
              : {
                  ...{ topic: topic as Topic, kind: 'snapshot' as const, snapshot: SNAPSHOT },
                  cursor: { epoch: 'past-1', seq: 1 },
                },
          )
          return { results, ...(request.view && { view: { cells: [], groups: [] } }) }
        },
        tune: async () => ({ results: [] }),
        unwatch: async ({ topics }) => {
          asked.push(`unwatch ${topics}`)
          return { results: [] }
        },
      },
    },
  })
  return { session, watches, asked, events, unknown }
}

test('for another moment everything is let go, and asked for anew, as if nothing were known', async () => {
  const { session, watches, asked, events, unknown } = setUp()
  unknown.add('s:NEW')
  for (const topic of ['s:A', 's:NEW'] as const) watches.want(topic)
  watches.look({ west: 0, south: 0, east: 1, north: 1 } as never)
  session.poke()
  await vi.advanceTimersByTimeAsync(100)
  const { promise, resolve: done } = Promise.withResolvers<void>()
  const turn = session.anew(async () => {
    asked.push('moved')
    await promise
  })
  await vi.advanceTimersByTimeAsync(0)
  // What is wanted on the way waits, also where the page is hidden and seen again meanwhile.
  watches.want('s:B')
  session.poke()
  await session.pause()
  session.resume()
  await vi.advanceTimersByTimeAsync(1_000)
  unknown.clear()
  done()
  await turn
  await vi.advanceTimersByTimeAsync(100)
  const [, letGo, view, moved, , , anew, ...more] = asked
  expect([letGo, view, moved, more]).toEqual(['unwatch s:A,s:NEW', { view: null }, 'moved', []])
  expect(anew).toMatchObject({ topics: [{ topic: 's:B' }, { topic: 's:A' }, { topic: 's:NEW' }] })
  expect(JSON.stringify(anew)).not.toContain('"cursor"')
  expect(events.filter(({ kind }) => kind === 'gap')).toEqual([])
  expect(watches.cursor('s:NEW')).toEqual({ epoch: 'past-1', seq: 1 })
})

test('whatever goes wrong on the way, everything is watched again', async () => {
  const { session, watches, asked } = setUp()
  watches.want('s:A')
  await expect(session.anew(() => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
  await vi.advanceTimersByTimeAsync(100)
  expect(asked.at(-1)).toEqual({ topics: [{ topic: 's:A' }] })
})
