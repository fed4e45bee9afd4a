import type { StatsReply } from '../wire/api.ts'
import { type Topic, topicId, topicKind } from '../wire/topics.ts'

/** What one node tells the others of itself: its clients, and the local watchers of each topic it holds. */
export type NodeStats = { node: string; clients: number; watchers: [Topic, number][] }

/** The whole cluster, from what its nodes tell. */
export const sumUp = (all: readonly NodeStats[]): StatsReply => {
  const nodes = [...all].sort((a, b) => (a.node < b.node ? -1 : 1))
  const watchers = new Map<string, number>()
  for (const { watchers: topics } of nodes)
    for (const [topic, count] of topics)
      if (topicKind(topic) === 's' && count > 0)
        watchers.set(topicId(topic), (watchers.get(topicId(topic)) ?? 0) + count)
  return {
    clients: nodes.reduce((sum, { clients }) => sum + clients, 0),
    nodes: nodes.map(({ node, clients, watchers: topics }) => ({ node, clients, topics: topics.length })),
    watchers: Object.fromEntries(watchers),
  }
}
