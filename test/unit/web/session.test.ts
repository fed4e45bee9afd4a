import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { retryDelay } from '../../../web/socket/backoff.ts'
import { createSession } from '../../../web/socket/session.ts'
import { createWatches } from '../../../web/state/watches.ts'
import type { TuneReply, TuneRequest, UnwatchReply, WatchReply, WatchRequest } from '../../../wire/protocol.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const SNAPSHOT = { last: null, quote: null, day: null, prev: null, candle: null }
const snapshots = ({ topics = [] }: WatchRequest): WatchReply => ({
  results: topics.map(({ topic }) => ({
    topic: topic as 's:X',
    kind: 'snapshot',
    cursor: { epoch: 'a', seq: 1 },
    snapshot: SNAPSHOT,
  })),
})

const BUSY = { error: { code: 'rate_limited', message: '' } } as const

const setUp = (
  reply: (request: WatchRequest) => WatchReply | Promise<WatchReply> = snapshots,
  other: () => UnwatchReply & TuneReply = () => ({ results: [] }),
) => {
  const asked: WatchRequest[] = []
  const released: string[][] = []
  const tuned: TuneRequest['topics'][] = []
  const caughtUp: boolean[] = []
  let restarts = 0
  const watches = createWatches(
    () => {},
    () => {},
  )
  const session = createSession({
    watches,
    now: () => 0,
    random: () => 0,
    onRoundTrip: () => {},
    onCaughtUp: (done) => void caughtUp.push(done),
    asker: {
      connected: () => true,
      restart: () => void restarts++,
      ask: {
        watch: async (request) => {
          asked.push(request)
          return reply(request)
        },
        tune: async ({ topics = [] }) => {
          tuned.push(topics)
          return other()
        },
        unwatch: async ({ topics }) => {
          released.push(topics)
          return other()
        },
      },
    },
  })
  return { session, watches, asked, released, tuned, caughtUp, restarts: () => restarts }
}

test('a topic is tuned without being asked for again, and asked for with its tuning after a reconnect', async () => {
  const { session, watches, asked, tuned } = setUp()
  watches.want('s:A', { mode: 'latest', rate: 5 })
  watches.want('s:B')
  session.poke()
  await vi.advanceTimersByTimeAsync(100)
  watches.want('s:A')
  watches.want('s:B')
  session.poke()
  await vi.advanceTimersByTimeAsync(100)
  expect(asked).toEqual([{ topics: [{ topic: 's:A', mode: 'latest', rate: 5 }, { topic: 's:B' }] }])
  expect(tuned).toEqual([[{ topic: 's:A' }]])
  watches.want('s:B', { mode: 'latest', rate: 0.2 })
  session.connected()
  await vi.advanceTimersByTimeAsync(100)
  expect(asked[1]?.topics).toMatchObject([{ topic: 's:A' }, { topic: 's:B', mode: 'latest', rate: 0.2 }])
  expect(tuned).toHaveLength(1)
})

test('wants that come together go in one message', async () => {
  const { session, watches, asked } = setUp()
  for (const symbol of ['A', 'B', 'C'] as const) {
    watches.want(`s:${symbol}`)
    session.poke()
  }
  await vi.advanceTimersByTimeAsync(100)
  expect(asked).toEqual([{ topics: [{ topic: 's:A' }, { topic: 's:B' }, { topic: 's:C' }] }])
})

test('what is wanted is asked for soon, however often something new comes', async () => {
  const { session, watches, asked } = setUp()
  watches.want('s:A')
  for (let i = 0; i < 20; i++) {
    session.poke()
    await vi.advanceTimersByTimeAsync(10)
  }
  expect(asked).toHaveLength(1)
})

test('a new connection asks for everything by cursor, in one message', async () => {
  const { session, watches, asked } = setUp()
  watches.want('s:A')
  session.poke()
  await vi.advanceTimersByTimeAsync(100)
  session.disconnected()
  session.connected()
  await vi.advanceTimersByTimeAsync(100)
  expect(asked[1]).toEqual({ topics: [{ topic: 's:A', cursor: { epoch: 'a', seq: 1 } }] })
})

test('an answer of an old connection is not taken', async () => {
  const { promise, resolve: answer } = Promise.withResolvers<WatchReply>()
  const { session, watches } = setUp(() => promise)
  watches.want('s:A')
  session.poke()
  await vi.advanceTimersByTimeAsync(100)
  session.connected()
  answer(snapshots({ topics: [{ topic: 's:A' }] }))
  await vi.advanceTimersByTimeAsync(0)
  expect(watches.cursor('s:A')).toBeNull()
})

