import { wordsOf } from '../../../redis/call.ts'
import { createRandom } from '../../../simulators/random.ts'
import { describeSymbol, publishMarket } from '../../../wire/calls.ts'
import type { Trade } from '../../../wire/market.ts'
import { type Clock, createClock } from '../clock.ts'
import { symbolName } from '../floor.ts'
import { openWire, type Wire } from './resp.ts'

export type FeedOptions = {
  url: string
  symbols: number
  /** By the function library, or as text on a plain channel `trade:<symbol>`. */
  style: 'watchfloor' | 'plain'
}

/** What the feed process can be asked. */
export type FeedCalls = {
  /** Connects, and names the symbols where the style asks for it. */
  open: (options: FeedOptions) => Promise<void>
  /** Publishes `rate` trades a second, evenly, each alone, until `stop`. */
  start: (argument: { rate: number }) => void
  /**
   * Returns how many trades of each symbol were published in all, each answered by Redis, and how late the latest went
   * out (ms).
   */
  stop: (argument: null) => Promise<{ sent: number[]; lateMs: number }>
  close: (argument: null) => void
}

/** Every trade a little different, and all about as long. */
const tradeOf = (id: number, t: number): Trade => ({
  id,
  t,
  price: 100 + (id % 977) / 100,
  size: 1 + (id % 89),
  side: id % 2 ? 'buy' : 'sell',
})

const publishers = (clock: Clock): Record<FeedOptions['style'], (wire: Wire, symbol: number, id: number) => void> => ({
  watchfloor: (wire, symbol, id) => {
    wire.add(['FCALL', ...wordsOf(publishMarket(symbolName(symbol), [tradeOf(id, Math.floor(clock.now()))], []))])
  },
  plain: (wire, symbol, id) => {
    const name = symbolName(symbol)
    const at = clock.now()
    const trade = JSON.stringify(tradeOf(id, Math.floor(at)))
    wire.add(['PUBLISH', `trade:${name}`, `{"symbol":"${name}","n":${id},"at":${at.toFixed(3)},"trade":${trade}}`])
  },
})

/** Publishes trades of random symbols at a steady rate. */
export const createFeed = (): FeedCalls => {
  const clock = createClock()
  const publish = publishers(clock)
  const random = createRandom(11)
  let wire: Wire | null = null
  let style: FeedOptions['style'] = 'plain'
  let sent: number[] = []
  let lateMs = 0
  let timer: NodeJS.Timeout | undefined

  const publishOne = (to: Wire): void => {
    const symbol = random.below(sent.length)
    const id = (sent[symbol] ?? 0) + 1
    sent[symbol] = id
    publish[style](to, symbol, id)
  }

  const start = ({ rate }: { rate: number }): void => {
    clock.set()
    const began = performance.now()
    let done = 0
    lateMs = 0
    const tick = (): void => {
      if (wire === null) return
      const due = Math.floor(((performance.now() - began) / 1000) * rate)
      lateMs = Math.max(lateMs, ((due - done) / rate) * 1000)
      for (; done < due; done++) publishOne(wire)
      wire.flush()
      timer = setTimeout(tick, 1)
    }
    tick()
  }

  return {
    open: async (options) => {
      style = options.style
      sent = Array.from({ length: options.symbols }, () => 0)
      wire = await openWire(options.url)
      if (style === 'watchfloor')
        for (let i = 0; i < options.symbols; i++)
          for (const call of describeSymbol(symbolName(i), `Bench ${i}`)) wire.add(['FCALL', ...wordsOf(call)])
      await wire.settled()
    },
    start,
    stop: async () => {
      clearTimeout(timer)
      await wire?.settled()
      return { sent, lateMs }
    },
    close: () => {
      clearTimeout(timer)
      wire?.close()
      wire = null
    },
  }
}
