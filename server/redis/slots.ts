/** How many slots a Cluster has. */
export const SLOTS = 16_384

/** The slot of a key or a sharded channel: CRC-16 (XMODEM) of its hash tag, or of all of it where it has none. */
export const slotOf = (key: string): number => {
  const open = key.indexOf('{')
  const close = open < 0 ? -1 : key.indexOf('}', open + 1)
  const tag = close > open + 1 ? key.slice(open + 1, close) : key
  let crc = 0
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
  }
  return crc % SLOTS
}

/** What CLUSTER SLOTS answers: ranges, each with its primary and then the replicas. */
export type SlotRanges = [first: number, last: number, primary: [host: string | null, port: number], ...unknown[]][]

/**
 * The primary (`host:port`) of every slot; undefined where a slot has none. A server that does not know its own address says none:
 * it is then the one that was asked.
 */
export const ownersOf = (ranges: SlotRanges, askedHost: string): (string | undefined)[] => {
  const owners = new Array<string | undefined>(SLOTS)
  for (const [first, last, [host, port]] of ranges) owners.fill(`${host || askedHost}:${port}`, first, last + 1)
  return owners
}
