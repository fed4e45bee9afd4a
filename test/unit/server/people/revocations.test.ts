import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createDemand } from '../../../../server/live/demand.ts'
import type { ReadResult } from '../../../../server/live/ports.ts'
import type { Person } from '../../../../server/people/person.ts'
import { COMPARED_WITHIN_MS, followRevocations } from '../../../../server/people/revocations.ts'
import type { Revocation } from '../../../../wire/access.ts'
import type { Cursor } from '../../../../wire/protocol.ts'
import { eventually } from '../../../support/eventually.ts'
import { noFaults } from '../../../support/faults.ts'
import { person } from './persons.ts'

const revoked = (what: string): Revocation => ({ what, t: 2000, until: 1e12 })

/** A Redis of one topic, and a node that follows it. It can be away, lose what it has, and publish without being heard. */
const follow = async ({ away = false } = {}) => {
  const redis = { away, epoch: '', seq: 0, state: [] as Revocation[] }
  let hear: (text: string) => void = () => {}
  let clock = 0
  const ended: Person[] = []
  const here = [person(), person({ id: 'bob', credential: 'inv-2' })]
  const told: Revocation[][] = []

  const cursor = async (): Promise<Cursor | null> => {
    if (redis.away) throw new Error('away')
    return redis.epoch === '' ? null : { epoch: redis.epoch, seq: redis.seq }
  }
  const read = async (): Promise<ReadResult> => {
    const at = (await cursor()) ?? { epoch: '', seq: 0 }
    return { kind: 'snapshot', at: '1', cursor: at, snapshot: JSON.stringify({ revoked: redis.state }) }
  }
  const publish = (all: Revocation[], { heard = true } = {}): void => {
    redis.epoch ||= 'e1'
    redis.seq++
    redis.state = [...redis.state, ...all]
    const update = { topic: 'a:access', epoch: redis.epoch, seq: redis.seq, at: 1, revoked: all }
    if (heard) hear(JSON.stringify(update))
  }
  const demand = createDemand(
    {
      channels: {
        subscribe: async (_topic, onText) => {
          if (redis.away) throw new Error('away')
          hear = onText
          return () => {}
        },
      },
      read,
      empty: () => '{"revoked":[]}',
      isUpdate: () => true,
      count: () => {},
      faults: noFaults,
    },
    1000,
  )
  const counted = { toldAgain: 0 }
  const revocations = await followRevocations({
    demand,
    cursor,
    isDown: () => false,
    tellAgain: async (lost) => {
      if (redis.away) throw new Error('away')
      told.push([...lost])
      publish([...lost])
    },
    end: (isOut) => {
      const out = here.filter(isOut)
      ended.push(...out)
      for (const each of out) here.splice(here.indexOf(each), 1)
      return out.length
    },
    toldAgain: (count) => {
      counted.toldAgain += count
    },
    now: () => 5000,
    clock: () => clock,
    log: pino({ level: 'silent' }),
  })
  const pass = (ms: number): void => {
    clock += ms
  }
  return { redis, revocations, publish, ended, told, counted, pass }
}

test('a node hears from the start where nothing was ever taken back', async () => {
  const { revocations } = await follow()
  expect(revocations.hears()).toBe(true)
  expect(revocations.isRevoked(person())).toBe(false)
})

test('sessions end at once where a revocation comes, and those of others stay', async () => {
  const { revocations, publish, ended } = await follow()
  publish([revoked('p:ann')])
  expect(ended.map(({ id }) => id)).toEqual(['ann'])
  expect(revocations.isRevoked(person())).toBe(true)
  expect(revocations.isRevoked(person({ id: 'bob', credential: null }))).toBe(false)
  publish([revoked('p:ann'), revoked('c:inv-2')])
  expect(ended.map(({ id }) => id)).toEqual(['ann', 'bob'])
})

test('one that was not heard is found by the next check', async () => {
  const { revocations, publish, ended } = await follow()
  publish([revoked('p:ann')], { heard: false })
  expect(ended).toEqual([])
  await revocations.check()
  await eventually('it is read', () => ended.length === 1)
})

test('what Redis loses is still held, and told to it again', async () => {
  const { redis, revocations, publish, told, counted } = await follow()
  publish([revoked('p:ann'), revoked('c:inv-2')])
  Object.assign(redis, { epoch: '', seq: 0, state: [] })
  const healed = async (): Promise<boolean> => {
    await revocations.check()
    return redis.state.length === 2
  }
  await eventually('it is told again', healed)
  expect(revocations.isRevoked(person())).toBe(true)
  expect(told).toEqual([[revoked('p:ann'), revoked('c:inv-2')]])
  expect(counted.toldAgain).toBe(2)
  await revocations.check()
  await revocations.check()
  expect(told).toHaveLength(1)
})

test('what is lost while Redis is away again is told once it is back', async () => {
  const { redis, revocations, publish, told } = await follow()
  publish([revoked('p:ann')])
  Object.assign(redis, { epoch: 'e2', seq: 1, state: [] })
  await revocations.check()
  redis.away = true
  for (let i = 0; i < 3; i++) await revocations.check()
  expect(told).toEqual([])
  redis.away = false
  await eventually('it is told', async () => {
    await revocations.check()
    return told.length === 1
  })
})

test('a node that cannot ask Redis hears nothing after two seconds, and hears again once it has compared', async () => {
  const { redis, revocations, pass } = await follow()
  redis.away = true
  pass(1000)
  await revocations.check()
  pass(COMPARED_WITHIN_MS)
  await revocations.check()
  expect(revocations.hears()).toBe(true)
  pass(1)
  expect(revocations.hears()).toBe(false)
  redis.away = false
  await revocations.check()
  expect(revocations.hears()).toBe(true)
})

test('a node that was busy for some seconds hears as soon as it goes on, and one that never compares does not', async () => {
  const { revocations, pass } = await follow()
  pass(5000)
  expect(revocations.hears()).toBe(true)
  await revocations.check()
  pass(10_001)
  expect(revocations.hears()).toBe(false)
})

test('a node that is behind hears nothing until it has read what it lacks', async () => {
  const { revocations, publish, pass } = await follow()
  publish([revoked('p:ann')], { heard: false })
  await revocations.check()
  pass(COMPARED_WITHIN_MS + 1)
  expect(revocations.hears()).toBe(false)
  await eventually('it has read it', async () => {
    await revocations.check()
    return revocations.hears()
  })
  expect(revocations.isRevoked(person())).toBe(true)
})

test('a node that starts while Redis is away joins once it is back', async () => {
  const { redis, revocations, publish } = await follow({ away: true })
  expect(revocations.hears()).toBe(false)
  publish([revoked('c:inv-1')], { heard: false })
  redis.away = false
  await revocations.check()
  expect(revocations.hears()).toBe(true)
  expect(revocations.isRevoked(person())).toBe(true)
})
