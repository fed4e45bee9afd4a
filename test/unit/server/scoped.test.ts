import { expect, test } from 'vitest'
import { createRecent } from '../../../server/http/recent.ts'
import { tagged } from '../../../server/http/reply.ts'
import { createScoped } from '../../../server/http/scoped.ts'

const setUp = (mostBytes = 1_000_000) => {
  let value = { n: 1 }
  const written: string[] = []
  const scoped = createScoped(mostBytes, async () => value)
  const ask = async (scope: string) => {
    const { body, etag } = await scoped(scope, async ({ n }) => {
      written.push(scope)
      return tagged(Buffer.from(`${scope} ${n} ${'x'.repeat(100)}`))
    })
    return { text: body.toString().trim(), etag }
  }
  return { ask, written, next: (n: number) => (value = { n }) }
}

test('people of one scope share a body, and never get that of another', async () => {
  const { ask, written } = setUp()
  const all = await Promise.all(['', 'a', 'b', 'a', '', 'b'].map(ask))
  for (const scope of ['', 'a', 'b']) expect((await ask(scope)).text.startsWith(`${scope} 1`.trim())).toBe(true)
  expect(all.map(({ etag }) => etag)).toEqual([0, 1, 2, 1, 0, 2].map((i) => all[i]?.etag))
  expect(new Set(all.map(({ etag }) => etag)).size).toBe(3)
  expect(written.sort()).toEqual(['', 'a', 'b'])
})

test('what was read anew is written anew, for each scope that asks', async () => {
  const { ask, written, next } = setUp()
  await ask('a')
  next(2)
  expect((await Promise.all([ask('a'), ask('a')])).map(({ text }) => text.slice(0, 3))).toEqual(['a 2', 'a 2'])
  expect(written).toEqual(['a', 'a'])
})

test('bodies beyond the room are written again, and stay right', async () => {
  const { ask, written } = setUp(2_600)
  for (const scope of ['a', 'b', 'c', 'd', 'e', 'a']) expect((await ask(scope)).text).toMatch(new RegExp(`^${scope} 1`))
  expect(written.at(-1)).toBe('a')
})

test('a body that could not be written is not kept', async () => {
  const scoped = createScoped(1000, async () => ({}))
  await expect(scoped('a', () => Promise.reject(new Error('not now')))).rejects.toThrow('not now')
  expect((await scoped('a', async () => tagged(Buffer.from('now')))).body.toString()).toBe('now')
})

test('a value is read once for all who ask within a while, and again where it failed', async () => {
  let now = 0
  let reads = 0
  let fails = false
  const recent = createRecent(
    async () => {
      if (fails) throw new Error('away')
      return { n: ++reads }
    },
    2000,
    () => now,
  )
  const [one, two] = await Promise.all([recent(), recent()])
  expect(one).toBe(two)
  now = 1999
  expect(await recent()).toBe(one)
  now = 2000
  fails = true
  await expect(recent()).rejects.toThrow('away')
  fails = false
  expect(await recent()).toEqual({ n: 2 })
})
