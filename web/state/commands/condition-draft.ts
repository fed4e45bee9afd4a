import type { Bounds } from '../../../wire/cells.ts'
import type { Precondition } from '../../../wire/commands.ts'
import { unpanned } from '../area.ts'

/** Conditions as they stand in a form: km/h, seconds, and an area of the map. */
export type ConditionDraft = { slower: string; fresher: string; inside: Bounds | null }
export const NO_CONDITION: ConditionDraft = { slower: '', fresher: '', inside: null }

/** km/h in one m/s. */
const KMH = 3.6

const above0 = (text: string): number | null => {
  const value = Number(text.trim().replace(',', '.'))
  return Number.isFinite(value) && value > 0 ? value : null
}

/** What a form asks for; undefined for nothing. `wrong`: why it cannot be. */
export const readConditions = ({ slower, fresher, inside }: ConditionDraft) => {
  const speed = slower.trim() === '' ? undefined : above0(slower)
  const age = fresher.trim() === '' ? undefined : above0(fresher)
  const condition: Precondition = {
    ...(speed != null && { slowerThan: speed / KMH }),
    ...(age != null && { fresherThan: age }),
    ...(inside !== null && { inside: unpanned(inside) }),
  }
  return {
    condition: Object.keys(condition).length === 0 ? undefined : condition,
    wrong: speed === null || age === null ? 'A limit must be a number above 0.' : null,
  }
}
