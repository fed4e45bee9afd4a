import type { Floor } from '../floor.ts'
import type { Stage } from '../stage.ts'
import type { Rig } from './nodes.ts'

export type Desk = {
  floor: Floor
  /** Symbols that are published; the floor's are the first of them. */
  published: number
  tradesPerSecond: number
}

const SETTLE_MS = 10_000

/** Clients of symbols, spread evenly over the nodes, a load process for each node. */
export const deskRig = (stage: Stage, nodes: number, { floor, published, tradesPerSecond }: Desk): Rig => {
  const added = Array.from({ length: nodes - 1 }, stage.addLoad)
  const loads = [stage.load, ...added]
  const loadOf = (node: number) => loads[node] ?? stage.load
  const first = (node: number): number => Math.floor((floor.clients * node) / nodes)
  let sent: number[] = []
  return {
    pids: () => [...loads, stage.feed].map(({ pid }) => pid),
    openFeed: () => stage.feed.ask('open', { url: stage.redis.url, symbols: published, style: 'watchfloor' }, 60_000),
    openClients: (node, port) =>
      loadOf(node).ask('open', { port, dialect: 'watchfloor', floor, from: first(node), to: first(node + 1) }, 60_000),
    start: () => stage.feed.ask('start', { rate: tradesPerSecond }),
    stop: async () => {
      ;({ sent } = await stage.feed.ask('stop', null))
    },
    mark: (node) => loadOf(node).ask('mark', null),
    settle: async (node) => (await loadOf(node).ask('settle', { sent, limitMs: SETTLE_MS }, SETTLE_MS + 30_000)).faults,
    close: () => {
      for (const { kill } of added) void kill()
    },
  }
}
