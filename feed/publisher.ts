import type { Fix } from '../wire/fleet.ts'
import type { Quote, Trade } from '../wire/market.ts'
import { type Account, emptyAccount } from './account.ts'
import { createBuffer } from './buffer.ts'
import { createDelivery } from './delivery.ts'
import type { DescribedDevice } from './device-descriptions.ts'
import { createPause } from './pause.ts'
import type { Port } from './port.ts'
import { createPump } from './pump.ts'
import type { DescribedSymbol } from './symbol-descriptions.ts'
import { createTally } from './tally.ts'
import { createTelling } from './telling.ts'

/**
 * Of one batch: symbols and devices, and about how many trades and fixes of them. The more devices, the more of them are
 * in the same cell and share a call: of a town's 5,000, 256 are in 70 cells and 500 in 85. All may be in one.
 */
const MOST_CALLS = 500
const MOST_ITEMS = 4000

export type PublisherOptions = {
  port: Port
  /** What people should read: each trouble once. */
  say: (line: string) => void
  random: () => number
  /** Trades and fixes that may wait while Redis is away; beyond it the oldest go. */
  cap?: number
  /** Milliseconds over which trades of a symbol gather into one call. */
  gather?: number
}

/**
 * The one way in which every feed writes. Whatever Redis does, items of a symbol or device are sent in the order given,
 * and what went unanswered is sent again as it was: the function library drops repeats by the source's number.
 */
export type Publisher = {
  /** Describes symbols, so that they can be found before their first trade. */
  describe: (symbols: readonly DescribedSymbol[]) => void
  /**
   * Says what devices are called and which groups they belong to: before their first fixes, or whenever that changes.
   */
  describeDevices: (devices: readonly DescribedDevice[]) => void
  trades: (symbol: string, trades: readonly Trade[]) => void
  quote: (symbol: string, quote: Quote) => void
  fixes: (id: string, fixes: readonly Fix[]) => void
  account: Readonly<Account>
  /** Trades and fixes not answered yet. */
  waiting: () => number
  /** Resolves once at most `most` trades and fixes wait (0: and nothing is under way): how a fast source holds back. */
  drained: (most: number) => Promise<void>
  /** Sends what waits, for at most `limit` milliseconds, and ends. Returns how many trades and fixes were left. */
  stop: (limit?: number) => Promise<number>
}

export const createPublisher = (options: PublisherOptions): Publisher => {
  const { port, random, cap = 200_000, gather = 10 } = options
  const account = emptyAccount()
  let saidFull = false

  /** After the end, the connection's own end is no news. */
  const say = (line: string) => {
    if (!pump.hasStopped()) options.say(line)
  }
  const buffer = createBuffer(cap, (count) => {
    account.dropped += count
    if (!saidFull)
      say(`The buffer is full (${cap} trades and fixes): the oldest are being dropped until Redis takes data.`)
    saidFull = true
  })
  const pause = createPause(random, say, () => {
    buffer.retry()
    telling.retry()
    pump.run()
  })
  const onAnswer = pause.succeed
  const tally = createTally(account, say, pause.fail)
  const telling = createTelling(port, tally.failed, onAnswer, say)
  const delivery = createDelivery({ port, buffer, tally, onAnswer, onDevice: telling.register })

  const sendQueues = (): Promise<void> | null => {
    const queues = buffer.take(MOST_CALLS, MOST_ITEMS)
    return queues.length > 0 ? delivery.send(queues) : null
  }
  /** Once everything that failed went through, Redis is whole again. */
  const recover = () => {
    if (telling.failing() + buffer.failing() > 0 || !pause.end()) return
    saidFull = false
    telling.describeAgain()
    say(`Redis takes data again; ${buffer.waiting()} trades and fixes wait.`)
  }
  const pump = createPump(
    {
      next: () => telling.send() ?? sendQueues(),
      isHeld: pause.active,
      isBehind: () => buffer.waiting() >= MOST_ITEMS / 2,
      isIdle: () => telling.idle() && buffer.idle(),
      waiting: buffer.waiting,
      onAnswered: recover,
    },
    gather,
  )

  /** What is published after the end goes nowhere. */
  const whileOpen = (publish: () => void) => {
    if (!pump.isOpen()) return
    publish()
    pump.schedule()
  }

  return {
    describe: (some) => whileOpen(() => telling.symbols(some)),
    describeDevices: (some) => whileOpen(() => telling.devices(some)),
    trades: (symbol, trades) => whileOpen(() => buffer.trades(symbol, trades)),
    quote: (symbol, quote) =>
      whileOpen(() => {
        if (buffer.quote(symbol, quote)) account.conflated++
      }),
    fixes: (id, fixes) => whileOpen(() => buffer.fixes(id, fixes)),
    account,
    waiting: buffer.waiting,
    drained: pump.drained,
    stop: async (limit = 5000) => {
      await pump.stop(limit)
      pause.stop()
      return buffer.waiting()
    },
  }
}
