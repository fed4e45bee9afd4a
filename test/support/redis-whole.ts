import type { RedisMode } from '../../redis/address.ts'
import type { RedisClient } from './redis-client.ts'
import type { Member } from './redis-member.ts'

/** What can be done to a Redis as a whole, of whatever kind: all of its servers at once. */
export type Whole = {
  /** Ends it in order. */
  halt: () => Promise<void>
  /** Ends it as a crash would: up to a second of writes may be lost. */
  kill: () => Promise<void>
  /** Freezes it: connections stay open, nothing answers. */
  pause: () => Promise<void>
  resume: () => Promise<void>
  /** Starts it after `halt` or `kill`, its data and addresses kept. Resolves when it serves as before. */
  restart: () => Promise<void>
}

/** A real Redis of whatever kind. */
export type TestRedis = Whole & {
  mode: RedisMode
  /** What REDIS_URL says of it. */
  url: string
  /** A client of its own for the test; closed by `stop`. */
  client: () => RedisClient
  /** A server of it for tools: one that takes writes, or sends on to the one that does. */
  server: () => Promise<{ host: string; port: number; password: string }>
  /** Ends it for good, with all its clients and data. */
  stop: () => Promise<void>
}

/** The whole of these servers; `whole` waits until they serve as before. */
export const wholeOf = (members: readonly Member[], whole: () => Promise<void>): Whole => {
  const each = (act: (member: Member) => unknown) => async (): Promise<void> => {
    await Promise.all(members.map(act))
  }
  return {
    halt: each((member) => member.halt()),
    kill: each((member) => member.kill()),
    pause: each((member) => member.pause()),
    resume: each((member) => member.resume()),
    restart: async () => {
      await each((member) => member.restart())()
      await whole()
    },
  }
}
