import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStanding } from '../../../../web/socket/standing.ts'
import type { Failed } from '../../../../web/state/calls.ts'
import type { Renewed } from '../../../../web/state/host.ts'
import type { RenewReply } from '../../../../wire/people.ts'

beforeEach(() => void vi.useFakeTimers({ now: 100_000 }))
afterEach(() => void vi.useRealTimers())

const AWAY: Failed = { error: { code: 'unavailable', message: 'Away.' } }
const NO: Failed = { error: { code: 'not_signed_in', message: 'Sign in first.' } }
const DONE: Renewed = { ticket: 'T', until: 900_000 }

const setUp = (renewals: (Renewed | Failed)[], replies: (RenewReply | Error)[] = []) => {
  const told: unknown[] = []
  const heed = createStanding({
    host: {
      renew: async () => renewals.shift() ?? AWAY,
      fade: (until, why) => void told.push(['fade', until, why]),
      end: (reason) => void told.push(['end', reason]),
      met: () => {},
      check: async () => {},
    },
    watches: { withdraw: (topics) => void told.push(['withdraw', ...topics]) },
    renew: async (ticket) => {
      told.push(['renew', ticket])
      const reply = replies.shift() ?? { until: 900_000 }
      if (reply instanceof Error) throw reply
      return reply
    },
    now: Date.now,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  })
  return { heed, told, left: () => renewals.length }
}

test('what ends soon is renewed, and the open connection is told', async () => {
  const { heed, told } = setUp([DONE])
  heed({ kind: 'renew', withinMs: 30_000 })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(told).toEqual([['renew', 'T']])
})

test('what fails for a while is tried again, and no second time at once', async () => {
  const { heed, told, left } = setUp([AWAY, DONE, DONE, DONE], [new Error('timeout'), { error: AWAY.error }])
  heed({ kind: 'renew', withinMs: 30_000 })
  heed({ kind: 'renew', withinMs: 29_000 })
  await vi.advanceTimersByTimeAsync(60_000)
  expect([told, left()]).toEqual([
    [
      ['renew', 'T'],
      ['renew', 'T'],
      ['renew', 'T'],
    ],
    0,
  ])
})

test('what cannot be renewed is told in time, with the reason', async () => {
  const { heed, told } = setUp([NO])
  heed({ kind: 'renew', withinMs: 30_000 })
  await vi.advanceTimersByTimeAsync(0)
  expect(told).toEqual([['fade', 130_000, 'Sign in first.']])
})

test('what ends at the same time all the same is told, too', async () => {
  const { heed, told } = setUp([{ ticket: 'T', until: 130_000 }], [{ until: 130_000 }])
  heed({ kind: 'renew', withinMs: 30_000 })
  await vi.advanceTimersByTimeAsync(0)
  expect(told[1]).toEqual(['fade', 130_000, 'It can’t be prolonged from here.'])
})

test('a node that stays away is told before the end', async () => {
  const { heed, told } = setUp([])
  heed({ kind: 'renew', withinMs: 10_000 })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(told).toEqual([['fade', 110_000, 'The node could not be reached to prolong it.']])
})

test('an end and what is withdrawn are passed on; other notices are none of its business', () => {
  const { heed, told } = setUp([])
  heed({ kind: 'signed_out', reason: 'revoked' })
  heed({ kind: 'withdrawn', topics: ['s:A', 'd:B'] })
  heed({ kind: 'redis_down' })
  expect(told).toEqual([
    ['end', 'revoked'],
    ['withdraw', 's:A', 'd:B'],
  ])
})
