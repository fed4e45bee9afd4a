import type { Cluster, Redis } from 'ioredis'
import type { PublishCommand } from './library.ts'

/** What commands go by: each finds its own way to the primary of its key. */
export type Commands = Redis | Cluster

/** Where channels live: all on one primary, or each on the primary of its slot. */
export type Primaries = {
  /** The names of all primaries. */
  all: readonly string[]
  /** Those of them that hold anything. */
  owning: readonly string[]
  /** The primary of a channel (or key); undefined while it has none. */
  of: (channel: string) => string | undefined
}

/** One way to run Redis. What differs between a single server, Sentinel and Cluster is all in here. */
export type Deployment = {
  command: Commands
  /** How updates are published, and so how they are heard: SPUBLISH and SSUBSCRIBE, or PUBLISH and SUBSCRIBE. */
  publish: PublishCommand
  /** Connects for commands. Rejects where that fails at the first try. */
  connect: () => Promise<void>
  /** Asks where channels live: `witness`, or whichever primary answers first. Rejects where nobody knows. */
  primaries: (witness?: Redis) => Promise<Primaries>
  /** A connection for subscriptions to one of those primaries; it connects when told. */
  line: (primary: string) => Redis
  /** Rejects where the server of a connection does not answer, or is not what it should be. */
  check: (redis: Redis) => Promise<void>
  /** Called when all is well, at first and again: from now on trouble is news. */
  well: () => void
  /**
   * A connection for what nodes tell each other, which waits for Redis however long; null where the lines carry that.
   */
  control: () => Redis | null
  close: () => void
}

/** Connections to every primary that commands go to. */
export const primariesOf = (command: Commands): Redis[] => ('nodes' in command ? command.nodes('master') : [command])
