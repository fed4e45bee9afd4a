import { setTimeout as sleep } from 'node:timers/promises'
import { createClock } from '../clock.ts'
import { type Floor, watchSets } from '../floor.ts'
import { type Client, type Dialect, openClient } from './client.ts'
import { createTally, type Faults, type Percentiles, type Tally } from './tally.ts'

export type OpenOptions = {
  port: number
  dialect: Dialect
  floor: Floor
  /** Which of the floor's clients this process is: from, and to before. */
  from: number
  to: number
  /** Connections to open at once. */
  atOnce?: number
}
export type Marked = { deliveries: number; frames: number; bytes: number; faults: Faults; delays: Percentiles }

/** What a load process can be asked. */
export type LoadCalls = {
  /** Opens the clients; resolves when each is connected and answered for all it watches. */
  open: (options: OpenOptions) => Promise<void>
  /** What was counted since `open`, delays since the last mark. */
  mark: (argument: null) => Marked
  /** Waits until every client has all that was published, `sent` per symbol, at most so long; what is missing counts as lost. */
  settle: (argument: { sent: number[]; limitMs: number }) => Promise<Marked>
  close: (argument: null) => void
}

/** Many clients in one process. */
export const createLoad = (): LoadCalls => {
  const clock = createClock()
  let clients: Client[] = []
  let watched: number[][] = []
  let first = 0
  let tally: Tally = createTally(0, 0)
  let count = { frames: 0, bytes: 0 }

  const open = async ({ port, dialect, floor, from, to, atOnce = 50 }: OpenOptions): Promise<void> => {
    tally = createTally(to - from, floor.symbols)
    count = { frames: 0, bytes: 0 }
    watched = watchSets(floor).slice(from, to)
    first = from
    const { now } = clock
    const epochs = new Map<number, string>()
    const openOne = (id: number): Promise<void> =>
      new Promise((resolve, reject) => {
        const onEnd = (): void => {
          tally.faults.ended++
          reject(new Error(`client ${first + id} was disconnected`))
        }
        const symbols = watched[id] ?? []
        clients.push(openClient(id, symbols, { port, dialect, tally, now, count, epochs, onWhole: resolve, onEnd }))
      })
    for (let id = 0; id < watched.length; id += atOnce) {
      const ids = watched.slice(id, id + atOnce).map((_, i) => id + i)
      await Promise.all(ids.map(openOne))
    }
  }

  const mark = (): Marked => {
    const marked = {
      deliveries: tally.deliveries(),
      ...count,
      faults: { ...tally.faults },
      delays: tally.percentiles(),
    }
    tally.clearDelays()
    clock.set()
    return marked
  }

  const missing = (sent: readonly number[]): number => {
    let sum = 0
    for (const [id, symbols] of watched.entries())
      for (const symbol of symbols) sum += Math.max(0, (sent[symbol] ?? 0) - tally.standing(id, symbol))
    return sum
  }

  return {
    open,
    mark,
    settle: async ({ sent, limitMs }) => {
      const end = performance.now() + limitMs
      while (missing(sent) > 0 && performance.now() < end) await sleep(50)
      tally.faults.lost += missing(sent)
      return mark()
    },
    close: () => {
      for (const client of clients) client.close()
      clients = []
    },
  }
}
