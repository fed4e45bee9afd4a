import { expect, test } from 'vitest'
import { byLease } from '../../../../../server/by-lease.ts'
import { createFaults } from '../../../../../server/faults.ts'
import { createLease, LEASE_MS } from '../../../../../server/redis/lease.ts'
import { eventually } from '../../../../support/eventually.ts'

/** A Redis that knows SET with NX, XX and GET, and a clock that a test turns. */
const createStage = () => {
  let now = 1000
  let isAway = false
  let held: { by: string; until: number } | null = null
  const set = async (_key: string, by: string, _px: string, ms: number, ...how: string[]): Promise<string | null> => {
    if (isAway) throw new Error('Connection is closed.')
    if (held !== null && held.until <= now) held = null
    const before = held?.by ?? null
    if (how.includes('NX') ? before === null : before !== null) held = { by, until: now + ms }
    return how.includes('GET') ? before : 'OK'
  }
  const lease = (node: string) => createLease({ redis: { set } as never, what: 'test', node, clock: () => now })
  return {
    lease,
    pass: (ms: number) => {
      now += ms
    },
    away: (is: boolean) => {
      isAway = is
    },
  }
}

test('one node has it, and keeps it as long as it renews it', async () => {
  const { lease, pass } = createStage()
  const [a, b] = [lease('a'), lease('b')]
  expect([await a.renew(), await b.renew()]).toEqual([true, false])
  for (let i = 0; i < 10; i++) {
    pass(LEASE_MS / 2)
    expect([await a.renew(), await b.renew()]).toEqual([true, false])
  }
  pass(LEASE_MS)
  expect([await b.renew(), await a.renew()]).toEqual([true, false])
})

test('a node that cannot ask Redis has it until it would have ended', async () => {
  const { lease, pass, away } = createStage()
  const a = lease('a')
  await a.renew()
  away(true)
  pass(LEASE_MS - 1)
  expect([await a.renew(), a.isHeld()]).toEqual([true, true])
  pass(1)
  expect([await a.renew(), a.isHeld()]).toEqual([false, false])
})

test('one that is left is free at once', async () => {
  const { lease, pass } = createStage()
  const [a, b] = [lease('a'), lease('b')]
  await a.renew()
  await a.release()
  pass(1)
  expect([a.isHeld(), await b.renew()]).toEqual([false, true])
})

test('what goes by it is open at one node, and closed when it has closed', async () => {
  const { lease } = createStage()
  const steps: string[] = []
  const start = (node: string) =>
    byLease(
      lease(node),
      () => {
        steps.push(`open ${node}`)
        return {
          close: async () => {
            steps.push(`close ${node}`)
          },
        }
      },
      createFaults(({ error }) => {
        throw error
      }),
    )
  const a = start('a')
  await eventually('it is open', a.isOpen)
  const b = start('b')
  await a.close()
  expect([a.isOpen(), b.isOpen(), steps]).toEqual([false, false, ['open a', 'close a']])
  await b.close()
})
