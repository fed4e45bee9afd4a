import { setTimeout as sleep } from 'node:timers/promises'
import { retryDelay } from '../../../web/socket/backoff.ts'
import { createClock } from '../clock.ts'
import { type Floor, watchSets } from '../floor.ts'
import { type Client, type Dialect, openClient } from './client.ts'
import { createTally, type Faults, type Percentiles, type Tally } from './tally.ts'

export type OpenOptions = {
  port: number
  dialect: Dialect
  floor: Floor
  /** What they show to be let in. */
  token?: string | undefined
  /** Which of the floor's clients this process is: from, and to before. */
  from: number
  to: number
  /** Connections to open at once. */
  atOnce?: number
  /** Whether clients come back when their connection ends, as the dashboard does; otherwise that is a fault. */
  reconnect?: boolean
}
export type Marked = {
  deliveries: number
  frames: number
  bytes: number
  faults: Faults
  delays: Percentiles
  /** How long nothing has come (ms). */
  silentMs: number
}

/** What a load process can be asked. */
export type LoadCalls = {
  /** Opens the clients; resolves when each is connected and answered for all it watches. */
  open: (options: OpenOptions) => Promise<void>
  /** What was counted since `open`, delays since the last mark. */
  mark: (argument: null) => Marked
  /**
   * Waits until every client has all that was published, `sent` per symbol, at most so long; what is missing counts as
   * lost.
   */
  settle: (argument: { sent: number[]; limitMs: number }) => Promise<Marked>
  /**
   * Waits until all clients are connected and answered for; answers when (Unix ms) the last was, and how often one had
   * to try.
   */
  whole: (argument: { limitMs: number }) => Promise<{ at: number; tries: number }>
  /** How many clients are connected and answered for now. */
  standing: (argument: null) => number
  close: (argument: null) => void
}

const RETRY_REFUSED_MS = 1000

/** Many clients in one process. */
export const createLoad = (random: () => number): LoadCalls => {
  const clock = createClock()
  let clients: (Client | null)[] = []
  let watched: number[][] = []
  let tally: Tally = createTally(0, 0)
  let count = { frames: 0, bytes: 0 }
  let lastWholeAt = 0
  let tries = 0
  const whole = new Set<number>()

  /** Opens one client; resolves when it is whole. Where it is to reconnect, it does for ever. */
  const openOne = (
    { port, dialect, token, reconnect }: OpenOptions,
    epochs: Map<number, string>,
    id: number,
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      let attempt = 0
      const ended = (): void => {
        whole.delete(id)
        if (reconnect) setTimeout(() => open(true), retryDelay(attempt++, random()))
        else {
          tally.faults.ended++
          reject(new Error(`client ${id} was disconnected`))
        }
      }
      const open = (again: boolean): void => {
        tries++
        const ports = {
          port,
          dialect,
          token,
          tally,
          now: clock.now,
          count,
          epochs,
          onWhole: () => {
            attempt = 0
            whole.add(id)
            lastWholeAt = clock.now()
            resolve()
          },
          onRefused: (ask: () => void) => {
            setTimeout(ask, RETRY_REFUSED_MS * (1 + random()))
          },
          onEnd: ended,
        }
        clients[id] = openClient(id, watched[id] ?? [], ports, again)
      }
      open(false)
    })

  const open = async (options: OpenOptions): Promise<void> => {
    const { floor, from, to, atOnce = 50 } = options
    tally = createTally(to - from, floor.symbols)
    count = { frames: 0, bytes: 0 }
    watched = watchSets(floor).slice(from, to)
    tries = 0
    whole.clear()
    const epochs = new Map<number, string>()
    for (let id = 0; id < watched.length; id += atOnce) {
      const ids = watched.slice(id, id + atOnce).map((_, i) => id + i)
      await Promise.all(ids.map((one) => openOne(options, epochs, one)))
    }
  }

  const mark = (): Marked => {
    const marked = {
      deliveries: tally.deliveries(),
      ...count,
      faults: { ...tally.faults },
      delays: tally.percentiles(),
      silentMs: clock.now() - tally.latest(),
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

  const until = async (done: () => boolean, limitMs: number): Promise<void> => {
    const end = performance.now() + limitMs
    while (!done() && performance.now() < end) await sleep(50)
  }

  return {
    open,
    mark,
    settle: async ({ sent, limitMs }) => {
      await until(() => missing(sent) === 0, limitMs)
      tally.faults.lost += missing(sent)
      return mark()
    },
    whole: async ({ limitMs }) => {
      await until(() => whole.size === watched.length, limitMs)
      if (whole.size < watched.length) throw new Error(`only ${whole.size} of ${watched.length} clients came back`)
      return { at: lastWholeAt, tries }
    },
    standing: () => whole.size,
    close: () => {
      for (const client of clients) client?.close()
      clients = []
    },
  }
}
