import { createAllowance, type Terms } from '../access/allowance.ts'
import type { Faults } from '../faults.ts'

export type Turns = {
  /**
   * Does a piece of work when its turn comes, and has `who` pay for it. Rejects where too many pieces wait, and with
   * what the piece throws.
   */
  take: <T>(who: string, piece: () => T) => Promise<T>
  /** Has `who` pay for what was done outside of its turns, in milliseconds. */
  pay: (who: string, cost: number) => void
}

export type TurnsPorts = {
  now: () => number
  /** CPU time of this thread so far, in milliseconds. */
  cpu: () => number
  /** Called with what each piece took. */
  spent: (who: string, cost: number) => void
  /** What a piece is refused with where too many wait. */
  tooMany: () => Error
  faults: Faults
}

type Piece = () => void

/** Pieces that may wait: in all, and of one address. */
const MOST = 4000
const MOST_OF_ONE = 1000

/**
 * All work for HTTP, a piece at a time. It may take a share of the core, and rests after each piece until it is within
 * that share again. Clients of the live floor wait for at most one piece. Those who have work waiting take turns.
 */
export const createTurns = (terms: Terms, { now, cpu, spent, tooMany, faults }: TurnsPorts): Turns => {
  const share = createAllowance(terms, now)
  /** By address, in the order of their turns. */
  const lines = new Map<string, Piece[]>()
  let waiting = 0
  let resting = false

  const pay = (who: string, cost: number): void => {
    share.spend(cost)
    spent(who, cost)
  }
  const run = (who: string, piece: Piece): void => {
    const from = cpu()
    piece()
    pay(who, cpu() - from)
  }
  const rest = (): void => {
    resting = true
    const wait = share.wait()
    if (wait > 0) setTimeout(goOn, wait)
    else setImmediate(goOn)
  }
  const wake = (): void => {
    resting = false
    next()
  }
  const goOn = faults.guard('http.turn', wake, wake)
  /** One piece, and then a look at what else is to do: frames go first. */
  const next = (): void => {
    if (resting) return
    if (share.wait() > 0) {
      rest()
      return
    }
    const [first] = lines
    if (!first) return
    const [who, line] = first
    lines.delete(who)
    const piece = line.shift()
    if (line.length > 0) lines.set(who, line)
    waiting--
    if (piece) run(who, piece)
    if (lines.size > 0) rest()
  }

  const take: Turns['take'] = (who, piece) =>
    new Promise((resolve, reject) => {
      const line = lines.get(who) ?? []
      if (waiting >= MOST || line.length >= MOST_OF_ONE) return reject(tooMany())
      line.push(() => {
        try {
          resolve(piece())
        } catch (error) {
          reject(error)
        }
      })
      lines.set(who, line)
      waiting++
      next()
    })
  return { take, pay }
}
