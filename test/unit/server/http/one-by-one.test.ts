import { expect, test } from 'vitest'
import { createOneByOne } from '../../../../server/http/one-by-one.ts'

test('one question is asked at a time, in order, also after one that failed; too many do not wait', async () => {
  let clock = 0
  const oneByOne = createOneByOne(() => clock)
  const paid: number[] = []
  const done: number[] = []
  let asking = 0
  const ask = (n: number) =>
    oneByOne(
      (cost) => paid.push(cost),
      async () => {
        asking++
        expect(asking).toBe(1)
        await Promise.resolve()
        asking--
        clock += 10
        if (n === 2) throw new Error('away')
        done.push(n)
        return n
      },
    )
  const all = Array.from({ length: 50 }, (_, n) => ask(n))
  await expect(ask(50)).rejects.toMatchObject({ code: 'rate_limited' })
  const ended = await Promise.allSettled(all)
  expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  expect(done).toEqual(Array.from({ length: 50 }, (_, n) => n).filter((n) => n !== 2))
  expect(await ask(51)).toBe(51)
  // What failed is not paid for.
  expect(paid).toEqual(new Array(50).fill(1))
})
