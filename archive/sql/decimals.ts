/** The most digits after the point that a scale holds. */
const MOST = 8
const POWERS = Array.from({ length: MOST + 1 }, (_, i) => 10 ** i)
/** SQLite stores whole numbers up to this in as few bytes as they need. */
const LARGEST = 2 ** 47

/** `x` times `power`, where that is a whole number from which `x` comes back exactly; else null. */
export const asWhole = (x: number, power: number): number | null => {
  const whole = Math.round(x * power) + 0
  return Math.abs(whole) < LARGEST && whole / power === x ? whole : null
}

/** How many digits after the point all of these numbers make do with; null where they need more than eight. */
export const scaleOf = (numbers: readonly number[]): number | null => {
  const scale = POWERS.findIndex((power) => numbers.every((x) => asWhole(x, power) !== null))
  return scale < 0 ? null : scale
}

/** A number by its scale. `-0` becomes 0, as it does in JSON. */
export const scaled = (x: number, scale: number | null): number =>
  scale === null ? x + 0 : Math.round(x * (POWERS[scale] ?? 1)) + 0
export const unscaled = (x: number, scale: number | null): number => (scale === null ? x : x / (POWERS[scale] ?? 1))
