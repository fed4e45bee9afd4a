import { expect, it } from 'vitest'
import type { SymbolSnapshot, Trade } from '../../../../wire/market.ts'
import { eventually } from '../../../support/eventually.ts'
import { createFeed } from '../../../support/feed.ts'
import { candlesOf, stateOf } from '../../../support/oracle/market.ts'
import { readPrints } from '../../../support/oracle/recordings.ts'
import type { Tuning } from '../../../support/readers/by-the-page/book.ts'
import { INTERVALS, type SymbolView, watchSymbol } from '../../../support/readers/by-the-page/symbol.ts'
import type { Watcher } from '../../../support/readers/by-the-page/watcher.ts'
import { flushEverything } from '../../../support/redis-everywhere.ts'
import { inRounds, stageForAll } from './stage.ts'

const TWO_MINUTES = 120_000
const MODES: [symbol: string, tuning: Tuning][] = [
  ['XRP/ETH', { mode: 'every' }],
  ['xrp/eth', { mode: 'latest', rate: 5 }],
]

const stage = stageForAll()
const prints = readPrints()

/** One in twenty comes up to two minutes late, one in a hundred twice. */
const arrivals = prints.flatMap((item, i) => {
  const late = 1 + ((i * 7919) % TWO_MINUTES)
  const at = item.t + (i % 20 === 7 ? late : 0)
  return i % 100 === 31
    ? [
        { at, item },
        { at: at + late, item },
      ]
    : [{ at, item }]
})

const open = async (symbol: string, url: string, tuning: Tuning) => {
  let watcher: Watcher | null = null
  const current = (): string => watcher?.url() ?? url
  const view = watchSymbol(symbol, current, () => watcher?.ask(view.topic))
  watcher = await stage.watch(url, { subjects: [view], tuning })
  return { watcher, view }
}

const isRight = (view: SymbolView): true => {
  // Prints say nothing of the symbol's description, and a Redis that was emptied has none.
  const { description: _, ...state } = view.state() as SymbolSnapshot
  expect(state).toEqual(stateOf(prints))
  for (const [name, ms] of Object.entries(INTERVALS))
    expect(view.chart(name as keyof typeof INTERVALS)).toEqual(candlesOf(prints, ms))
  return true
}

const inTheEnd = (view: SymbolView): Promise<true> =>
  eventually('what the recording says', () => isRight(view), { everyMs: 100 })

it.each(MODES)('%s, watched by the page alone with %o, ends as the recording says', async (symbol, tuning) => {
  await createFeed(stage.redis().client()).describe(symbol)
  const trades = (items: unknown[]) => ({ trades: { [symbol]: items as Trade[] } })
  const rounds = inRounds(arrivals, 5, trades)
  const [here, there] = stage.nodes()
  const opened: Awaited<ReturnType<typeof open>>[] = []
  const join = async () => opened.push(await open(symbol, here.url, tuning))
  const move = () => opened[0]?.watcher.move(there.url)
  const repeats = await stage.publish(rounds, 10, [
    [0.1, join],
    [0.6, join],
    [0.7, move],
  ])
  expect(repeats).toBeGreaterThan(arrivals.length - prints.length)
  expect(opened).toHaveLength(2)
  for (const { watcher, view } of opened) {
    await inTheEnd(view)
    // History was read once, for the one state that was sent: all else came by updates, also that which was missed.
    expect(watcher.answers.filter((answer) => answer.startsWith('snapshot'))).toHaveLength(1)
    expect(view.reads()).toBe(1)
  }
})

it('reads history again once Redis was emptied, and ends as the recording says that is published anew', async () => {
  const symbol = 'XRP-ETH'
  const rounds = inRounds(arrivals, 20, (items) => ({ trades: { [symbol]: items as Trade[] } }))
  await createFeed(stage.redis().client()).describe(symbol)
  const { view } = await open(symbol, stage.nodes()[0].url, {})
  await stage.publish(rounds.slice(0, 60), 2, [])
  await eventually('some trades', () => view.state()?.last)
  await flushEverything(stage.redis().client())
  await eventually('that all is gone', () => view.state()?.last === null)
  await stage.publish(rounds, 2, [])
  await inTheEnd(view)
  expect(view.reads()).toBeGreaterThan(1)
})
