import { Counter, type Registry } from 'prom-client'

/** One count, kept as a plain number: cheap enough for the way of every update. It is read at a scrape. */
export type Slot = { n: number }

type Metric = { name: string; help: string }

/** A counter of one figure. */
export const slot = (registry: Registry, metric: Metric): Slot => {
  const count: Slot = { n: 0 }
  readAtScrape(registry, metric, () => count.n)
  return count
}

/** A counter of a figure that is kept anyway. */
export const readAtScrape = (registry: Registry, { name, help }: Metric, read: () => number): void => {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset()
      this.inc(read())
    },
  })
}

/** A counter with one label, whose values are all known: each is told from the start, as 0. */
export const slots = <K extends string>(
  registry: Registry,
  { name, help, label, values }: Metric & { label: string; values: readonly K[] },
): Record<K, Slot> => {
  const counts = Object.fromEntries(values.map((value) => [value, { n: 0 }])) as Record<K, Slot>
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset()
      for (const value of values) this.inc({ [label]: value }, counts[value].n)
    },
  })
  return counts
}

/** A counter with two labels, whose values are all known. */
export const slotTable = <A extends string, B extends string>(
  registry: Registry,
  {
    name,
    help,
    labels: [one, other],
    values: [ones, others],
  }: Metric & { labels: readonly [string, string]; values: readonly [readonly A[], readonly B[]] },
): Record<A, Record<B, Slot>> => {
  const rowOf = (): Record<B, Slot> => Object.fromEntries(others.map((value) => [value, { n: 0 }])) as Record<B, Slot>
  const counts = Object.fromEntries(ones.map((value) => [value, rowOf()])) as Record<A, Record<B, Slot>>
  new Counter({
    name,
    help,
    labelNames: [one, other],
    registers: [registry],
    collect() {
      this.reset()
      for (const a of ones) for (const b of others) this.inc({ [one]: a, [other]: b }, counts[a][b].n)
    },
  })
  return counts
}
