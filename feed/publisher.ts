import { within } from '../redis/within.ts'
import type { Fix } from '../wire/fleet.ts'
import type { Quote, Trade } from '../wire/market.ts'
import { type Account, emptyAccount } from './account.ts'
import { createBuffer } from './buffer.ts'
import { createDelivery } from './delivery.ts'
import { createDeviceDescriptions, type DescribedDevice } from './device-descriptions.ts'
import { createInFlight } from './in-flight.ts'
import { createPause } from './pause.ts'
import type { Port } from './port.ts'
import { createRegistering } from './registering.ts'
import { createSymbolDescriptions, type DescribedSymbol } from './symbol-descriptions.ts'
import { createWaiters } from './waiters.ts'

const MOST_CALLS = 256
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
  let timer: NodeJS.Timeout | null = null
  let state: 'open' | 'stopping' | 'stopped' = 'open'

  /** After the end, the connection's own end is no news. */
  const say = (line: string) => {
    if (state !== 'stopped') options.say(line)
  }
  const buffer = createBuffer(cap, (count) => {
    account.dropped += count
    if (!saidFull)
      say(`The buffer is full (${cap} trades and fixes): the oldest are being dropped until Redis takes data.`)
    saidFull = true
  })
  const pause = createPause(random, say, () => {
    buffer.retry()
    for (const each of told) each.retry()
    pump()
  })
  const delivery = createDelivery({
    port,
    buffer,
    account,
    say,
    onAnswer: pause.succeed,
    onTrouble: pause.fail,
    onDevice: (device) => registering.add(device),
  })
  const symbols = createSymbolDescriptions(port, delivery.failed, pause.succeed, say)
  const registering = createRegistering(port, delivery.failed, pause.succeed)
  const devices = createDeviceDescriptions(port, delivery.failed, pause.succeed, registering.add)
  /** What is told besides trades, quotes and fixes, and before them. */
  const told = [symbols, devices, registering]
  const failing = () => told.reduce((sum, each) => sum + each.failing(), buffer.failing())
  const untold = () => told.reduce((sum, each) => sum + each.waiting() + each.failing(), 0)
  /** Once everything that failed went through, Redis is whole again. */
  const recover = () => {
    if (failing() > 0 || !pause.end()) return
    saidFull = false
    for (const each of [symbols, devices]) each.addAllAgain()
    say(`Redis takes data again; ${buffer.waiting()} trades and fixes wait.`)
  }

  const inFlight = createInFlight(() => pump())
  const idle = () => inFlight.isEmpty() && untold() === 0 && buffer.idle()
  const waiters = createWaiters((most) => (most === 0 ? idle() : buffer.waiting() <= most))

  const start = async (batch: Promise<void>) => {
    await inFlight.add(batch)
    recover()
    waiters.wake()
    // When behind, nothing is gained by letting more gather.
    if (state !== 'open' || buffer.waiting() >= MOST_ITEMS / 2) pump()
    else schedule()
  }

  const pump = () => {
    while (state !== 'stopped' && !pause.active() && !inFlight.isFull()) {
      const next = told.find((each) => each.waiting() > 0)
      if (next) {
        void start(next.send())
        continue
      }
      const queues = buffer.take(MOST_CALLS, MOST_ITEMS)
      if (queues.length === 0) return
      void start(delivery.send(queues))
    }
  }

  const schedule = () => {
    if (timer !== null || pause.active() || idle()) return
    timer = setTimeout(() => {
      timer = null
      pump()
    }, gather)
  }

  /** What is published after the end goes nowhere. */
  const whileOpen = (publish: () => void) => {
    if (state !== 'open') return
    publish()
    schedule()
  }

  return {
    describe: (some) => whileOpen(() => symbols.add(some)),
    describeDevices: (some) => whileOpen(() => devices.add(some)),
    trades: (symbol, trades) => whileOpen(() => buffer.trades(symbol, trades)),
    quote: (symbol, quote) =>
      whileOpen(() => {
        if (buffer.quote(symbol, quote)) account.conflated++
      }),
    fixes: (id, fixes) => whileOpen(() => buffer.fixes(id, fixes)),
    account,
    waiting: buffer.waiting,
    drained: waiters.wait,
    stop: async (limit = 5000) => {
      state = 'stopping'
      pump()
      await within(limit, waiters.wait(0), () => {})
      state = 'stopped'
      if (timer !== null) clearTimeout(timer)
      pause.stop()
      return buffer.waiting()
    },
  }
}
