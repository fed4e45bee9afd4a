import type { Telling } from './records.ts'

/** Of several sentences of a source for one moment the one that tells most is taken, and of equals the first. */
export type Tellers = {
  /** Whether a sentence is not needed; they come in order of time, and those that tell most first. */
  isNeedless: (source: number, order: number, telling: Telling) => boolean
}

/** `best`: the lowest rank of each source's sentences. Those that tell less are needless where they tell nothing. */
export const createTellers = (best: ReadonlyMap<number, number>, undated: number): Tellers => {
  const tellers = new Map<number, Telling>()
  let now = Number.NaN
  return {
    isNeedless: (source, order, telling) => {
      const t = Math.floor(order)
      if (t !== now) tellers.clear()
      now = t
      const teller = tellers.get(source)
      if (!teller && telling.tells && t !== undated) tellers.set(source, telling)
      if (teller && teller.address !== telling.address && teller.rank <= telling.rank) return true
      return telling.rank > (best.get(source) ?? 0) && (telling.isVoid || t === undated)
    },
  }
}
