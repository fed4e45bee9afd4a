import { Redis } from 'ioredis'
import { createPublisher, type Publisher } from '../../../feed/publisher.ts'
import { redisPort } from '../../../feed/redis-port.ts'
import { createRandom } from '../../../simulators/random.ts'
import type { Fix } from '../../../wire/fleet.ts'
import { AUSTIN, SPREAD } from './city.ts'

/** What the process of a fleet's feed can be asked. */
export type FleetFeedCalls = {
  /** Connects, and places every device once. */
  open: (options: { url: string; devices: number }) => Promise<void>
  /** Publishes so many fixes a second, evenly over the devices, until `stop`. */
  start: (argument: { rate: number }) => void
  /** Returns how many fixes Redis took in all, and how many it refused; all has been answered then. */
  stop: (argument: null) => Promise<{ accepted: number; refused: number }>
}

/** Of a degree, that a device goes between two fixes on either axis at most: some 50 m, five seconds of driving. */
const STRIDE = 0.0005
const TICK_MS = 5

/**
 * Devices that wander around a city, published as every feed does: in three calls a fix where it leaves its cell, else
 * in two.
 */
export const createFleetFeed = (): FleetFeedCalls => {
  const random = createRandom(5)
  const devices: Fix[] = []
  let publisher: Publisher | null = null
  let redis: Redis | null = null
  let timer: NodeJS.Timeout | undefined

  const move = (device: number): void => {
    const last = devices[device]
    if (!last) return
    const step = (): number => (random.next() * 2 - 1) * STRIDE
    const next = { ...last, n: last.n + 1, t: Date.now(), lat: last.lat + step(), lon: last.lon + step() }
    devices[device] = next
    publisher?.fixes(next.id, [next])
  }

  return {
    open: async ({ url, devices: count }) => {
      redis = new Redis(url)
      publisher = createPublisher({ port: redisPort(redis), say: () => {}, random: Math.random })
      for (let i = 0; i < count; i++) {
        const [lat, lon] = [AUSTIN.lat + random.normal() * SPREAD, AUSTIN.lon + random.normal() * SPREAD]
        devices.push({ id: `BENCH-${i}`, n: 0, t: 0, lat, lon, speed: 9, heading: random.below(360) })
        move(i)
      }
      await publisher.drained(0)
    },
    start: ({ rate }) => {
      const began = performance.now()
      let done = 0
      timer = setInterval(() => {
        const due = Math.floor(((performance.now() - began) / 1000) * rate)
        for (; done < due; done++) move(done % devices.length)
      }, TICK_MS)
    },
    stop: async () => {
      clearInterval(timer)
      await publisher?.drained(0)
      await publisher?.stop()
      redis?.disconnect()
      const { accepted = 0, refused = new Map<string, { count: number }>() } = publisher?.account ?? {}
      return { accepted, refused: [...refused.values()].reduce((sum, { count }) => sum + count, 0) }
    },
  }
}
