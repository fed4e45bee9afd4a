import { io } from 'socket.io-client'
import type { Segment } from '../../../wire/protocol.ts'

/** What live data were like since the last look, in milliseconds. */
export type Look = {
  updates: number
  p50: number
  p99: number
  /**
   * The longest that the node stood still, as far as a client can tell: the latest update, or the slowest `/healthz`.
   */
  longest: number
  /** Requests of `/healthz` that failed. */
  failed: number
}

const HEALTH_EVERY_MS = 250
const HEALTH_LIMIT_MS = 30_000

const share = (sorted: Float64Array, part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? 0

/**
 * A client that measures: how late updates of topics are, by the clock that Redis and it share, and how soon `/healthz`
 * answers.
 */
export const openProbe = (url: string, topics: readonly string[]) => {
  let delays: number[] = []
  let [slowest, failed] = [0, 0]
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 100,
    reconnectionDelayMax: 500,
  })
  socket.on('connect', () => socket.emit('watch', { topics: topics.map((topic) => ({ topic })) }, () => {}))
  socket.on('updates', (segments: Segment[]) => {
    const now = performance.timeOrigin + performance.now()
    for (const segment of segments) if (!('snapshot' in segment)) delays.push(now - segment.at)
  })
  const ask = async (): Promise<void> => {
    const began = performance.now()
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(HEALTH_LIMIT_MS) }).catch(() => null)
    if (answer?.ok) slowest = Math.max(slowest, performance.now() - began)
    else failed++
    await answer?.text().catch(() => '')
    setTimeout(ask, HEALTH_EVERY_MS)
  }
  void ask()
  return {
    look: (_: null): Look => {
      const sorted = Float64Array.from(delays).sort()
      const longest = Math.max(slowest, sorted.at(-1) ?? 0)
      const look = { updates: sorted.length, p50: share(sorted, 0.5), p99: share(sorted, 0.99), longest, failed }
      delays = []
      slowest = 0
      failed = 0
      return look
    },
  }
}
