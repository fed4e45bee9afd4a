import { signal } from '@preact/signals'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Health } from '../../../../web/state/health.ts'
import { createArchived } from '../../../../web/state/past/archived.ts'
import { createPast } from '../../../../web/state/past/create-past.ts'
import { createPastClock, type Pace } from '../../../../web/state/past/past-clock.ts'
import type { Place } from '../../../../web/state/place.ts'
import { FIRST_PLACE } from '../../../../web/state/prefs.ts'
import type { ClockReply, ClockRequest, PastStand } from '../../../../wire/past.ts'

const T = Date.UTC(2026, 10, 30, 8, 15)
const EDGE = T + 3_600_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** The past of a page, whose node does at once what it is asked, unless the test says otherwise. */
const setUp = async () => {
  const steps: string[] = []
  const asked: ClockRequest[] = []
  const replies: (ClockReply | Promise<ClockReply>)[] = []
  const state = { connected: true, stand: { at: T, speed: 0 as Pace }, here: EDGE + 6_000 }
  const place = signal<Place>({ ...FIRST_PLACE, at: T })
  const pace = signal<Pace>(0)
  const health = signal<Health>('live')
  const clock = createPastClock(T, pace, () => performance.now())
  const asSeen = signal(false)
  const never = () => new Promise<never>(() => {})
  const { past, start, ...ties } = createPast({
    ...{ clock, place, pace, asSeen, link: { health } },
    archived: createArchived({ past: never, slices: never }),
    ask: async (request) => {
      asked.push(request)
      const { at, speed } = { ...state.stand, ...request }
      state.stand = at >= EDGE ? { at: EDGE, speed: 0 } : { at, speed }
      return (await replies.shift()) ?? { ...state.stand, edge: EDGE }
    },
    anew: async (work) => {
      steps.push('let go')
      await work()
      steps.push('watch')
    },
    rewind: () => void steps.push('rewind'),
    reread: () => void steps.push('reread'),
    connected: () => state.connected,
    here: () => state.here,
    restart: () => void steps.push('restart'),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  })
  const stop = start()
  const settled = () => vi.advanceTimersByTimeAsync(0)
  const notice = (stand: Partial<PastStand>) => ties.notice({ at: T, speed: 0, edge: EDGE, ...stand })
  clock.ofLink.stamped(T, 0)
  ties.connected()
  await settled()
  asked.length = 0
  return { past, ties, place, pace, health, asSeen, steps, asked, replies, state, settled, notice, stop }
}

test('to another moment nothing of before comes after it, and the address goes along', async () => {
  const { past, place, steps, asked, replies, settled } = await setUp()
  const { promise, resolve: answer } = Promise.withResolvers<ClockReply>()
  replies.push(promise)
  past.go(T - 60_000.5)
  expect([past.moment.value, place.value.at, past.phase.value]).toEqual([T - 60_001, T - 60_001, 'loading'])
  await settled()
  expect(steps).toEqual(['let go'])
  // Of the moments that are wanted on the way, the last one counts.
  for (const step of [1, 2, 3]) past.go(T - step)
  answer({ at: T - 60_001, speed: 0, edge: EDGE })
  await settled()
  expect(asked).toEqual([{ at: T - 60_001 }, { at: T - 3 }])
  expect(steps).toEqual(['let go', 'rewind', 'watch', 'let go', 'rewind', 'watch'])
  expect([past.moment.value, place.value.at, past.phase.value]).toEqual([T - 3, T - 3, 'ready'])
})

test('a place that others move is followed, and one that the clock came to by itself is not', async () => {
  const { past, place, pace, asked, settled } = await setUp()
  place.value = { ...place.value, symbol: 'X' }
  past.play(8)
  await settled()
  expect([asked, past.speed.value, pace.value]).toEqual([[{ speed: 8 }], 8, 8])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(past.moment.value).toBe(T + 16_000)
  // A link leads to where one stopped to look.
  expect(place.value.at).toBe(T)
  place.value = { ...place.value, at: T + 500_000 }
  await settled()
  expect(asked.at(-1)).toEqual({ at: T + 500_000 })
  past.step(60_000)
  await settled()
  expect(asked.at(-1)).toEqual({ at: T + 560_000 })
})

