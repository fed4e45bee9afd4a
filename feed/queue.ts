import type { Fix } from '../wire/fleet.ts'
import type { Quote, Trade } from '../wire/market.ts'

/**
 * What waits for one symbol or device, oldest first. The first `sent` items are on their way or were, unanswered, and
 * go again exactly as they went: a batch that changed would change what Redis answers about the cell to clear.
 */
type Waiting<Item> = {
  name: string
  items: Item[]
  /** Place of each item in the order in which all items came, to find the oldest. */
  order: number[]
  sent: number
  busy: boolean
}
/** Of quotes only the newest waits: they are state. */
export type SymbolQueue = Waiting<Trade> & { kind: 'symbol'; quote: Quote | null; quoteSent: Quote | null }
/** `counted`: what Redis answered to the batch on its way is in the account, though not all of its steps were done. */
export type DeviceQueue = Waiting<Fix> & { kind: 'device'; counted: boolean }
export type Queue = SymbolQueue | DeviceQueue

/** The most items in one call: what keeps a single call to a millisecond or two of Redis's time. */
const MOST_A_CALL = 100

export const symbolQueue = (name: string): SymbolQueue => ({
  kind: 'symbol',
  name,
  items: [],
  order: [],
  sent: 0,
  busy: false,
  quote: null,
  quoteSent: null,
})

export const deviceQueue = (name: string): DeviceQueue => ({
  kind: 'device',
  name,
  items: [],
  order: [],
  sent: 0,
  busy: false,
  counted: false,
})

export const isEmpty = (queue: Queue): boolean =>
  queue.items.length === 0 && (queue.kind === 'device' || queue.quote === null)

/** How many trades, quotes and fixes are on their way. */
export const sentOf = (queue: Queue): number =>
  queue.sent + (queue.kind === 'symbol' && queue.quoteSent !== null ? 1 : 0)

/** Marks what goes next: the batch that went unanswered, or a new one. Returns how many calls' worth of items it is. */
export const beginSending = (queue: Queue): number => {
  queue.busy = true
  const again = queue.sent > 0 || (queue.kind === 'symbol' && queue.quoteSent !== null)
  if (!again) {
    queue.sent = Math.min(queue.items.length, MOST_A_CALL)
    if (queue.kind === 'symbol') queue.quoteSent = queue.quote
  }
  return queue.sent
}

/** The batch was answered, whatever the answer: forgets it. Returns how many items left. */
export const finishSending = (queue: Queue): number => {
  const { sent } = queue
  queue.items.splice(0, sent)
  queue.order.splice(0, sent)
  queue.sent = 0
  queue.busy = false
  if (queue.kind === 'symbol') {
    if (queue.quote === queue.quoteSent) queue.quote = null
    queue.quoteSent = null
  } else queue.counted = false
  return sent
}
