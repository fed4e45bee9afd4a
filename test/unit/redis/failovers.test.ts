import { EventEmitter } from 'node:events'
import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { type AddressOf, parseRedisAddress, type RedisHost } from '../../../redis/address.ts'
import { leadTo } from '../../../redis/connect-anew.ts'
import { watchFailovers } from '../../../redis/failovers.ts'
import type { Options } from '../../../redis/options.ts'

/** A connection that keeps what it is asked to do. */
const fakeConnection = (state: object = {}) => {
  const done: string[] = []
  const connection = Object.assign(new EventEmitter(), {
    status: 'ready',
    connect: async () => void done.push('connect'),
    disconnect: (again = false) => void done.push(again ? 'anew' : 'end'),
    subscribe: async (channel: string) => void done.push(`subscribe ${channel}`),
    ...state,
  })
  return { connection, redis: connection as unknown as Redis, done }
}

const address = parseRedisAddress('redis+sentinel://one,two/floor') as AddressOf<'sentinel'>

test('each Sentinel is listened to, at every connect, and tells of a new primary of this name only', () => {
  const sentinels: ReturnType<typeof fakeConnection>[] = []
  const named: unknown[] = []
  const heard: RedisHost[] = []
  const open = ({ host }: Options, name: string): Redis => {
    named.push([host, name])
    const sentinel = fakeConnection()
    sentinels.push(sentinel)
    return sentinel.redis
  }
  const stop = watchFailovers(address, open, (primary) => heard.push(primary))
  expect(named).toEqual([
    ['one', 'sentinel-1'],
    ['two', 'sentinel-2'],
  ])
  for (const { connection } of sentinels) connection.emit('ready')
  sentinels[1]?.connection.emit('message', '+switch-master', 'other 10.0.0.1 1 10.0.0.2 2')
  sentinels[1]?.connection.emit('message', '+switch-master', 'floor 10.0.0.1 6379 10.0.0.2 6380')
  expect(heard).toEqual([{ host: '10.0.0.2', port: 6380 }])
  sentinels[0]?.connection.emit('ready')
  stop()
  const first = ['connect', 'subscribe +switch-master']
  expect(sentinels.map(({ done }) => done)).toEqual([
    [...first, 'subscribe +switch-master', 'end'],
    [...first, 'end'],
  ])
})

test('a Sentinel that refuses the subscription is connected to anew', async () => {
  const sentinel = fakeConnection({ subscribe: () => Promise.reject(new Error('refused')) })
  watchFailovers(
    { ...address, hosts: address.hosts.slice(0, 1) },
    () => sentinel.redis,
    () => {},
  )
  sentinel.connection.emit('ready')
  await new Promise(setImmediate)
  expect(sentinel.done).toEqual(['connect', 'anew'])
})

test.each([
  ['is at the primary already', { stream: { remoteAddress: '127.0.0.1', remotePort: 6380 } }, []],
  ['is at another port', { stream: { remoteAddress: '127.0.0.1', remotePort: 6379 } }, ['anew']],
  ['is at another host', { stream: { remoteAddress: '10.0.0.1', remotePort: 6380 } }, ['anew']],
  ['waits for its next try', { status: 'reconnecting' }, ['connect']],
  ['looks for the primary by itself', { status: 'connecting' }, []],
])('after a failover a connection that %s is led to the primary', async (_, state, expected) => {
  const { redis, done } = fakeConnection(state)
  await leadTo(redis, { host: '127.0.0.1', port: 6380 })
  expect(done).toEqual(expected)
})

test('a primary that Sentinels call by its name is known by its address', async () => {
  const { redis, done } = fakeConnection({ stream: { remoteAddress: '127.0.0.1', remotePort: 6380 } })
  await leadTo(redis, { host: 'localhost', port: 6380 })
  expect(done).toEqual([])
})
