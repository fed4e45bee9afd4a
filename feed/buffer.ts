import type { Fix } from '../wire/fleet.ts'
import type { Quote, Trade } from '../wire/market.ts'
import { beginSending, deviceQueue, finishSending, isEmpty, type Queue, symbolQueue } from './queue.ts'

/** On overflow this share of the cap goes at once, since finding the oldest means a look at all. */
const DROP_SHARE = 1 / 16

/**
 * Everything that waits to be sent, in one queue per symbol and device, and never more than `cap` trades and fixes
 * together.
 */
export type Buffer = {
  trades: (symbol: string, trades: readonly Trade[]) => void
  /** True where it replaced a quote that had not been sent. */
  quote: (symbol: string, quote: Quote) => boolean
  fixes: (id: string, fixes: readonly Fix[]) => void
  /** The queues to send now, longest waiting first, each once until `finish`, or `fail` and `retry`. */
  take: (mostQueues: number, mostItems: number) => Queue[]
  finish: (queue: Queue) => void
  /** Holds a queue back until `retry`: others, whose data may live on another server, go on. */
  fail: (queue: Queue) => void
  /** Lets all that failed be taken again. */
  retry: () => void
  /** Queues that failed when they were sent last. */
  failing: () => number
  /** Trades and fixes that are not answered yet. */
  waiting: () => number
  /** Nothing waits and nothing is under way. */
  idle: () => boolean
}

/** `onDrop` hears how many of the oldest items were thrown away to stay within `cap`. */
export const createBuffer = (cap: number, onDrop: (count: number) => void): Buffer => {
  const queues = { symbol: new Map<string, Queue>(), device: new Map<string, Queue>() }
  const ready = new Set<Queue>()
  const failed = new Set<Queue>()
  /** Those of the failed that are held back. They count as busy. */
  const held = new Set<Queue>()
  let arrivals = 0
  let waiting = 0
  let busy = 0

  const queueOf = (kind: Queue['kind'], name: string): Queue => {
    let queue = queues[kind].get(name)
    if (queue === undefined) {
      queue = kind === 'symbol' ? symbolQueue(name) : deviceQueue(name)
      queues[kind].set(name, queue)
    }
    return queue
  }

  /** Drops the items that came first and are not on their way. */
  const dropOldest = (count: number) => {
    const all = [...queues.symbol.values(), ...queues.device.values()]
    const order = Float64Array.from(all.flatMap((queue) => queue.order.slice(queue.sent))).sort()
    const last = order[Math.min(count, order.length) - 1] ?? -1
    let dropped = 0
    for (const queue of all) {
      const { sent } = queue
      let end = sent
      while (end < queue.order.length && (queue.order[end] ?? 0) <= last) end++
      queue.items.splice(sent, end - sent)
      queue.order.splice(sent, end - sent)
      dropped += end - sent
      if (isEmpty(queue)) ready.delete(queue)
    }
    waiting -= dropped
    if (dropped > 0) onDrop(dropped)
  }

  const append = <Item>(queue: Queue & { items: Item[] }, items: readonly Item[]) => {
    for (const item of items) {
      queue.items.push(item)
      queue.order.push(arrivals++)
    }
    waiting += items.length
    if (!queue.busy && !isEmpty(queue)) ready.add(queue)
    if (waiting > cap) dropOldest(Math.max(waiting - cap, Math.floor(cap * DROP_SHARE)))
  }

  const release = (queue: Queue) => {
    busy--
    queue.busy = false
    if (!isEmpty(queue)) ready.add(queue)
  }

  return {
    trades: (symbol, trades) => append(queueOf('symbol', symbol) as Queue & { items: Trade[] }, trades),
    quote: (symbol, quote) => {
      const queue = queueOf('symbol', symbol)
      if (queue.kind !== 'symbol') return false
      const replaces = queue.quote !== null && queue.quote !== queue.quoteSent
      if (queue.quote === null || queue.quote.t <= quote.t) queue.quote = quote
      if (!queue.busy) ready.add(queue)
      return replaces
    },
    fixes: (id, fixes) => append(queueOf('device', id) as Queue & { items: Fix[] }, fixes),
    take: (mostQueues, mostItems) => {
      const taken: Queue[] = []
      let items = 0
      for (const queue of ready) {
        if (taken.length === mostQueues || items >= mostItems) break
        ready.delete(queue)
        items += beginSending(queue)
        taken.push(queue)
      }
      busy += taken.length
      return taken
    },
    finish: (queue) => {
      waiting -= finishSending(queue)
      failed.delete(queue)
      release(queue)
    },
    fail: (queue) => {
      failed.add(queue)
      held.add(queue)
    },
    retry: () => {
      for (const queue of held) release(queue)
      held.clear()
    },
    failing: () => failed.size,
    waiting: () => waiting,
    idle: () => ready.size === 0 && busy === 0,
  }
}
