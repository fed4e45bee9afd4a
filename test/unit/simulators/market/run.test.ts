import { describe, expect, it } from 'vitest'
import { emptyAccount } from '../../../../feed/account.ts'
import type { Port } from '../../../../feed/port.ts'
import type { Publisher } from '../../../../feed/publisher.ts'
import { runMarket } from '../../../../simulators/market/run.ts'
import type { Run } from '../../../../simulators/run.ts'
import type { Quote, Trade } from '../../../../wire/market.ts'
import { START, STARTS, SYMBOLS } from './floor.ts'

describe('a market that runs', () => {
  /** Runs it on a clock that each sleep moves on, until `end` milliseconds have gone. */
  const runUntil = async (end: number, known: readonly string[] = []) => {
    const said: { symbol: string; trades: readonly Trade[]; quote: Quote | null; now: number }[] = []
    const ending = new AbortController()
    let now = START
    const run: Run = {
      now: () => now,
      sleep: async (ms) => {
        now += Math.max(1, ms)
        if (now >= START + end) ending.abort()
      },
      seed: 1,
      firstNumber: 1_000_000,
      say: () => {},
      signal: ending.signal,
    }
    const publisher: Publisher = {
      describeDevices: () => {},
      describe: () => {},
      trades: (symbol, trades) => void said.push({ symbol, trades, quote: null, now }),
      quote: (symbol, quote) => void said.push({ symbol, trades: [], quote, now }),
      fixes: () => {},
      account: emptyAccount(),
      waiting: () => 0,
      drained: async () => {},
      stop: async () => 0,
    }
    const last = JSON.stringify({ last: { id: 1, t: START - 1, price: 321, size: 1 } })
    const port: Port = {
      run: async (calls) =>
        calls.map(({ keys }) =>
          known.some((symbol) => keys[0] === `wf:{s:${symbol}}`)
            ? ['snapshot', '', '', '', last]
            : ['snapshot', '', '', '', '{}'],
        ),
    } as Port
    const listings = STARTS.map((start) => ({ ...start, name: start.symbol, sector: '', exchange: 'NYSE' }))
    const given = { symbols: SYMBOLS.length, rate: 100, steady: true, history: 3 * 3_600_000 }
    await runMarket(given, listings, publisher, port, run)
    return said
  }

  it('quotes every symbol at once and trades live while the charts are filled', async () => {
    const said = await runUntil(2000)
    for (const symbol of SYMBOLS) {
      const first = said.find((one) => one.symbol === symbol && one.quote)
      expect(first && first.now - START).toBeLessThan(100)
    }
    const isPast = ({ trades }: (typeof said)[number]) => trades.some(({ t }) => t < START)
    const isLive = ({ trades }: (typeof said)[number]) => trades.some(({ t }) => t >= START)
    expect(said.findIndex(isLive)).toBeLessThan(said.findLastIndex(isPast))
    const oldest = Math.min(...said.flatMap(({ trades }) => trades.map(({ t }) => t)))
    expect(oldest).toBeLessThan(START - 2.9 * 3_600_000)
  })

  it('goes on from the prices that Redis has, without a past where there is one', async () => {
    const said = await runUntil(1000, ['AAPL'])
    const quoted = said.find(({ symbol, quote }) => symbol === 'AAPL' && quote)?.quote
    expect(Math.abs((quoted?.bid ?? 0) / 321 - 1)).toBeLessThan(0.005)
    const past = said.filter(({ trades }) => trades.some(({ t }) => t < START)).map(({ symbol }) => symbol)
    expect(new Set(past)).toEqual(new Set(SYMBOLS.filter((symbol) => symbol !== 'AAPL')))
  })
})
