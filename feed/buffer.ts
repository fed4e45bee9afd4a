import type { Fix } from '../wire/fleet.ts'
import type { Quote, Trade } from '../wire/market.ts'
import { dropOldest } from './drop-oldest.ts'
import { type DeviceQueue, deviceQueue, isEmpty, type Queue, type SymbolQueue, symbolQueue } from './queue.ts'
import { createReady, type Ready } from './ready.ts'

/** On overflow this share of the cap goes at once, since finding the oldest means a look at all. */
const DROP_SHARE = 1 / 16

/**
 * Everything that waits to be sent, in one queue per symbol and device, and never more than `cap` trades and fixes
 * together.
 */
export type Buffer = Pick<Ready, 'take' | 'fail' | 'retry' | 'failing' | 'idle'> & {
  trades: (symbol: string, trades: readonly Trade[]) => void
  /** True where it replaced a quote that had not been sent. */
  quote: (symbol: string, quote: Quote) => boolean
  fixes: (id: string, fixes: readonly Fix[]) => void
  finish: (queue: Queue) => void
  /** Trades and fixes that are not answered yet. */
  waiting: () => number
}

/** Queues by name, each made when it is asked for first. */
const queuesBy = <Kind extends Queue>(make: (name: string) => Kind) => {
  const queues = new Map<string, Kind>()
  return {
    all: () => queues.values(),
    of: (name: string): Kind => {
      let queue = queues.get(name)
      if (queue === undefined) {
        queue = make(name)
        queues.set(name, queue)
      }
      return queue
    },
  }
}

/** `onDrop` hears how many of the oldest items were thrown away to stay within `cap`. */
export const createBuffer = (cap: number, onDrop: (count: number) => void): Buffer => {
  const symbols = queuesBy<SymbolQueue>(symbolQueue)
  const devices = queuesBy<DeviceQueue>(deviceQueue)
  const { add, remove, finish, ...ready } = createReady()
  let arrivals = 0
  let waiting = 0

  const makeRoom = () => {
    const most = Math.max(waiting - cap, Math.floor(cap * DROP_SHARE))
    const dropped = dropOldest([...symbols.all(), ...devices.all()], most, (queue) => {
      if (isEmpty(queue)) remove(queue)
    })
    waiting -= dropped
    if (dropped > 0) onDrop(dropped)
  }

  const append = <Item>(queue: Queue & { items: Item[] }, items: readonly Item[]) => {
    for (const item of items) {
      queue.items.push(item)
      queue.order.push(arrivals++)
    }
    waiting += items.length
    add(queue)
    if (waiting > cap) makeRoom()
  }

  return {
    ...ready,
    trades: (symbol, trades) => append(symbols.of(symbol), trades),
    quote: (symbol, quote) => {
      const queue = symbols.of(symbol)
      const replaces = queue.quote !== null && queue.quote !== queue.quoteSent
      if (queue.quote === null || queue.quote.t <= quote.t) queue.quote = quote
      add(queue)
      return replaces
    },
    fixes: (id, fixes) => append(devices.of(id), fixes),
    finish: (queue) => {
      waiting -= finish(queue)
    },
    waiting: () => waiting,
  }
}
