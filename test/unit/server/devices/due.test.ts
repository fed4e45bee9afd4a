import { expect, test } from 'vitest'
import { endDue } from '../../../../server/devices/due.ts'
import { createDueFinder } from '../../../../server/devices/due-finder.ts'
import type { Commands } from '../../../../server/redis/deployment.ts'
import type { Call } from '../../../../wire/calls.ts'
import { DUE_KEY } from '../../../../wire/command-calls.ts'

const NOW = 1_000_000_000_000
const YEAR = 365 * 24 * 3600 * 1000

/** A sorted set in memory, as much of it as is asked for. */
const sortedSet = (start: Record<string, number> = {}) => {
  const scores = new Map(Object.entries(start))
  const bound = (text: unknown): number => (text === '-inf' ? -Infinity : text === '+inf' ? Infinity : Number(text))
  const takes = (flag: unknown, known: number | undefined, score: number): boolean =>
    flag === 'XX' ? known !== undefined : flag === 'NX' ? known === undefined : known === undefined || score < known
  const redis = {
    zrangebyscore: async (_key: string, from: unknown, to: unknown, ...[, , most]: unknown[]) =>
      [...scores]
        .filter(([, score]) => score >= bound(from) && score <= bound(to))
        .sort(([, a], [, b]) => a - b)
        .slice(0, Number(most))
        .map(([member]) => member),
    zadd: async (_key: string, flag: unknown, ...pairs: unknown[]) => {
      let added = 0
      for (let i = 0; i < pairs.length; i += 2) {
        const [score, member] = [Number(pairs[i]), String(pairs[i + 1])]
        const known = scores.get(member)
        if (!takes(flag, known, score)) continue
        scores.set(member, score)
        if (known === undefined) added++
      }
      return added
    },
    zremrangebyscore: async (_key: string, from: unknown, to: unknown) => {
      for (const [member, score] of scores) if (score >= bound(from) && score <= bound(to)) scores.delete(member)
    },
  }
  return { scores, redis: redis as unknown as Commands }
}

const setUp = (start: Record<string, number>, answer: (call: Call) => unknown) => {
  const set = sortedSet(start)
  const changed: string[] = []
  const round = () =>
    endDue({
      redis: set.redis,
      together: async (call) => {
        const reply = answer(call)
        if (reply instanceof Error) throw reply
        return reply
      },
      changed: (device, commands) => changed.push(...commands.map(({ id, state }) => `${device} ${id} ${state}`)),
      clock: () => NOW,
      random: () => 0.25,
    })
  return { ...set, round, changed }
}
const by = { id: 'ann', name: 'Ann' }
const expired = { id: 'x', c: 1, kind: 'lock', args: {}, by, t: 1, until: 2, state: 'expired', at: 3 }
const nothing = [2, 'e', '', '[]']

test('those that are due are asked, and put where their next command is due', async () => {
  const answers: Record<string, unknown> = {
    'wf:{d:A}': [2, 'e', String(NOW + 500), JSON.stringify([expired])],
    'wf:{d:B}': nothing,
  }
  const { round, scores, changed } = setUp({ A: NOW, B: NOW - 1, C: NOW + 1 }, ({ keys }) => answers[keys[0] ?? ''])
  expect(await round()).toBe(2)
  expect(changed).toEqual(['A x expired'])
  expect(Object.fromEntries(scores)).toEqual({ A: NOW + 500, C: NOW + 1 })
  expect(await round()).toBe(0)
})

test('one that could not be asked is asked again soon', async () => {
  const { round, scores } = setUp({ A: NOW }, () => new Error('away'))
  await round()
  expect(Object.fromEntries(scores)).toEqual({ A: NOW + 5000 })
})

test('a command that is written while a round looks is not forgotten', async () => {
  const { round, scores, redis } = setUp({ A: NOW, B: NOW }, ({ keys }) => {
    // Whoever commands says first when it is due, and the round asked just before the command was there.
    if (keys[0] === 'wf:{d:A}') void redis.zadd(DUE_KEY, 'LT', NOW + 9000, 'A')
    return keys[0] === 'wf:{d:A}' ? nothing : [2, 'e', NOW + 1, '[]']
  })
  await round()
  expect(Object.fromEntries(scores)).toEqual({ A: NOW + 9000, B: NOW + 1 })
})

test('what a node left behind that died in the middle is found', async () => {
  const { round, scores } = setUp({ A: NOW + YEAR + 0.5, ' strange ': NOW }, () => [2, 'e', NOW + 1, '[]'])
  expect(await round()).toBe(2)
  expect(Object.fromEntries(scores)).toEqual({ A: NOW + 1 })
})

test('devices with commands under way that nobody looks after are found, some at a time', async () => {
  const { redis, scores } = sortedSet({ 'BUS-1': NOW + 5 })
  const ids = Array.from({ length: 700 }, (_, i) => `BUS-${i}`)
  const asked: string[] = []
  const reading = {
    ...redis,
    pipeline: () => {
      const keys: string[] = []
      return {
        hmget: (key: string) => void keys.push(key),
        exec: async () => {
          asked.push(...keys)
          return keys.map((key) => [null, [['wf:{d:BUS-1}', 'wf:{d:BUS-600}'].includes(key) ? 'qx' : '']])
        },
      }
    },
  } as unknown as Commands
  const register = async () => ({ ids, entries: new Map(), cursor: { epoch: '', seq: 0 }, complete: true })
  const find = createDueFinder(reading, register, () => NOW)
  expect(await find()).toBe(0)
  expect(asked).toHaveLength(500)
  expect(await find()).toBe(1)
  expect(asked).toHaveLength(700)
  expect(Object.fromEntries(scores)).toEqual({ 'BUS-1': NOW + 5, 'BUS-600': NOW })
  await find()
  expect(asked).toHaveLength(1200)
})
