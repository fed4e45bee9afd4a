import { SLOTS } from '../../redis/slots.ts'

/** What CLUSTER SHARDS answers: lists of names and values in turn. */
export type ShardsReply = ['slots', number[], 'nodes', (string | number | null)[][], ...unknown[]][]

/**
 * The primaries of a Cluster (`host:port`), those of them that own slots, and who owns each slot; undefined where
 * nobody does.
 */
export type SlotMap = { primaries: string[]; owning: string[]; owners: (string | undefined)[] }

/**
 * Reads CLUSTER SHARDS. A primary that failed counts while its slots are still its own. `asked`: the host that
 * answered, which may not know its own address.
 */
export const readShards = (reply: ShardsReply, asked: { host: string; tls: boolean }): SlotMap => {
  const map: SlotMap = { primaries: [], owning: [], owners: new Array(SLOTS) }
  for (const [, slots, , nodes] of reply) {
    const primary = nodes
      .map(fields)
      .find(({ role, health }) => role === 'master' && (health === 'online' || slots.length > 0))
    if (!primary) continue
    const { endpoint, port, 'tls-port': tlsPort } = primary
    const host = endpoint && endpoint !== '?' ? endpoint : asked.host
    const name = `${host}:${asked.tls ? (tlsPort ?? port) : (port ?? tlsPort)}`
    map.primaries.push(name)
    if (slots.length > 0) map.owning.push(name)
    for (let i = 0; i < slots.length; i += 2) map.owners.fill(name, slots[i], (slots[i + 1] ?? 0) + 1)
  }
  return map
}

const fields = (flat: (string | number | null)[]): Record<string, string | number | null | undefined> =>
  Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]]] : [])))
