import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import type { Port } from '../../../feed/port.ts'
import { fakeRedis, fix, inFakeTime, lost, oneServer, replyError, said, start, trades } from './fake.ts'

inFakeTime()

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
  expect(publisher.account).toMatchObject({ fixes: 2, accepted: 2, repeats: 0 })
})

it('counts what Redis answered to a fix once, however often it goes through the steps', async () => {
  let failing = 2
  const redis = fakeRedis(({ name }, answer) => {
    if (name === 'wf1_device') return [2, 'e', 1, 1, '{"t":1,"n":1}', 'other/0231301203311', '', '2:old', '3:time']
    return failing-- > 0 ? lost() : answer()
  })
  const publisher = start(redis.port)
  publisher.fixes(
    'BUS-1',
    [1, 2, 3, 4].map((n) => fix('BUS-1', n)),
  )
  await vi.runAllTimersAsync()
  expect(redis.names().filter((name) => name === 'wf1_device')).toHaveLength(3)
  expect(publisher.account).toMatchObject({ fixes: 4, accepted: 1, repeats: 1, old: 1 })
  expect([...publisher.account.refused.values()].map(({ count }) => count)).toEqual([1])
  publisher.fixes('BUS-1', [fix('BUS-1', 5)])
  await vi.runAllTimersAsync()
  expect(publisher.account).toMatchObject({ fixes: 5, accepted: 2, repeats: 2, old: 2 })
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

it('counts calls that fail for good, and are no one’s item, apart', async () => {
  const redis = fakeRedis(({ name }, answer) =>
    name === 'wf1_place' || name === 'wf1_list' ? replyError('WFARG that is no way to call') : answer(),
  )
  const publisher = start(redis.port)
  publisher.describe([{ symbol: 'AAPL', name: 'Apple Inc.' }])
  publisher.fixes('BUS-1', [fix('BUS-1', 1)])
  await vi.runAllTimersAsync()
  expect(publisher.account).toMatchObject({ fixes: 1, accepted: 1 })
  expect(publisher.account.refused.size).toBe(0)
  expect(publisher.account.failures.get('WFARG that is no way to call')?.count).toBe(2)
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
