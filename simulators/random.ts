/** A seeded source of randomness: the same seed gives the same numbers, on every machine. */
export type Random = {
  /** Uniform in [0, 1). */
  next: () => number
  /** Standard normal. */
  normal: () => number
  /** Exponential with the given mean. */
  exponential: (mean: number) => number
  /** Pareto: at least 1, heavier-tailed the smaller `shape` is. */
  pareto: (shape: number) => number
  /** How often something happened that happens `mean` times on average. */
  poisson: (mean: number) => number
  /** A whole number from 0 to `count` - 1. */
  below: (count: number) => number
}

/** A 32-bit hash of text, to derive seeds by name. Source: FNV-1a. */
export const hashText = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Uniform numbers in [0, 1) by sfc32 (Chris Doty-Humphrey, PractRand). */
const sfc32 = (seed: number): (() => number) => {
  let a = 0x9e3779b9
  let b = seed | 0
  let c = Math.floor(seed / 2 ** 32) | 0
  let counter = 1
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 15; i++) next()
  return next
}

/** `seed`: any whole number; with `name`, an independent stream of the same seed. */
export const createRandom = (seed: number, name = ''): Random => {
  const next = sfc32(name === '' ? seed : (seed ^ hashText(name)) >>> 0)
  // Box-Muller gives two numbers at a time: one waits here.
  let spare = Number.NaN
  const normal = () => {
    if (!Number.isNaN(spare)) {
      const value = spare
      spare = Number.NaN
      return value
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next()))
    const angle = 2 * Math.PI * next()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
  const exponential = (mean: number) => -Math.log(1 - next()) * mean
  const poisson = (mean: number) => {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()))
    const limit = Math.exp(-mean)
    let count = 0
    for (let product = next(); product > limit; product *= next()) count++
    return count
  }
  return {
    next,
    normal,
    exponential,
    pareto: (shape) => (1 - next()) ** (-1 / shape),
    poisson,
    below: (count) => Math.floor(next() * count),
  }
}
