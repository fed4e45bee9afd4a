import { describe, expect, test } from 'vitest'
import { createClock } from '../../../web/state/clock.ts'

describe('delivery delay', () => {
  test('is freed of the distance between the clocks', () => {
    const clock = createClock()
    clock.roundTrip(10)
    // The node's clock is 5,000 ms behind; its stamps take 5 to 9 ms to arrive.
    for (const way of [9, 5, 7]) clock.stamped(1_000, 6_000 + way)
    expect(clock.offset()).toBe(5_000)
    for (const delay of [20, 30, 40]) clock.arrived(1_000, 6_000 + delay)
    expect(clock.delay()).toEqual({ p50: 30, p99: 40 })
  })
})
