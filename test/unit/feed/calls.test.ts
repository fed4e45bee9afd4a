import { expect, it, vi } from 'vitest'
import type { Port } from '../../../feed/port.ts'
import { cellOf } from '../../../wire/cells.ts'
import { fakeRedis, fix, inFakeTime, lost, oneServer, quote, replyError, said, start, trades } from './fake.ts'

inFakeTime()

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

it('counts what is older than all that the floor keeps apart, and says so once in plain words', async () => {
  const redis = fakeRedis(() => [1, 'e', 1, 1, '1:old', '3:old', '4:price'])
  const publisher = start(redis.port)
  publisher.trades('AAPL', trades(1, 5))
  await vi.runAllTimersAsync()
  expect(publisher.account).toMatchObject({ trades: 5, accepted: 1, repeats: 1, old: 2 })
  expect([...publisher.account.refused.keys()]).toEqual(['symbol price'])
  const example = JSON.stringify({ symbol: 'AAPL', ...trades(2, 1)[0] })
  expect(said[0]).toBe(`Some data is older than all that the floor keeps, so it is not taken. The first: ${example}`)
  expect(said.filter((line) => line.includes('older'))).toHaveLength(1)
})

it('counts a quote that went with trades in a call that Redis can never take', async () => {
  const redis = fakeRedis(() => replyError('WRONGTYPE Operation against a key'))
  const publisher = start(redis.port)
  publisher.trades('AAPL', trades(1, 2))
  publisher.quote('AAPL', quote(1))
  await vi.runAllTimersAsync()
  expect([...publisher.account.refused.values()].map(({ count }) => count)).toEqual([3])
})

it('describes symbols, but for what is wrong, of which it tells', async () => {
  const redis = fakeRedis()
  const said: string[] = []
  const publisher = start(redis.port, { say: (line) => said.push(line) })
  publisher.describe([{ symbol: 'F', name: 'Ford', sessions: '9:30 to 16:00', priceStep: 0.01, type: 'stock' }])
  await vi.runAllTimersAsync()
  expect(redis.calls[0]).toEqual({
    name: 'wf1_describe',
    keys: ['wf:{s:F}'],
    args: ['Ford', '{"type":"stock","priceStep":0.01}'],
  })
  expect(said).toEqual(['The description of F goes without its sessions: not as it should be.'])
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

it('registers devices after their first fix, many in one call, and again where that failed', async () => {
  let down = true
  const first = (answer: () => unknown) => [1, ...(answer() as unknown[]).slice(1)]
  const redis = fakeRedis(({ name }, answer) => {
    if (name === 'wf1_register' && down) return lost()
    return name === 'wf1_device' ? first(answer) : answer()
  })
  const publisher = start(redis.port)
  publisher.fixes('BUS-1', [fix('BUS-1', 1)])
  publisher.fixes('BUS-2', [fix('BUS-2', 1)])
  await vi.advanceTimersByTimeAsync(50)
  down = false
  const done = publisher.drained(0)
  await vi.runAllTimersAsync()
  await done
  const told = redis.calls.filter(({ name }) => name === 'wf1_register')
  expect(told.length).toBeGreaterThan(1)
  expect(told.at(-1)).toEqual({
    name: 'wf1_register',
    keys: ['wf:{r:devices}', 'wf:{r:devices}:log', 'wf:{r:devices}:entries'],
    args: ['BUS-1', '', '', '', 'BUS-2', '', '', ''],
  })
  expect(await publisher.stop()).toBe(0)
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
