import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { Gauge, type Registry } from 'prom-client'
import { readAtScrape } from './slots.ts'

const QUANTILES = [0.5, 0.99, 1]

/**
 * How busy the one thread of this node is, and how long its turns take: what comes meanwhile waits for that long. Turns
 * are measured as they come; prom-client's timer would wake an idle node a hundred times a second, most of what such a
 * node cost.
 */
export const readEventLoop = (registry: Registry): void => {
  readAtScrape(
    registry,
    { name: 'watchfloor_event_loop_busy_seconds_total', help: 'Time that the one thread of this node was busy' },
    () => performance.eventLoopUtilization().active / 1000,
  )
  const turns = monitorEventLoopDelay({ samplePerIteration: true })
  turns.enable()
  new Gauge({
    name: 'watchfloor_event_loop_turn_seconds',
    help: 'How long turns of the event loop took since the last scrape: the median, the 99th percentile and the longest',
    labelNames: ['quantile'],
    registers: [registry],
    collect() {
      for (const quantile of QUANTILES)
        this.set({ quantile }, turns.count > 0 ? turns.percentile(quantile * 100) / 1e9 : 0)
      turns.reset()
    },
  })
}
