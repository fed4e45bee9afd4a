import { Redis } from 'ioredis'
import { afterAll, expect, it } from 'vitest'
import { installLibrary } from '../../../server/redis/library.ts'
import { eventually } from '../../support/eventually.ts'
import { createFeed } from '../../support/feed.ts'
import type { Member } from '../../support/redis-member.ts'
import { startSentinelRedis } from '../../support/redis-sentinel.ts'
import { forThisFile, newTrade } from './floor.ts'

const held = forThisFile(startSentinelRedis)
const clients: Redis[] = []
afterAll(() => {
  for (const client of clients) client.disconnect()
})

/** A connection to one server, whatever it is now. */
const direct = (member: Member): Redis => {
  const password = /:\/\/:([^@]*)@/.exec(held.redis.url)?.[1] ?? ''
  const client = new Redis(member.port, '127.0.0.1', { password: decodeURIComponent(password) })
  client.on('error', () => {})
  clients.push(client)
  return client
}

type Given = { epoch: string; seq: number }

/** Publishes one trade on one server; answers the epoch and number that it was given. */
const publish = async (on: Redis, symbol: string): Promise<Given> => {
  const [seq, epoch] = (await createFeed(on).market(symbol, [newTrade()])) as [number, string]
  return { epoch, seq }
}

const isPrimary = async (member: Member): Promise<boolean> => (await member.ask('ROLE')).includes('master\r\n')

const linked = (member: Member): Promise<boolean> =>
  eventually('it follows', async () => (await member.ask('INFO replication')).includes('master_link_status:up'))

/** Exchanges their roles, with nothing written in between: what an operator does before maintenance. */
const exchange = async (from: Member, to: Member): Promise<void> => {
  await linked(to)
  await eventually('it is asked', async () => (await from.ask(`FAILOVER TO 127.0.0.1 ${to.port}`)).startsWith('+OK'))
  await eventually('they exchanged', async () => (await isPrimary(to)) && !(await isPrimary(from)))
  await linked(from)
}

/** The resyncs that a server has given to its replicas so far. */
const resyncs = async (primary: Member): Promise<{ full: number; partial: number }> => {
  const stats = await primary.ask('INFO stats')
  const count = (name: string): number => Number(new RegExp(`${name}:(\\d+)`).exec(stats)?.[1])
  return { full: count('sync_full'), partial: count('sync_partial_ok') }
}

// A server's memory outlives its time as a replica, and with it the token by which the function library knows its own
// life. That is safe: a partial resync means that it had nothing of its own, and what was written meanwhile has another
// life; a full one loads the library anew, and so forgets the token.

it('primary, replica by a partial resync, primary again: what was written meanwhile has another epoch, and the rest goes on', async () => {
  const [a, b] = held.redis.members as [Member, Member]
  for (const sentinel of held.redis.sentinels) await sentinel.kill() // they would have another opinion
  const [onA, onB] = [direct(a), direct(b)]
  await installLibrary(onA)
  const pid = a.pid()
  const [x1, y1, x2] = [await publish(onA, 'X'), await publish(onA, 'Y'), await publish(onA, 'X')]
  const before = await resyncs(b)
  await exchange(a, b)
  const x3 = await publish(onB, 'X')
  expect(await resyncs(b)).toEqual({ full: before.full, partial: before.partial + 1 })
  await exchange(b, a)
  const [x4, y2] = [await publish(onA, 'X'), await publish(onA, 'Y')]
  expect(a.pid()).toBe(pid)
  expect(new Set([x2, x3, x4].map(({ epoch }) => epoch)).size).toBe(3)
  expect([x1, x2, x3, x4].map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  expect(y2).toEqual({ epoch: y1.epoch, seq: 2 })
})

it('primary with a write that nobody else has, replica by a full resync, primary again: the number that was lost is given in another epoch', async () => {
  const [a, b, c] = held.redis.members as [Member, Member, Member]
  const [onA, onB] = [direct(a), direct(b)]
  const z1 = await publish(onA, 'Z')
  expect(await onA.wait(2, 5000)).toBe(2)
  for (const member of [b, c]) member.pause()
  await onA.call('CLIENT', 'KILL', 'TYPE', 'replica') // or they would find it in their sockets
  const lost = await publish(onA, 'Z')
  a.pause()
  for (const member of [b, c]) member.resume()
  expect(await b.ask('REPLICAOF NO ONE')).toBe('+OK\r\n')
  const [z2, z3] = [await publish(onB, 'Z'), await publish(onB, 'Z')]
  a.resume()
  const before = await resyncs(b)
  await a.ask(`REPLICAOF 127.0.0.1 ${b.port}`)
  await linked(a)
  expect((await resyncs(b)).full).toBe(before.full + 1)
  await exchange(b, a)
  const z4 = await publish(onA, 'Z')
  expect([z1, lost, z2, z3, z4].map(({ seq }) => seq)).toEqual([1, 2, 2, 3, 4])
  expect(new Set([lost, z2, z4].map(({ epoch }) => epoch)).size).toBe(3)
})
