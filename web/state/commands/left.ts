import { formatSpan } from '../format.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** What is left of a deadline: `0:48`, `12:05`, `3 h 20 min`; `over` once it has passed. */
export const formatLeft = (left: number): string => {
  if (left <= 0) return 'over'
  if (left >= HOUR) return formatSpan(left)
  const seconds = Math.ceil(left / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
