import { afterEach, beforeEach, vi } from 'vitest'

/** Each test of the file has a clock of its own that stands still until it is moved on, and no chance but its own. */
export const holdTime = (): void => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_795_000_000_000 })
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })
}
