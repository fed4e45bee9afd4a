import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Port } from '../../../simulators/publisher/port.ts'
import { createPublisher, type PublisherOptions } from '../../../simulators/publisher.ts'
import type { Call } from '../../../wire/calls.ts'
import { cellOf } from '../../../wire/cells.ts'
import type { Fix } from '../../../wire/fleet.ts'
import type { Quote, Trade } from '../../../wire/market.ts'

const replyError = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' })
const lost = (): Error => new Error('Connection is closed.')

/** What a port answers to a call; by default what the function library answers to new data. */
type Answer = (call: Call, answer: () => unknown) => unknown

const trades = (from: number, count: number): Trade[] =>
  Array.from({ length: count }, (_, i) => ({ id: from + i, t: 1_700_000_000_000 + from + i, price: 100, size: 100 }))
const quote = (t: number): Quote => ({ t, bid: 99, bidSize: 100, ask: 101, askSize: 100 })
const fix = (id: string, n: number, lat = 30.27, lon = -97.74): Fix => ({ id, n, t: 1_700_000_000_000 + n, lat, lon })

/** One server for all calls. */
const oneServer: Port['groups'] = (calls) => (calls.length > 0 ? [[...calls.keys()]] : [])

/** A stand-in for Redis that keeps the calls, and answers as the function library does: repeats are dropped by number. */
const fakeRedis = (decide: Answer = (_, answer) => answer()) => {
  const calls: Call[] = []
  const taken = new Map<string, number[]>()
  const cells = new Map<string, string>()
  /** Of devices: the cell that was left and is not cleared yet. */
  const toClear = new Map<string, string>()
  const market = ({ keys, args }: Call) => {
    const ids = taken.get(keys[0] ?? '') ?? []
    taken.set(keys[0] ?? '', ids)
    const given: number[] = []
    for (let i = 0; i < args.length; i += 6) if (args[i] === 'T') given.push(Number(args[i + 1]))
    const fresh = given.filter((id) => !ids.includes(id))
    ids.push(...fresh)
    return [1, 'e', fresh.length, given.length - fresh.length]
  }
  const device = ({ keys, args }: Call) => {
    const key = keys[0] ?? ''
    const id = key.slice('wf:{d:'.length, -1)
    const given = Array.from({ length: args.length / 8 }, (_, i) => args.slice(i * 8, i * 8 + 8).map(Number))
    const numbers = taken.get(key) ?? []
    taken.set(key, numbers)
    const fresh = given.filter(([n = 0]) => !numbers.includes(n))
    numbers.push(...fresh.map(([n = 0]) => n))
    const [n = 0, t = 0, lat = 0, lon = 0] = given.at(-1) ?? []
    const from = cells.get(id) ?? ''
    const cell = cellOf(lat, lon)
    if (fresh.length > 0) cells.set(id, cell)
    if (from !== '' && from !== cell) toClear.set(id, from)
    const left = toClear.get(id) ?? ''
    return [1, 'e', fresh.length, given.length - fresh.length, JSON.stringify({ id, n, t, lat, lon }), cell, left]
  }
  const answer = (call: Call): unknown => {
    if (call.name === 'wf1_market') return market(call)
    if (call.name === 'wf1_leave') toClear.delete(String(call.args[0]))
    return call.name === 'wf1_device' ? device(call) : [1, 'e', 1]
  }
  const port: Port = {
    groups: oneServer,
    run: async (batch) => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      calls.push(...batch)
      return batch.map((call) => decide(call, () => answer(call)))
    },
  }
  return { port, calls, taken, names: () => calls.map(({ name }) => name) }
}

const said: string[] = []
const start = (port: Port, more: Partial<PublisherOptions> = {}) =>
  createPublisher({ port, say: (line) => said.push(line), random: () => 0.5, ...more })