test('where the clock is stopped, the address is as exact as the node says', async () => {
  const { past, place, replies, settled } = await setUp()
  past.play(64)
  await vi.advanceTimersByTimeAsync(1_000)
  replies.push({ at: T + 63_912, speed: 0, edge: EDGE })
  past.pause()
  await settled()
  expect([past.speed.value, past.moment.value, place.value.at]).toEqual([0, T + 63_912, T + 63_912])
  await vi.advanceTimersByTimeAsync(5_000)
  expect(past.moment.value).toBe(T + 63_912)
})

test('who plays to an edge that is now goes over to live; where it ended long ago the clock stands and says so', async () => {
  const { past, place, pace, state, settled, notice } = await setUp()
  state.here = EDGE + 3_600_000
  past.play(64)
  await settled()
  notice({ at: EDGE, speed: 0 })
  expect([past.phase.value, past.speed.value, past.moment.value, place.value.at]).toEqual(['edge', 0, EDGE, EDGE])
  state.here = EDGE + 6_000
  past.go(T)
  past.play(8)
  await settled()
  expect(past.phase.value).toBe('ready')
  notice({ at: EDGE, speed: 0 })
  expect([place.value.at, pace.value]).toEqual([undefined, 0])
})

test('an archive that cannot be asked is said, and asked again', async () => {
  const { past, asked, replies, steps, settled, notice } = await setUp()
  replies.push({ error: { code: 'unavailable', message: '' } }, { error: { code: 'rate_limited', message: '' } })
  past.go(T - 5_000)
  await settled()
  expect(past.phase.value).toBe('away')
  await vi.advanceTimersByTimeAsync(2_000)
  expect([asked.length, past.phase.value, past.moment.value]).toEqual([3, 'ready', T - 5_000])
  notice({ at: T - 5_000, held: 'away' })
  expect(past.phase.value).toBe('away')
  replies.push(Promise.reject(new Error('timeout')))
  past.go(T)
  await settled()
  expect(steps.at(-1)).toBe('restart')
})

test('a new connection begins at the same moment and pace, and what was known is of another life', async () => {
  const { past, ties, state, steps, health, asked, settled } = await setUp()
  past.play(4)
  await vi.advanceTimersByTimeAsync(1_000)
  state.connected = false
  health.value = 'waiting'
  ties.disconnected()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(ties.auth()).toEqual({ at: T + 4_000, speed: 4 })
  expect([past.phase.value, past.moment.value]).toEqual(['loading', T + 4_000])
  past.go(T - 9)
  expect(ties.auth()).toEqual({ at: T - 9, speed: 4 })
  state.connected = true
  ties.connected()
  await settled()
  expect(steps.filter((step) => step === 'rewind').length).toBeGreaterThan(0)
  expect(asked.at(-1)).toEqual({ at: T - 9 })
})

test('while nobody looks the clock rests, and goes on from there', async () => {
  const { past, ties, place, asked, settled, state } = await setUp()
  past.play(2)
  await vi.advanceTimersByTimeAsync(500)
  state.stand = { at: T + 1_000, speed: 2 }
  ties.rest()
  await settled()
  expect([asked.at(-1), past.speed.value, place.value.at, ties.auth().speed]).toEqual([{ speed: 0 }, 2, T, 0])
  await vi.advanceTimersByTimeAsync(600_000)
  expect(past.moment.value).toBe(T + 1_000)
  ties.goOn()
  await vi.advanceTimersByTimeAsync(1_000)
  expect([asked.at(-1), ties.auth()]).toEqual([{ speed: 2 }, { at: T + 3_000, speed: 2 }])
})

test('the switch has history read in another way, and nothing is left once the floor ends', async () => {
  const { past, place, steps, asked, stop } = await setUp()
  past.asSeen.value = true
  expect(steps).toEqual(['reread'])
  past.live()
  expect(place.value.at).toBeUndefined()
  stop()
  place.value = { ...place.value, at: T - 1 }
  past.asSeen.value = false
  expect([asked, steps, vi.getTimerCount()]).toEqual([[], ['reread'], 0])
})
