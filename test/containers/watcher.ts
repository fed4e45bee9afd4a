import { watchFloor } from '../../docs/client.ts'
import { eventually } from '../support/eventually.ts'

/** A real client behind the balancer, as programs of people are, which notes when each of its symbols moved. */
export type Watcher = {
  /** Resolves once every symbol moves. */
  live: () => Promise<void>
  /** The longest that one of the symbols stood still since then, in ms. */
  stoodSince: (from: number) => number
  close: () => void
}

/** Symbols that trade often, so that a pause is a pause of the floor. */
const SYMBOLS = ['AAPL', 'AMZN', 'GOOGL', 'META', 'MSFT', 'NVDA', 'TSLA', 'AMD']

/** The longest pause between these moments, of which the first is `from` and the last `until`. */
const longest = (moments: readonly number[], from: number, until: number): number => {
  const within = [from, ...moments.filter((at) => at > from), until]
  return Math.max(...within.map((at, i) => at - (within[i - 1] ?? at)))
}

export const openWatcher = async (url: string): Promise<Watcher> => {
  const { symbols } = (await (await fetch(`${url}/api/symbols`)).json()) as { symbols: { symbol: string }[] }
  const known = symbols.map(({ symbol }) => symbol)
  const topics = [...known.filter((symbol) => SYMBOLS.includes(symbol)), ...known]
    .slice(0, 8)
    .map((each) => `s:${each}`)
  const moved = new Map<string, number[]>(topics.map((topic) => [topic, []]))
  const refusals: string[] = []
  const note = (topic: string) => moved.get(topic)?.push(performance.now())
  const { close } = watchFloor(url, topics, {
    state: note,
    update: ({ topic }) => note(topic),
    refused: (topic, code) => refusals.push(`${topic}: ${code}`),
  })
  const live = async (): Promise<void> => {
    const from = performance.now()
    const moves = (): boolean => [...moved.values()].every((moments) => moments.filter((at) => at > from).length > 1)
    await eventually(`all symbols move ${refusals.join()}`, moves, { limitMs: 120_000 })
  }
  const stoodSince = (from: number): number => {
    const until = performance.now()
    return Math.max(...[...moved.values()].map((moments) => longest(moments, from, until)))
  }
  return { live, stoodSince, close }
}
