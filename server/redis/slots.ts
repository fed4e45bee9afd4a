/** How many slots a Cluster has. */
export const SLOTS = 16_384

/** CRC-16 (XMODEM) of each byte. */
const CRC = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1
  return crc
})

/** The slot of a key or a sharded channel: by its hash tag, or of all of it where it has none. */
export const slotOf = (key: string): number => {
  const open = key.indexOf('{')
  const close = open < 0 ? -1 : key.indexOf('}', open + 1)
  const tag = close > open + 1 ? key.slice(open + 1, close) : key
  let crc = 0
  for (const byte of Buffer.from(tag)) crc = ((crc << 8) & 0xffff) ^ (CRC[(crc >> 8) ^ byte] ?? 0)
  return crc % SLOTS
}

/** What CLUSTER SHARDS answers: lists of names and values in turn. */
export type ShardsReply = ['slots', number[], 'nodes', (string | number | null)[][], ...unknown[]][]

/** The primaries of a Cluster (`host:port`), those of them that own slots, and who owns each slot; undefined where nobody does. */
export type SlotMap = { primaries: string[]; owning: string[]; owners: (string | undefined)[] }

/**
 * Reads CLUSTER SHARDS. A primary that failed counts while its slots are still its own. `asked`: the host that answered, which may not
 * know its own address.
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
    const place = `${host}:${asked.tls ? (tlsPort ?? port) : (port ?? tlsPort)}`
    map.primaries.push(place)
    if (slots.length > 0) map.owning.push(place)
    for (let i = 0; i < slots.length; i += 2) map.owners.fill(place, slots[i], (slots[i + 1] ?? 0) + 1)
  }
  return map
}

const fields = (flat: (string | number | null)[]): Record<string, string | number | null | undefined> =>
  Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]]] : [])))