beforeEach(() => {
  vi.useFakeTimers()
  said.length = 0
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the publisher', () => {
  it('gathers trades of a symbol into one call, in order', async () => {
    const redis = fakeRedis()
    const publisher = start(redis.port)
    for (let i = 0; i < 30; i++) publisher.trades(i % 2 ? 'AAPL' : 'MSFT', trades(1 + i, 1))
    await vi.runAllTimersAsync()
    expect(redis.names()).toEqual(['wf1_market', 'wf1_market'])
    expect(redis.taken.get('wf:{s:MSFT}')).toEqual(Array.from({ length: 15 }, (_, i) => 1 + 2 * i))
    expect(publisher.account).toMatchObject({ trades: 30, accepted: 30, repeats: 0, dropped: 0 })
    expect(publisher.waiting()).toBe(0)
  })

  it('cuts what waits for a symbol into calls of bounded size', async () => {
    const redis = fakeRedis()
    const publisher = start(redis.port)
    publisher.trades('AAPL', trades(1, 1050))
    await vi.runAllTimersAsync()
    expect(Math.max(...redis.calls.map(({ args }) => args.length / 6))).toBeLessThanOrEqual(100)
    expect(redis.taken.get('wf:{s:AAPL}')).toEqual(Array.from({ length: 1050 }, (_, i) => 1 + i))
  })

  it('sends only the newest quote, and never an older one after it', async () => {
    const redis = fakeRedis()
    const publisher = start(redis.port)
    for (const t of [5, 7, 6]) publisher.quote('AAPL', quote(t))
    await vi.runAllTimersAsync()
    expect(redis.calls.map(({ args }) => args.slice(0, 2))).toEqual([['Q', 7]])
    expect(publisher.account).toMatchObject({ quotes: 1, conflated: 2 })
  })

  it('places devices by cell and clears the cells they left', async () => {
    const redis = fakeRedis()
    const publisher = start(redis.port)
    publisher.fixes('BUS-1', [fix('BUS-1', 1)])
    publisher.fixes('BUS-2', [fix('BUS-2', 1)])
    await vi.runAllTimersAsync()
    expect(redis.names()).toEqual(['wf1_device', 'wf1_device', 'wf1_place'])
    expect(redis.calls[2]?.args).toHaveLength(2)
    redis.calls.length = 0
    publisher.fixes('BUS-1', [fix('BUS-1', 2, 30.4, -97.6)])
    await vi.runAllTimersAsync()
    expect(redis.names()).toEqual(['wf1_device', 'wf1_place', 'wf1_leave'])
    const leave = redis.calls[2]
    expect(leave?.keys[0]).toBe(`wf:{c:${cellOf(30.27, -97.74)}}`)
    expect(leave?.args).toEqual(['BUS-1', 1_700_000_000_002, 2, cellOf(30.4, -97.6)])
  })

  it('goes through all steps again, with the same fixes, where a later step failed', async () => {
    let failing = true
    const redis = fakeRedis(({ name }, answer) => {
      if (name !== 'wf1_place' || !failing) return answer()
      failing = false
      return lost()
    })
    const publisher = start(redis.port)
    publisher.fixes('BUS-1', [fix('BUS-1', 1)])
    const stopped = vi.advanceTimersByTimeAsync(15).then(() => publisher.fixes('BUS-1', [fix('BUS-1', 2)]))
    await stopped
    await vi.runAllTimersAsync()
    expect(redis.names()).toEqual(['wf1_device', 'wf1_place', 'wf1_device', 'wf1_place', 'wf1_device', 'wf1_place'])
    const devices = redis.calls.filter(({ name }) => name === 'wf1_device')
    expect(devices.map(({ args }) => args.length / 8)).toEqual([1, 1, 1])
    expect(devices[1]?.args).toEqual(devices[0]?.args)
    expect(publisher.account).toMatchObject({ accepted: 2, repeats: 1 })
  })

  it('sends an unanswered batch again as it was, and what came meanwhile after it', async () => {
    let attempts = 0
    const redis = fakeRedis((_, answer) => {
      if (++attempts > 1) return answer()
      answer() // carried out, but the answer is lost
      return lost()
    })
    const publisher = start(redis.port)
    publisher.trades('AAPL', trades(1, 3))
    await vi.advanceTimersByTimeAsync(15)
    publisher.trades('AAPL', trades(4, 2))
    await vi.runAllTimersAsync()
    expect(redis.calls.map(({ args }) => args.length / 6)).toEqual([3, 3, 2])
    expect(redis.taken.get('wf:{s:AAPL}')).toEqual([1, 2, 3, 4, 5])
    expect(publisher.account).toMatchObject({ trades: 5, accepted: 2, repeats: 3 })
  })

  it.each([
    [replyError('ERR Function not found'), 'no server node has installed'],
    [replyError('LOADING Redis is loading the dataset in memory'), 'loading'],
    [replyError("READONLY You can't write against a read only replica."), 'replica'],
    [replyError("OOM command not allowed when used memory > 'maxmemory'."), 'out of memory'],
    [replyError('NOAUTH Authentication required.'), 'password'],
    [new Error('Command timed out'), 'cannot be reached'],
    [new Error("Stream isn't writeable and enableOfflineQueue options is false"), 'cannot be reached'],
  ])('waits out %s, says so once, and loses nothing', async (error, words) => {
    let down = true
    const redis = fakeRedis((_, answer) => (down ? error : answer()))
    const publisher = start(redis.port)
    for (let i = 0; i < 100; i++) {
      publisher.trades('AAPL', trades(1 + i, 1))
      await vi.advanceTimersByTimeAsync(100)
    }
    // 10 seconds of doubling waits, not a call for each trade.
    expect(redis.calls.length).toBeLessThan(20)
    down = false
    await vi.runAllTimersAsync()
    expect(redis.taken.get('wf:{s:AAPL}')).toEqual(Array.from({ length: 100 }, (_, i) => 1 + i))
    expect(said.filter((line) => line.includes(words))).toHaveLength(1)
    expect(said.at(-1)).toContain('Redis takes data again')
  })

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

  it('has a symbol or device in one call at a time, however slow Redis is, and others beside it', async () => {
    const redis = fakeRedis()
    const underWay: string[] = []
    const together: string[] = []
    let most = 0
    const slow: Port = {
      groups: oneServer,
      run: async (calls) => {
        const keys = calls.map(({ keys }) => keys[0] ?? '')
        together.push(...underWay.filter((key) => keys.includes(key)))
        underWay.push(...keys)
        most = Math.max(most, underWay.length)
        await new Promise((resolve) => setTimeout(resolve, 70))
        for (const key of keys) underWay.splice(underWay.indexOf(key), 1)
        return redis.port.run(calls)
      },
    }
    const publisher = start(slow)
    for (let i = 1; i <= 300; i++) {
      publisher.trades(i % 3 ? 'AAPL' : `S${i}`, trades(i, 1))
      await vi.advanceTimersByTimeAsync(4)
    }
    await vi.runAllTimersAsync()
    expect(redis.taken.get('wf:{s:AAPL}')).toEqual(Array.from({ length: 300 }, (_, i) => 1 + i).filter((id) => id % 3))
    expect(together).toEqual([])
    expect(most).toBeGreaterThan(1)
  })

  it('counts what is refused by reason, and gives one example of each', async () => {
    const redis = fakeRedis(() => [1, 'e', 1, 0, '1:price', '2:price', '3:time'])
    const publisher = start(redis.port)
    publisher.trades('AAPL', trades(1, 3))
    publisher.quote('AAPL', quote(1))
    await vi.runAllTimersAsync()
    const { refused } = publisher.account
    expect(refused.get('symbol price')).toEqual({
      count: 2,
      example: JSON.stringify({ symbol: 'AAPL', ...trades(2, 1)[0] }),
    })
    expect(refused.get('symbol time')?.example).toContain('"bid":99')
    expect(said).toHaveLength(2)
  })

  it('gives up a batch that Redis can never take, and goes on with the rest', async () => {
    const redis = fakeRedis(({ keys }, answer) =>
      keys[0] === 'wf:{s:BAD}'
        ? replyError('WRONGTYPE Operation against a key holding the wrong kind of value')
        : answer(),
    )
    const publisher = start(redis.port)
    publisher.trades('BAD', trades(1, 2))
    publisher.trades('AAPL', trades(1, 2))
    await vi.runAllTimersAsync()
    expect(redis.taken.get('wf:{s:AAPL}')).toEqual([1, 2])
    expect([...publisher.account.refused.values()][0]?.count).toBe(2)
    expect(publisher.waiting()).toBe(0)
  })

  it('never keeps more than its cap: drops the oldest, counts them, says so once', async () => {
    let down = true
    const redis = fakeRedis((_, answer) => (down ? lost() : answer()))
    const publisher = start(redis.port, { cap: 1000 })
    for (let i = 0; i < 3000; i++) {
      publisher.trades(['A', 'B', 'C'][i % 3] ?? '', trades(1 + i, 1))
      expect(publisher.waiting()).toBeLessThanOrEqual(1000)
      if (i === 20) await vi.advanceTimersByTimeAsync(50) // some are on their way by then
    }
    down = false
    await vi.runAllTimersAsync()
    const kept = [...redis.taken.values()].flat()
    expect(publisher.account.dropped).toBe(3000 - kept.length)
    expect(publisher.account.dropped).toBeGreaterThanOrEqual(2000)
    expect(said.filter((line) => line.includes('buffer is full'))).toHaveLength(1)
    for (const ids of redis.taken.values()) {
      expect(ids).toEqual(ids.toSorted((a, b) => a - b))
      expect(ids.at(-1)).toBeGreaterThanOrEqual(2998)
    }
    // All but those that were on their way are the newest.
    const newest = kept.filter((id) => id > 21).sort((a, b) => a - b)
    expect(newest).toEqual(Array.from({ length: newest.length }, (_, i) => 3001 - newest.length + i))
  })

  it('names symbols, and names them again after Redis was away', async () => {
    let down = false
    const redis = fakeRedis((_, answer) => (down ? lost() : answer()))
    const publisher = start(redis.port)
    publisher.describe([{ symbol: 'AAPL', name: 'Apple Inc.' }])
    await vi.runAllTimersAsync()
    expect(redis.calls).toEqual([
      { name: 'wf1_describe', keys: ['wf:{s:AAPL}'], args: ['Apple Inc.'] },
      { name: 'wf1_list', keys: ['wf:{symbols}'], args: ['AAPL', 'Apple Inc.'] },
    ])
    down = true
    publisher.trades('AAPL', trades(1, 1))
    await vi.advanceTimersByTimeAsync(50)
    down = false
    await vi.runAllTimersAsync()
    expect(redis.names().filter((name) => name === 'wf1_list')).toHaveLength(2)
  })

  it('ends within the limit and tells what was left', async () => {
    const redis = fakeRedis(() => lost())
    // The last attempt is still under way when the limit passes.
    const slow: Port = {
      groups: oneServer,
      run: (calls) => new Promise((resolve) => setTimeout(() => resolve(redis.port.run(calls)), 900)),
    }
    const publisher = start(slow)
    publisher.trades('AAPL', trades(1, 7))
    const stopping = publisher.stop(3000)
    await vi.advanceTimersByTimeAsync(3000)
    expect(await stopping).toBe(7)
    const calls = redis.calls.length
    await vi.advanceTimersByTimeAsync(60_000)
    expect(redis.calls.length).toBeLessThanOrEqual(calls + 1)
    expect(said).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('sends everything before it ends, and takes nothing afterwards', async () => {
    const redis = fakeRedis()
    const publisher = start(redis.port)
    publisher.trades('AAPL', trades(1, 500))
    const stopping = publisher.stop()
    publisher.trades('AAPL', trades(501, 1))
    await vi.runAllTimersAsync()
    expect(await stopping).toBe(0)
    expect(redis.taken.get('wf:{s:AAPL}')).toHaveLength(500)
  })

  it('loses nothing and keeps the order of each symbol and device, whichever calls fail', async () => {
    const outcome = fc.constantFrom('ok', 'lost', 'carried out but lost', 'loading')
    await fc.assert(
      fc.asyncProperty(fc.array(outcome, { maxLength: 60 }), fc.infiniteStream(fc.nat(4)), async (outcomes, picks) => {
        const rest = [...outcomes]
        const redis = fakeRedis((_, answer) => {
          const next = rest.shift() ?? 'ok'
          if (next === 'loading') return replyError('LOADING')
          if (next === 'lost') return lost()
          const value = answer()
          return next === 'ok' ? value : lost()
        })
        const publisher = start(redis.port)
        const names = ['A', 'B', 'C', 'D', 'E']
        for (let i = 1; i <= 60; i++) {
          const name = names[picks.next().value ?? 0] ?? 'A'
          publisher.trades(name, trades(i, 1))
          publisher.fixes(name, [fix(name, i)])
          if (i % 7 === 0) await vi.advanceTimersByTimeAsync(12)
        }
        await vi.runAllTimersAsync()
        const all = [...redis.taken].filter(([key]) => key.includes('s:')).flatMap(([, ids]) => ids)
        expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => 1 + i))
        for (const ids of redis.taken.values()) expect(ids).toEqual(ids.toSorted((a, b) => a - b))
        expect(publisher.waiting()).toBe(0)
      }),
      { numRuns: 60 },
    )
  })
})
