import { Redis } from 'ioredis'
import { cellsCovering } from '../../../wire/cells.ts'
import type { Cursor } from '../../../wire/protocol.ts'
import { cellTopic, topicKey } from '../../../wire/topics.ts'
import { asker } from '../calls.ts'
import { views } from '../fleet/city.ts'
import type { FleetFeedCalls } from '../fleet/fleet.ts'
import { LOAD_CORE, type Machine } from '../machine.ts'
import type { Stage } from '../stage.ts'
import type { ViewsCalls } from '../views/views.ts'
import type { Rig } from './nodes.ts'

export type City = { clients: number; devices: number; fixesPerSecond: number }

const SETTLE_MS = 10_000

/** Where every cell of every view stands in Redis. */
const readCells = async (url: string, clients: number): Promise<Record<string, Cursor>> => {
  const topics = [...new Set(views(clients).flatMap((view) => cellsCovering(view) ?? []))].map(cellTopic)
  const redis = new Redis(url)
  try {
    const values = await Promise.all(topics.map((topic) => redis.hmget(topicKey(topic), 'epoch', 'seq')))
    return Object.fromEntries(
      topics.map((topic, i) => [topic, { epoch: values[i]?.[0] ?? '', seq: Number(values[i]?.[1] ?? 0) }]),
    )
  } finally {
    redis.disconnect()
  }
}

/** Devices that move and clients with a view each, spread evenly over the nodes, a load process for each node. */
export const mapRig = (machine: Machine, stage: Stage, nodes: number, city: City): Rig => {
  const { clients, devices, fixesPerSecond } = city
  const start = (name: string) => machine.start(name, LOAD_CORE, [`test/bench/${name}/main.ts`]).process
  const fleet = start('fleet')
  const feed = asker<FleetFeedCalls>(fleet)
  const crowds = Array.from({ length: nodes }, () => {
    const process = start('views')
    return { pid: process.pid ?? 0, ask: asker<ViewsCalls>(process), end: () => process.kill('SIGKILL') }
  })
  const crowd = (node: number) => {
    const found = crowds[node]
    if (!found) throw new Error(`no clients for node ${node}`)
    return found.ask
  }
  const first = (node: number): number => Math.floor((clients * node) / nodes)
  let cursors: Record<string, Cursor> = {}
  return {
    pids: () => [fleet.pid ?? 0, ...crowds.map(({ pid }) => pid)],
    openFeed: () => feed('open', { url: stage.redis.url, devices }, 60_000),
    openClients: (node, port) => crowd(node)('open', { port, clients, from: first(node), to: first(node + 1) }, 60_000),
    start: () => feed('start', { rate: fixesPerSecond }),
    stop: async () => {
      const { refused } = await feed('stop', null)
      if (refused > 0) throw new Error(`${refused} fixes were refused`)
      cursors = await readCells(stage.redis.url, clients)
    },
    mark: (node) => crowd(node)('mark', null),
    settle: (node) => crowd(node)('settle', { cursors, limitMs: SETTLE_MS }, SETTLE_MS + 30_000),
    close: () => {
      fleet.kill('SIGKILL')
      for (const { end } of crowds) end()
    },
  }
}
