import { expect, test } from 'vitest'
import { createApi } from '../../../web/state/api.ts'

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
