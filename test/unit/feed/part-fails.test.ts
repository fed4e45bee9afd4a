import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Port } from '../../../feed/port.ts'
import type { Call } from '../../../wire/calls.ts'
import { cellOf } from '../../../wire/cells.ts'
import { fakeRedis, fix, inFakeTime, lost, said, start, trades } from './fake.ts'

inFakeTime()

describe('beside a part of Redis that does not work', () => {
  const isBroken = ({ keys }: Call) => keys[0]?.includes('{s:B') || keys[0] === broken
  let broken = ''
  /** Two servers: one that holds the symbols from B, and `broken`, and one for the rest. */
  const twoServers: Port['groups'] = (calls) => {
    const places = [...calls.keys()]
    const isThere = (place: number) => isBroken(calls[place] as Call)
    return [places.filter(isThere), places.filter((place) => !isThere(place))].filter((group) => group.length > 0)
  }
  beforeEach(() => {
    broken = ''
  })

  it('goes on with the rest, tries again in growing pauses, and says so once', async () => {
    let down = true
    const redis = fakeRedis((call, answer) => (down && isBroken(call) ? lost() : answer()))
    const publisher = start({ ...redis.port, groups: twoServers })
    for (let i = 1; i <= 500; i++) {
      publisher.trades('A', trades(i, 1))
      publisher.trades('B1', trades(i, 1))
      publisher.trades('B2', trades(i, 1))
      await vi.advanceTimersByTimeAsync(20)
      expect(redis.taken.get('wf:{s:A}')?.length ?? 0).toBeGreaterThan(i - 3)
    }
    expect(redis.calls.filter(isBroken).length).toBeLessThan(50)
    expect(said).toEqual([expect.stringMatching(/^Waiting: Redis cannot be reached/)])
    down = false
    await vi.runAllTimersAsync()
    for (const symbol of ['A', 'B1', 'B2'])
      expect(redis.taken.get(`wf:{s:${symbol}}`)).toEqual(Array.from({ length: 500 }, (_, i) => 1 + i))
    expect(said.slice(1)).toEqual([expect.stringContaining('Redis takes data again')])
    expect(publisher.account).toMatchObject({ trades: 1500, accepted: 1500, dropped: 0 })
  })

  it('does not let a server that hangs hold up the others', async () => {
    const redis = fakeRedis()
    const port: Port = {
      groups: twoServers,
      run: async (calls) => {
        if (!calls.some(isBroken)) return redis.port.run(calls)
        await new Promise((resolve) => setTimeout(resolve, 2000))
        return calls.map(lost)
      },
    }
    const publisher = start(port)
    for (let i = 1; i <= 200; i++) {
      publisher.trades(`A${i % 7}`, trades(i, 1))
      publisher.trades(`B${i % 60}`, trades(i, 1))
      await vi.advanceTimersByTimeAsync(20)
      const taken = [...redis.taken.values()].flat().length
      // A batch to the server that hangs counts as slow after 100 ms; until then it may be in the way.
      expect(taken).toBeGreaterThan(i - 12)
    }
    const stopping = publisher.stop(1)
    await vi.runAllTimersAsync()
    await stopping
  })

  it('clears a device from its old cell only after another server has placed it in the new one', async () => {
    const before = cellOf(30.27, -97.74)
    broken = `wf:{c:${cellOf(30.4, -97.6)}}`
    let down = false
    const redis = fakeRedis((call, answer) => (down && isBroken(call) ? lost() : answer()))
    const publisher = start({ ...redis.port, groups: twoServers })
    publisher.fixes('BUS-1', [fix('BUS-1', 1)])
    await vi.runAllTimersAsync()
    down = true
    redis.calls.length = 0
    publisher.fixes('BUS-1', [fix('BUS-1', 2, 30.4, -97.6)])
    await vi.advanceTimersByTimeAsync(5000)
    expect(redis.names()).toContain('wf1_place')
    expect(redis.names()).not.toContain('wf1_leave')
    down = false
    await vi.runAllTimersAsync()
    const last = redis.calls.at(-1)
    expect(last?.name).toBe('wf1_leave')
    expect(last?.keys[0]).toBe(`wf:{c:${before}}`)
    expect(publisher.waiting()).toBe(0)
  })
})
