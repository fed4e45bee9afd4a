import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createNodeClock } from '../../../docs/node-clock.ts'

const ms = fc.integer({ min: 0, max: 100_000 })
const apart = fc.integer({ min: -10_000_000, max: 10_000_000 })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test("the client's clock is never behind the node's, whatever the network does, and whoever sets the device's", () => {
  fc.assert(
    fc.property(apart, ms, ms, fc.array(fc.tuple(ms, ms, apart), { maxLength: 5 }), (off, there, back, later) => {
      const clock = createNodeClock()
      let isSet = 0
      /** What the node's clock shows. */
      const node = (): number => Date.now() - isSet + off
      clock.ask()
      vi.advanceTimersByTime(there)
      const at = node()
      vi.advanceTimersByTime(back)
      clock.hello(at)
      expect(clock.now()).toBeGreaterThanOrEqual(node() - 1e-3)
      expect(clock.now()).toBeLessThanOrEqual(node() + there + 1e-3)
      for (const [quiet, late, set] of later) {
        vi.advanceTimersByTime(quiet)
        const said = node()
        vi.advanceTimersByTime(late)
        isSet += set
        vi.setSystemTime(Date.now() + set)
        clock.heard(said)
        expect(clock.now()).toBeGreaterThanOrEqual(node() - 1e-3)
      }
    }),
    { numRuns: 500 },
  )
})
