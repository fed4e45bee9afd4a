/** A set of keys of three whole numbers. It takes some 50 bytes a key, whatever they are. */
export type Keys = {
  /** False where it was there before. */
  add: (source: number, high: number, low: number) => boolean
}

const TWO_32 = 2 ** 32

/** Mixes the bits of a number so that numbers that are near to each other are not. */
const mix = (bits: number): number => {
  const a = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35)
  return b ^ (b >>> 16)
}

/** 32 bits that tell keys apart as well as 32 bits can. */
export const hashOf = (source: number, high: number, low: number): number => {
  const ofSource = mix(source + 0x9e3779b9)
  const ofHigh = mix(ofSource ^ high) ^ Math.floor(high / TWO_32)
  const ofLow = mix(mix(ofHigh) ^ low) ^ Math.floor(low / TWO_32)
  return mix(ofLow) >>> 0
}

const PARTS = 3

export const createKeys = (): Keys => {
  let slots = 1024
  let count = 0
  let keys = new Float64Array(PARTS * slots).fill(Number.NaN)
  /** Where a key is, or where there is room for it. */
  const find = (source: number, high: number, low: number): number => {
    let slot = mix(hashOf(source, high, low)) & (slots - 1)
    for (;;) {
      const at = PARTS * slot
      const known = keys[at] ?? 0
      if (Number.isNaN(known) || (known === source && keys[at + 1] === high && keys[at + 2] === low)) return at
      slot = (slot + 1) & (slots - 1)
    }
  }
  const put = (at: number, source: number, high: number, low: number) => {
    keys[at] = source
    keys[at + 1] = high
    keys[at + 2] = low
  }
  const grow = () => {
    const before = keys
    slots *= 2
    keys = new Float64Array(PARTS * slots).fill(Number.NaN)
    for (let at = 0; at < before.length; at += PARTS) {
      const [source = Number.NaN, high = 0, low = 0] = before.subarray(at, at + PARTS)
      if (!Number.isNaN(source)) put(find(source, high, low), source, high, low)
    }
  }
  return {
    add: (source, high, low) => {
      const at = find(source, high, low)
      if (!Number.isNaN(keys[at] ?? 0)) return false
      put(at, source, high, low)
      if (2 * ++count > slots) grow()
      return true
    },
  }
}
