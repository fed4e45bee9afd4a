import { isDeepStrictEqual } from 'node:util'
import { vi } from 'vitest'
import { createConflate } from '../../../../server/live/conflate.ts'
import { createDemand } from '../../../../server/live/demand.ts'
import { createFlusher } from '../../../../server/live/flusher.ts'
import { createGuests } from '../../../../server/live/guests.ts'
import { wireError } from '../../../../server/live/requests.ts'
import { nothingSent } from '../../../../server/live/sent.ts'
import type { SessionCaps, SessionPorts } from '../../../../server/live/session.ts'
import type { Cursor } from '../../../../wire/protocol.ts'
import { kindOf, type Topic } from '../../../../wire/topics.ts'
import { noFaults } from '../../../support/faults.ts'
import { type Client, type ClientEnd, createClient } from './client.ts'
import { type Connection, openConnection } from './connection.ts'
import { createNetwork, type Network } from './network.ts'
import { createRedis } from './redis.ts'

export const CELL: Topic = 'c:other/0231301203313'
/** Names as people write them, since nodes carry them as bytes. */
export const A = 's:EURUSD=X'
export const B = 's:株式.T'
export const VAN = 'Ünïcode 🚌'
export const TOPICS: readonly Topic[] = [A, B, `d:${VAN}`, CELL]
/** Small, so that a few updates make a client slow. */
const CAPS: SessionCaps = {
  backlogBytes: 1500,
  waitingBytes: 12_000,
  stalledMs: 10_000,
  topics: 9,
  requestsPerSecond: 1e9,
}
const LINGER_MS = 500
const HEARTBEAT_MS = 1000
const STEP_MS = 25

const soon = globalThis.setImmediate
/** Lets all promises that can go on do so. */
const turn = (): Promise<void> => new Promise((resolve) => soon(resolve))

/** Other texts that say the same: a guest must be where all others are. */
const spaced = (text: string): string => `${text.slice(0, -1)} }`
const GUESTS = { update: spaced, state: spaced }

const createNode = (network: Network) => {
  const demand = createDemand(network.ports, LINGER_MS)
  const sent = nothingSent()
  const flusher = createFlusher({ share: 5, minMs: 0, maxMs: 50, sent, faults: noFaults }, Date.now)
  const ports: SessionPorts = {
    demand,
    guests: createGuests(() => GUESTS),
    flusher,
    conflate: createConflate((topic, updates) => kindOf(topic).conflate(updates), noFaults, demand.spoil),
    count: network.ports.count,
    faults: noFaults,
    now: Date.now,
    hello: () => ({ node: 'one', version: '1', at: Date.now(), heartbeatMs: HEARTBEAT_MS }),
    time: Date.now,
    sent,
    answered: () => {},
    cover: () => ({ topics: [CELL], groups: [] }),
    named: (topic) => kindOf(topic).byName,
    missing: () => wireError('unknown_symbol'),
  }
  return { demand, network, open: (client: ClientEnd): Connection => openConnection(client, CAPS, ports), flusher }
}

export type WorldOptions = { nodes: number; clients: number; logged: number }

/** Before its first update a topic is at number 0, of whatever epoch. */
const atOrigin = (cursor: Cursor | null | undefined): Cursor | undefined =>
  cursor?.seq ? cursor : cursor === undefined ? undefined : { epoch: '', seq: 0 }

/** One Redis, some nodes, and clients that are connected to any of them. Its time is vitest's. */
export const createWorld = ({ nodes: many, clients: people, logged }: WorldOptions) => {
  const redis = createRedis(logged, (topic, text) => {
    for (const { network } of nodes) network.published(topic, text)
  })
  const nodes = Array.from({ length: many }, () => {
    const network = createNetwork(
      () => redis,
      (topics) => node.demand.recover(topics),
    )
    const node: ReturnType<typeof createNode> = createNode(network)
    return node
  })
  const connections = new Set<Connection>()
  const meant = new Map<Client, boolean>()
  let opened = 0

  const connect = (client: ClientEnd): Connection => {
    const node = nodes[opened++ % many] as ReturnType<typeof createNode>
    const connection = node.open({
      heard: client.heard,
      mayWatch: client.mayWatch,
      isGuest: client.isGuest,
      gone: () => {
        connections.delete(connection)
        client.gone()
      },
    })
    connections.add(connection)
    return connection
  }
  const clients = Array.from({ length: people }, (_, i) => createClient(`client ${i}`, connect, () => redis))

  /** What comes of what was done, without any time going by. */
  const go = async (quiet: boolean): Promise<void> => {
    for (let more = true; more; ) {
      await turn()
      if (quiet) for (const { network } of nodes) network.settle()
      if (quiet) await turn()
      more = [...connections].map((connection) => connection.take()).includes(true)
    }
  }

  /** Lets time go by. `quiet`: the network holds nothing back. */
  const wait = async (ms: number, quiet: boolean): Promise<void> => {
    await go(quiet)
    for (let left = ms; left > 0; left -= STEP_MS) {
      vi.advanceTimersByTime(Math.min(left, STEP_MS))
      await go(quiet)
    }
  }

  const verify = (): void => {
    for (const { demand, network } of nodes) demand.verify(network.stands).catch(() => {})
  }

  const differences = (client: Client): string[] =>
    [...client.wanted.keys()].flatMap((topic) => {
      const there = redis.cursor(topic)
      const holding = client.holdings.get(topic)
      if (there === null && holding?.phase === 'asking') return []
      const expected = { cursor: atOrigin(there), state: redis.state(topic), phase: 'live' }
      const own = { cursor: atOrigin(holding?.cursor), state: holding?.state, phase: holding?.phase }
      if (isDeepStrictEqual(own, expected)) return []
      return [`${topic} is ${JSON.stringify(own)}, in Redis ${JSON.stringify(expected)}`]
    })

  return {
    redis,
    nodes,
    clients,
    meant,
    wait,
    verify,
    /** What is wrong already, in words. */
    faults: (): string[] => clients.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`)),
    /** Lets all come to rest, and says what differs then. */
    settle: async (): Promise<string[]> => {
      for (const topic of TOPICS) if (redis.isOfOldLife(topic)) redis.describe(topic)
      for (const { network } of nodes) network.mend()
      for (const client of clients) {
        client.stall(false)
        client.forbid([])
      }
      for (let i = 0; i < 30; i++) {
        if (i % 2 === 0) for (const client of clients) if (!client.connected()) client.connect()
        verify()
        await wait(HEARTBEAT_MS / 2, true)
      }
      return clients.flatMap((client) => [
        ...differences(client),
        ...[...client.owed.values()].map((gap) => `${client.name}: nothing followed the gap ${JSON.stringify(gap)}`),
      ])
    },
    counts: (): Record<string, number> =>
      nodes.reduce<Record<string, number>>((sum, { network }) => {
        for (const [event, count] of Object.entries(network.counts)) sum[event] = (sum[event] ?? 0) + count
        return sum
      }, {}),
    close: (): void => {
      for (const client of clients) client.disconnect()
      for (const { demand, flusher } of nodes) {
        demand.close()
        flusher.close()
      }
      vi.clearAllTimers()
    },
  }
}
export type World = ReturnType<typeof createWorld>
