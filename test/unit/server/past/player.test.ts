import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ArchiveAway } from '../../../../archive/archive.ts'
import { createFaults } from '../../../../server/faults.ts'
import { asked, boundOf, stepped } from '../../../../server/past/clock.ts'
import { createEdge } from '../../../../server/past/edge.ts'
import { createPlayer } from '../../../../server/past/player.ts'
import type { PastClock, PastStand } from '../../../../wire/past.ts'

const START = Date.UTC(2026, 10, 30, 8)

describe('a clock', () => {
  it('goes as fast as it is asked to, and stands still at the edge', () => {
    expect(stepped({ at: 1000, speed: 4 }, 200, 9000)).toEqual({ at: 1800, speed: 4 })
    expect(stepped({ at: 1000, speed: 64 }, 200, 9000)).toEqual({ at: 9000, speed: 0 })
    expect(stepped({ at: 1000, speed: 0 }, 200, 9000)).toEqual({ at: 1000, speed: 0 })
  })

  it('stands where it is asked to, but never after the edge', () => {
    expect(asked({ at: 1000, speed: 4 }, { at: 2000 }, 9000)).toEqual({ at: 2000, speed: 4 })
    expect(asked({ at: 1000, speed: 4 }, { speed: 0 }, 9000)).toEqual({ at: 1000, speed: 0 })
    expect(asked({ at: 1000, speed: 4 }, { at: 9001 }, 9000)).toEqual({ at: 9000, speed: 0 })
  })
})

/** A clock over a source that comes as far as `reach` says, or rejects. */
const stage = (clock: PastClock, edge: number) => {
  const told: PastStand[] = []
  const jumps: number[] = []
  const held: string[] = []
  let failed = 0
  const world = {
    bound: boundOf(clock.at),
    edge,
    reach: Number.POSITIVE_INFINITY,
    error: null as Error | null,
    /** Where it tells a stretch at a time: how long each is, and takes (ms). */
    stretch: null as { length: number; takes: number } | null,
  }
  const player = createPlayer(clock, edge, {
    source: {
      told: () => world.bound,
      advance: async (to, _horizon, goesOn = () => true) => {
        if (world.error) throw world.error
        const end = Math.min(to, world.reach)
        for (; world.stretch !== null && world.bound < end && goesOn(); world.bound += world.stretch.length)
          await new Promise((resolve) => setTimeout(resolve, world.stretch?.takes))
        if (world.stretch === null) world.bound = Math.max(world.bound, end)
      },
      jump: (bound) => {
        jumps.push(bound)
        world.bound = bound
      },
    },
    edge: async () => world.edge,
    now: () => performance.now(),
    tell: (stand) => void told.push(stand),
    held: (why) => void held.push(why),
    faults: createFaults(() => {}),
    fail: () => failed++,
    id: 'one',
  })
  return { player, world, told, jumps, held, failed: () => failed }
}

describe('a clock that plays', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('goes on by itself, until it is paused', async () => {
    const { player, world, told } = stage({ at: START, speed: 4 }, START + 1e9)
    await vi.advanceTimersByTimeAsync(2000)
    const { at } = player.stand()
    expect(at).toBe(START + 8000)
    expect(await player.move({ speed: 0 })).toEqual({ at, speed: 0, edge: START + 1e9 })
    await vi.advanceTimersByTimeAsync(5000)
    expect(world.bound).toBe(boundOf(at))
    // It stands where it would have come by itself.
    expect(told).toEqual([])
    player.close()
  })

  it('stops at the edge, and says so', async () => {
    const { player, told } = stage({ at: START, speed: 64 }, START + 30_000)
    await vi.advanceTimersByTimeAsync(5000)
    expect(told).toEqual([{ at: START + 30_000, speed: 0, edge: START + 30_000 }])
    player.close()
  })

  it('waits while the archive is away, says so once, and goes on from where it stood', async () => {
    const { player, world, told, held } = stage({ at: START, speed: 1 }, START + 1e9)
    await vi.advanceTimersByTimeAsync(1000)
    world.error = new ArchiveAway('away')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(told).toEqual([{ at: START + 1000, speed: 1, edge: START + 1e9, held: 'away' }])
    world.error = null
    await vi.advanceTimersByTimeAsync(2000)
    expect(told).toHaveLength(2)
    expect(told[1]?.held).toBeUndefined()
    expect(player.stand().at).toBeLessThan(START + 4000)
    expect(held).toEqual(['away'])
    player.close()
  })

  it('goes slower where more happened than is told at once, and says so', async () => {
    const { player, world, told, held } = stage({ at: START, speed: 8 }, START + 1e9)
    world.reach = boundOf(START + 1000)
    await vi.advanceTimersByTimeAsync(3000)
    expect(held[0]).toBe('slow')
    expect(told[0]).toEqual({ at: START + 1000, speed: 8, edge: START + 1e9, held: 'slow' })
    world.reach = Number.POSITIVE_INFINITY
    await vi.advanceTimersByTimeAsync(1000)
    expect(player.stand().held).toBeUndefined()
    player.close()
  })

  it('is paused, and says that it goes slower, before all of a long stretch is told', async () => {
    const { player, world, told, held } = stage({ at: START, speed: 64 }, START + 1e9)
    world.stretch = { length: 100, takes: 500 }
    await vi.advanceTimersByTimeAsync(6000)
    expect([...new Set(held)]).toEqual(['slow'])
    expect(told[0]?.at).toBeLessThanOrEqual(START + 1000)
    const before = world.bound
    const paused = player.move({ speed: 0 })
    await vi.advanceTimersByTimeAsync(500)
    expect(await paused).toEqual({ at: world.bound - 1, speed: 0, edge: START + 1e9 })
    expect(world.bound - before).toBeLessThanOrEqual(100)
    player.close()
  })

  it('is moved to another moment at once, but not after the edge', async () => {
    const { player, world, jumps } = stage({ at: START, speed: 0 }, START + 9000)
    expect(await player.move({ at: START - 5000, speed: 2 })).toMatchObject({ at: START - 5000, speed: 2 })
    expect(await player.move({ at: START + 10_000 })).toMatchObject({ at: START + 9000, speed: 0 })
    expect(jumps).toEqual([boundOf(START - 5000), boundOf(START + 9000)])
    // Where it stands already it need not go.
    await player.move({ at: START + 9000 })
    expect(jumps).toHaveLength(2)
    expect(world.bound).toBe(boundOf(START + 9000))
    player.close()
  })

  it('costs its client the connection, and nobody else anything, where it has a fault', async () => {
    const { player, world, failed } = stage({ at: START, speed: 1 }, START + 1e9)
    world.error = new TypeError('a fault')
    await vi.advanceTimersByTimeAsync(1000)
    expect(failed()).toBe(1)
    player.close()
  })
})

it('asks for the edge once a second for all clocks, and knows none of an empty archive', async () => {
  let asks = 0
  let now = 0
  let edge: number | null = 5000
  const shared = createEdge(
    {
      edge: async () => {
        asks++
        return edge
      },
    },
    () => now,
  )
  expect(await Promise.all([shared.ask(), shared.ask()])).toEqual([4999, 4999])
  expect(await shared.ask()).toBe(4999)
  expect(asks).toBe(1)
  now = 1000
  edge = null
  await expect(shared.ask()).rejects.toThrow(ArchiveAway)
})
