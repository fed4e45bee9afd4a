import type { Topic } from '../../wire/topics.ts'
import type { Tell } from './past-kind.ts'

/** What one update tells at the most: so it stays well below the longest that there may be. */
const MOST = 200

type Run = { field: string; items: unknown[] }

/** Gathers what happened to each topic, so that an update tells several of it. The order within a topic stays. */
export const createRuns = (bodyOf: (topic: Topic, field: string, items: unknown[]) => object) => {
  const runs = new Map<Topic, Run>()

  const flush = (topic: Topic, tell: Tell): void => {
    const run = runs.get(topic)
    if (run === undefined) return
    runs.delete(topic)
    tell.update(topic, bodyOf(topic, run.field, run.items))
  }

  return {
    add: (topic: Topic, field: string, item: unknown, tell: Tell): void => {
      const run = runs.get(topic)
      if (run?.field === field && run.items.length < MOST) run.items.push(item)
      else {
        flush(topic, tell)
        runs.set(topic, { field, items: [item] })
      }
    },
    flush,
    flushAll: (tell: Tell): void => {
      for (const topic of [...runs.keys()]) flush(topic, tell)
    },
  }
}
