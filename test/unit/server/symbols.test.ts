import { expect, test } from 'vitest'
import { createSymbolList } from '../../../server/market/symbols.ts'
import type { Commands } from '../../../server/redis/deployment.ts'

test('the list of symbols is read once for all who ask within two seconds, but each time while it is empty', async () => {
  const symbols: Record<string, string> = {}
  let reads = 0
  let now = 0
  const redis = {
    hgetall: async () => {
      reads++
      return { ...symbols }
    },
    hmget: async () => [null, null, null],
  } as unknown as Commands
  const list = createSymbolList(redis, () => now)
  expect(await list()).toEqual([])
  symbols.A = 'A Inc.'
  expect((await list()).map(({ symbol }) => symbol)).toEqual(['A'])
  symbols.B = 'B Inc.'
  expect(await list()).toHaveLength(1)
  expect(reads).toBe(2)
  now = 2_001
  expect(await list()).toHaveLength(2)
})
