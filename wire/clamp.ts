/** The number between `low` and `high` that is nearest to `value`. */
export const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)
