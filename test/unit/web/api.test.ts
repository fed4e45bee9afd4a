import { expect, test } from 'vitest'
import { createApi } from '../../../web/state/api.ts'
import { createPastApi } from '../../../web/state/past/past-api.ts'

const setUp = (answers: Response[]) => {
  const waits: number[] = []
  const asked: string[] = []
  const api = createApi({
    fetch: async (path) => {
      asked.push(path)
      return answers.shift() ?? Response.error()
    },
    wait: async (ms) => waits.push(ms),
    random: () => 0.5,
  })
  return { api, waits, asked }
}
const busy = (after: string): Response =>
  Response.json(
    { error: { code: 'rate_limited', message: 'Wait.' } },
    { status: 429, headers: { 'Retry-After': after } },
  )

test('what is asked as of a moment names it, and asks for what was seen then where that is wanted', async () => {
  const { api, asked } = setUp(Array.from({ length: 9 }, () => Response.json({})))
  let seen = false
  const past = createPastApi(
    api,
    () => 1_000,
    () => seen,
  )
  await past.symbols()
  await past.candles('A/B', '4h')
  seen = true
  await past.candles('A/B', '1m', 500, 900)
  await past.track('BUS', 12.4)
  await past.devicePage('', 'BUS-1')
  await past.devices('bus')
  expect(asked).toEqual([
    '/api/symbols?at=1000',
    '/api/symbols/A%2FB/candles?interval=4h&limit=500&at=1000',
    '/api/symbols/A%2FB/candles?interval=1m&limit=500&before=500&at=900&as=seen',
    '/api/devices/BUS/track?since=12&limit=2000&at=1000&as=seen',
    '/api/devices?q=&limit=500&after=BUS-1&at=1000',
    '/api/devices?q=bus&limit=8&at=1000',
  ])
  await api.candles('X', '1m')
  await api.slices(1.5, 2.5)
  await api.complete('devices', 'A/B')
  expect(asked.slice(6)).toEqual([
    '/api/symbols/X/candles?interval=1m&limit=500',
    '/api/past/slices?from=1&to=3',
    '/api/devices/A%2FB/complete',
  ])
})

test('a node that is asked too much is asked again after what it says, and not all pages at once', async () => {
  const { api, waits, asked } = setUp([busy('2'), busy('60'), Response.json({ symbols: [] })])
  expect(await api.symbols()).toEqual({ symbols: [] })
  expect(waits).toEqual([2500, 10_000])
  expect(asked).toEqual(Array(3).fill('/api/symbols'))
})

test('but not for ever: then people read what it says', async () => {
  const { api, asked } = setUp(Array.from({ length: 9 }, () => busy('1')))
  await expect(api.symbols()).rejects.toThrow('Wait.')
  expect(asked).toHaveLength(4)
})

test('other failures are told at once', async () => {
  const { api, waits } = setUp([
    Response.json({ error: { code: 'unavailable', message: 'Not now.' } }, { status: 503 }),
  ])
  await expect(api.symbols()).rejects.toThrow('Not now.')
  expect(waits).toEqual([])
})
