import { createRandom } from '../../simulators/random.ts'

/** Who watches what in a run: `clients` clients that watch `each` of `symbols` symbols. */
export type Floor = { clients: number; symbols: number; each: number }

const DIGITS = 4

/** The name of the bench's symbol number `i`: all as long, so that they can be read by place. */
export const symbolName = (i: number): string => `B${String(i).padStart(DIGITS, '0')}`
export const SYMBOL_LENGTH = 1 + DIGITS

/** What each client watches, as numbers of symbols; the same in every process and every run. */
export const watchSets = ({ clients, symbols, each }: Floor): number[][] => {
  const random = createRandom(7)
  return Array.from({ length: clients }, () => {
    const all = Array.from({ length: symbols }, (_, i) => i)
    const chosen: number[] = []
    while (chosen.length < Math.min(each, symbols)) {
      const [symbol = 0] = all.splice(random.below(all.length), 1)
      chosen.push(symbol)
    }
    return chosen
  })
}
