import { setImmediate } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { pino } from 'pino'
import { type Archive, ArchiveAway } from '../../archive/archive.ts'
import { createArchivist } from '../../server/archive/archivist.ts'
import type { ArchivistPorts } from '../../server/archive/ports.ts'
import { createRegister } from '../../server/fleet/register.ts'
import { portOf } from '../../server/redis/port.ts'
import { createReader } from '../../server/redis/read.ts'
import { noFaults } from './faults.ts'
import type { RedisClient } from './redis-client.ts'

const DAY_MS = 86_400_000
/** Nothing is too old for the archive of a test. */
const KEEPS = {
  trades: 3650 * DAY_MS,
  minutes: 3650 * DAY_MS,
  candles: 3650 * DAY_MS,
  fixes: 3650 * DAY_MS,
  events: 3650 * DAY_MS,
  messages: 3650 * DAY_MS,
  record: 3650 * DAY_MS,
}

/** A node that archives, in a hurry: what others wait for is a matter of milliseconds here. */
export const startArchivist = (redis: RedisClient, archive: Archive, more: Partial<ArchivistPorts> = {}) => {
  const unreadable = (key: string, why: string): void => {
    throw new TypeError(`${key} ${why}`)
  }
  const archivist = createArchivist(
    {
      redis,
      port: portOf(redis),
      archive,
      register: createRegister(redis, createReader(redis as Redis), unreadable),
      isUp: () => redis.status === 'ready',
      keepsTrades: (symbol) => symbol.startsWith('EACH'),
      kept: { s: 3_600_000, d: 600_000 },
      timing: { turn: 10, lag: 30, settled: Number.POSITIVE_INFINITY, again: { first: 20, most: 200 } },
      count: () => {},
      unreadable,
      log: pino({ level: 'silent' }),
      faults: noFaults,
      clock: () => performance.now(),
      now: Date.now,
      rest: () => setImmediate(),
      ...more,
    },
    KEEPS,
  )
  return { ...archivist.open(), figures: archivist.figures }
}

/** An archive as a node has it that may be killed: from then on nothing of it gets an answer any more. */
export const mortal = (archive: Archive): { archive: Archive; kill: () => void } => {
  let isDead = false
  const never = <T>(): Promise<T> => new Promise(() => {})
  const proxy = new Proxy(archive, {
    get: (target, name) => {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        if (isDead && name !== 'marks') return never()
        const reply = value.apply(target, args)
        return reply instanceof Promise ? reply.then((answer: unknown) => (isDead ? never() : answer)) : reply
      }
    },
  })
  return {
    archive: proxy,
    kill: () => {
      isDead = true
    },
  }
}

/** An archive that can be taken away. */
export const removable = (archive: Archive): { archive: Archive; away: (is: boolean) => void } => {
  let isAway = false
  const proxy = new Proxy(archive, {
    get: (target, name) => {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function' || name === 'marks') return value
      return (...args: unknown[]) =>
        isAway ? Promise.reject(new ArchiveAway('taken away')) : value.apply(target, args)
    },
  })
  return {
    archive: proxy,
    away: (is) => {
      isAway = is
    },
  }
}