test('no answer in time makes the connection anew', async () => {
  const { session, watches, restarts } = setUp(() => Promise.reject(new Error('timeout')))
  watches.want('s:A')
  session.poke()
  await vi.advanceTimersByTimeAsync(100)
  expect(restarts()).toBe(1)
})

test('a refused message is sent again in full, but not at once', async () => {
  const replies: WatchReply[] = [BUSY]
  const { session, watches, asked } = setUp((request) => replies.shift() ?? snapshots(request))
  watches.want('s:A')
  session.poke()
  await vi.advanceTimersByTimeAsync(500)
  expect(asked).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(asked).toEqual([asked[0], asked[0]])
})

test('what was refused of letting go and of tuning is sent again, but not at once', async () => {
  const replies: UnwatchReply[] = [BUSY, { results: [] }, BUSY]
  const { session, watches, released, tuned } = setUp(snapshots, () => (replies.shift() ?? { results: [] }) as never)
  for (const topic of ['s:A', 's:B'] as const) watches.want(topic)
  session.poke()
  await vi.advanceTimersByTimeAsync(100)
  watches.drop('s:A')
  watches.want('s:B', { mode: 'latest' })
  session.poke()
  await vi.advanceTimersByTimeAsync(500)
  session.poke()
  await vi.advanceTimersByTimeAsync(400)
  expect([released, tuned]).toEqual([[['s:A']], []])
  await vi.advanceTimersByTimeAsync(3_000)
  const tuning = [{ topic: 's:B', mode: 'latest' }]
  expect([released, tuned]).toEqual([
    [['s:A'], ['s:A']],
    [tuning, tuning],
  ])
})

test('what is dropped while a message is under way that is then refused, is let go of all the same', async () => {
  const replies: WatchReply[] = [BUSY]
  const { session, watches, released } = setUp((request) => {
    if (replies.length > 0) watches.drop('s:A')
    return replies.shift() ?? snapshots(request)
  })
  watches.want('s:A')
  session.poke()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(released).toEqual([['s:A']])
})

test('a topic that is unavailable is asked for again by itself', async () => {
  const gone: WatchReply = { results: [{ topic: 's:A', kind: 'error', error: { code: 'unavailable', message: '' } }] }
  const replies = [gone]
  const { session, watches } = setUp((request) => replies.shift() ?? snapshots(request))
  watches.want('s:A')
  session.poke()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(watches.cursor('s:A')).toEqual({ epoch: 'a', seq: 1 })
})

test('what is no longer wanted is released before what is new is asked for', async () => {
  const { session, watches, released, asked } = setUp()
  watches.want('s:A')
  session.poke()
  await vi.advanceTimersByTimeAsync(100)
  watches.drop('s:A')
  watches.want('s:B')
  session.poke()
  await vi.advanceTimersByTimeAsync(100)
  expect(released).toEqual([['s:A']])
  expect(asked[1]).toEqual({ topics: [{ topic: 's:B' }] })
})

test('a hidden tab watches nothing, and seen again asks by cursor', async () => {
  const { session, watches, asked, released, caughtUp } = setUp()
  watches.want('s:A')
  session.poke()
  await vi.advanceTimersByTimeAsync(100)
  expect(caughtUp.at(-1)).toBe(true)
  await session.pause()
  expect(released).toEqual([['s:A']])
  expect(asked[1]).toEqual({ view: null })
  session.poke()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(asked).toHaveLength(2)
  session.resume()
  expect(caughtUp.at(-1)).toBe(false)
  await vi.advanceTimersByTimeAsync(100)
  expect(asked[2]).toEqual({ topics: [{ topic: 's:A', cursor: { epoch: 'a', seq: 1 } }] })
  expect(caughtUp.at(-1)).toBe(true)
})

test('what is shown counts as old from a new connection until its answer', async () => {
  let answer = (_: WatchReply): void => {}
  const { session, watches, asked, caughtUp } = setUp(
    () =>
      new Promise((resolve) => {
        answer = resolve
      }),
  )
  watches.want('s:A')
  session.connected()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(caughtUp).toEqual([false])
  answer(snapshots(asked[0] ?? {}))
  await vi.advanceTimersByTimeAsync(0)
  expect(caughtUp).toEqual([false, true])
})

test('pauses between tries double up to a cap, and at least half of each is kept', () => {
  expect([0, 1, 2, 9].map((attempt) => retryDelay(attempt, 1))).toEqual([500, 1_000, 2_000, 15_000])
  expect(retryDelay(0, 0)).toBe(250)
  expect(retryDelay(10_000, 0)).toBe(7_500)
})
