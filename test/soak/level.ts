import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Cluster } from 'ioredis'
import type { TestNode } from '../support/node.ts'
import type { RedisClient } from '../support/redis-client.ts'
import { everyPrimary } from '../support/redis-everywhere.ts'
import type { SoakStage } from './stage.ts'

/** What one node holds. Memory in MB after its garbage was collected, the least of several looks. */
export type NodeLevel = {
  rss: number
  heap: number
  /**
   * What keeps its event loop alive, by Node's own count, and open files of the process; null where the system does not
   * tell.
   */
  handles: number
  files: number | null
  clients: number
  watches: number
  topics: number
}
export type Level = {
  nodes: NodeLevel[]
  /** Channels of topics that somebody is subscribed to, and connections, by Redis's own count over all primaries. */
  channels: number
  connections: number
}

/** Who is subscribed to how much, by Redis's own list, in words. */
export const subscribers = async (direct: RedisClient): Promise<string> => {
  const lists = await Promise.all((await everyPrimary(direct)).map((primary) => primary.client('LIST')))
  const lines = String(lists)
    .split('\n')
    .filter((line) => / s?sub=[1-9]/.test(line))
  return lines.map((line) => [...line.matchAll(/ (?:name|sub|ssub)=\S*/g)].join('')).join(';')
}

const LOOKS = 6
const EVERY_MS = 500
const MB = 2 ** 20

const openFiles = (pid: number): number | null => {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return null
  }
}

const lookAt = async ({ url, pid }: TestNode): Promise<NodeLevel> => {
  const text = await (await fetch(`${url}/metrics`, { headers: { connection: 'close' } })).text()
  const lines = text.split('\n')
  const figure = (name: string): number => {
    const line = lines.find((each) => each.startsWith(`${name} `))
    if (line === undefined) throw new Error(`a node tells no ${name}`)
    return Number(line.slice(name.length))
  }
  return {
    rss: figure('process_resident_memory_bytes') / MB,
    heap: figure('nodejs_heap_size_used_bytes') / MB,
    handles: figure('nodejs_active_handles_total'),
    files: openFiles(pid),
    clients: figure('watchfloor_clients'),
    watches: figure('watchfloor_watches'),
    topics: figure('watchfloor_topics'),
  }
}

const least = (looks: readonly NodeLevel[], of: 'rss' | 'heap' | 'handles' | 'files'): number =>
  Math.min(...looks.map((look) => look[of] ?? Number.POSITIVE_INFINITY))

/** Looks at all nodes and at Redis for some seconds; nothing may change meanwhile. */
export const takeLevel = async (stage: SoakStage): Promise<Level> => {
  const looks: NodeLevel[][] = []
  for (let i = 0; i < LOOKS; i++) {
    for (const { pid } of stage.nodes()) process.kill(pid, 'SIGUSR2')
    await sleep(EVERY_MS)
    looks.push(await Promise.all(stage.nodes().map(lookAt)))
  }
  const last = looks.at(-1) ?? []
  const nodes = last.map((look, place) => {
    const own = looks.flatMap((each) => each[place] ?? [])
    const files = look.files === null ? null : least(own, 'files')
    return { ...look, rss: least(own, 'rss'), heap: least(own, 'heap'), handles: least(own, 'handles'), files }
  })
  const primaries = await everyPrimary(stage.direct)
  const channelsOf = stage.direct instanceof Cluster ? 'SHARDCHANNELS' : 'CHANNELS'
  const channels = await Promise.all(
    primaries.map((primary) => primary.call('PUBSUB', channelsOf, 'wf:{*') as Promise<string[]>),
  )
  const infos = await Promise.all(primaries.map((primary) => primary.info('clients')))
  const connected = infos.map((info) => Number(/connected_clients:(\d+)/.exec(info)?.[1] ?? 0))
  return {
    nodes,
    channels: new Set(channels.flat()).size,
    connections: connected.reduce((sum, count) => sum + count, 0),
  }
}

/**
 * Beyond its level, in words; empty where all came back. A few handles may differ: connections that are being closed or
 * opened.
 */
export const notBack = (before: Level, after: Level): string[] => {
  const wrong: string[] = []
  const same = (what: string, was: number, is: number, slack = 0): void => {
    if (Math.abs(is - was) > slack) wrong.push(`${what}: ${was} before, ${is} after`)
  }
  for (const [i, was] of before.nodes.entries()) {
    const is = after.nodes[i]
    if (!is) continue
    for (const what of ['clients', 'watches', 'topics'] as const) same(`node ${i + 1}, ${what}`, was[what], is[what])
    same(`node ${i + 1}, handles`, was.handles, is.handles, HANDLES)
    if (was.files !== null && is.files !== null) same(`node ${i + 1}, open files`, was.files, is.files, HANDLES)
  }
  same('channels', before.channels, after.channels)
  same("Redis's connections", before.connections, after.connections, HANDLES)
  return wrong
}
const HANDLES = 4

/**
 * Memory against the level: 1.05 is 5% more. `heap`, what is still in use, of the worst node; `rss`, which depends on
 * what V8 keeps of a moment that is over as well, of all nodes together.
 */
export const growth = (before: Level, after: Level): { rss: number; heap: number } => {
  const resident = ({ nodes }: Level): number => nodes.reduce((sum, { rss }) => sum + rss, 0)
  return {
    rss: resident(after) / resident(before),
    heap: Math.max(...after.nodes.map(({ heap }, i) => heap / (before.nodes[i]?.heap ?? Number.NaN))),
  }
}
