import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { readCursors } from '../../../server/redis/cursors.ts'
import { topicKey } from '../../../wire/topics.ts'
import { eventually } from '../../support/eventually.ts'
import { startNode } from '../../support/node.ts'
import { startClusterRedis } from '../../support/redis-cluster.ts'
import type { Member } from '../../support/redis-member.ts'
import { forThisFile, inRoom, type Room, reachOf, readyz } from './floor.ts'

const held = forThisFile(startClusterRedis)
/** Enough of them to have some on each primary. */
const SYMBOLS = Array.from({ length: 12 }, (_, i) => `SYM${i}`)
const keyOf = (symbol: string): string => topicKey(`s:${symbol}`)

/** The symbols that a primary serves, and the others. */
const divide = async (primary: Member): Promise<[own: string[], others: string[]]> => {
  const owners = await Promise.all(SYMBOLS.map((symbol) => held.redis.primaryOf(keyOf(symbol))))
  const own = SYMBOLS.filter((_, i) => owners[i] === primary)
  return [own, SYMBOLS.filter((symbol) => !own.includes(symbol))]
}

const cpuSeconds = async ({ node }: Room): Promise<number> => {
  const text = await (await fetch(`${node.url}/metrics`)).text()
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1])
}

const replicaOf = (primary: Member): Member => {
  const { members } = held.redis
  const replica = members[members.indexOf(primary) + 3]
  if (!replica) throw new Error(`${primary.name} did not begin as a primary`)
  return replica
}

it('reads where hundreds of topics stand, wherever they are, also those that moved a moment ago and those that do not exist', async () => {
  const topics = Array.from({ length: 600 }, (_, i) => `d:CUR-${i}` as const)
  const client = held.redis.client()
  for (const [i, topic] of topics.entries()) if (i % 3 > 0) await client.hset(topicKey(topic), 'epoch', 'e1', 'seq', i)
  const expected = topics.map((_, i) => (i % 3 > 0 ? { epoch: 'e1', seq: i } : null))
  const read = readCursors(client)
  expect(await read(topics)).toEqual(expected)
  for (const topic of topics.slice(0, 5)) {
    const slot = await held.redis.slotOf(topicKey(topic))
    const [from, primaries] = [await held.redis.primaryOf(topicKey(topic)), await held.redis.primaries()]
    await held.redis.moveSlot(slot, primaries.find((primary) => primary !== from) as Member)
    expect(await read(topics)).toEqual(expected)
  }
})

it('slots move: the node goes with them, and nobody is told of an outage', () =>
  inRoom(held.redis, SYMBOLS, async ({ node, client, publish, heard, lines }) => {
    for (const symbol of SYMBOLS.slice(0, 4)) {
      const [from, primaries] = [await held.redis.primaryOf(keyOf(symbol)), await held.redis.primaries()]
      const to = primaries.find((primary) => primary !== from) as Member
      await held.redis.moveSlot(await held.redis.slotOf(keyOf(symbol)), to)
      await heard(await publish())
      expect(await held.redis.primaryOf(keyOf(symbol))).toBe(to)
    }
    expect(await readyz(node)).toBe(200)
    expect(client.notices).toEqual([])
    expect(lines().filter((line) => !line.includes('"level":30'))).toEqual([])
  }))

it('a primary is killed: its successor is followed, and the topics of the others are heard all the time', () =>
  inRoom(held.redis, SYMBOLS, async ({ node, client, publish, heard, lines }) => {
    const primary = held.redis.members[0] as Member
    const [own, others] = await divide(primary)
    expect(Math.min(own.length, others.length)).toBeGreaterThan(0)
    await primary.kill()
    await eventually('the node says so', async () => (await reachOf(node)) !== 'up')
    await heard(await publish(others))
    await eventually('another is promoted', async () => (await held.redis.primaryOf(keyOf(own[0] ?? ''))) !== primary)
    await eventually('the node has all of it', async () => (await reachOf(node)) === 'up')
    await heard(await publish())
    expect(client.notices.map(({ kind }) => kind)).toEqual(['redis_down', 'redis_up'])
    expect(lines().length).toBeLessThan(20)
    await primary.restart()
    await eventually('it follows', async () =>
      (await primary.ask('INFO replication')).includes('master_link_status:up'),
    )
  }))

it('a whole shard is dead for ten seconds: others go on, few lines are logged, and the node does not toil', () =>
  inRoom(held.redis, SYMBOLS, async (room) => {
    const { node, publish, heard, lines } = room
    const primary = held.redis.members[1] as Member
    const replica = replicaOf(primary)
    const [, others] = await divide(primary)
    await replica.kill()
    await primary.kill()
    await eventually('the node says so', async () => (await reachOf(node)) === 'part')
    const [before, cpu] = [lines().length, await cpuSeconds(room)]
    for (let second = 0; second < 10; second++) {
      await sleep(1000)
      await heard(await publish(others))
      expect([await readyz(node), await reachOf(node)]).toEqual([200, 'part'])
    }
    expect(lines().length - before).toBeLessThan(20)
    expect((await cpuSeconds(room)) - cpu).toBeLessThan(2)
    await primary.restart()
    await replica.restart()
    await eventually('the node has all of it', async () => (await reachOf(node)) === 'up')
    await heard(await publish())
  }))

it('nodes tell each other what they have, by sharded channels', () =>
  inRoom(held.redis, SYMBOLS, async ({ node }) => {
    const other = await startNode({ redisUrl: held.redis.url })
    try {
      const counted = async (url: string): Promise<{ nodes: unknown[]; clients: number }> =>
        (await fetch(`${url}/api/stats`)).json() as Promise<{ nodes: unknown[]; clients: number }>
      for (const { url } of [node, other])
        await eventually('both are counted', async () => {
          const { nodes, clients } = await counted(url)
          return nodes.length === 2 && clients === 1
        })
    } finally {
      await other.stop()
    }
  }))

it('a new primary has the library before it owns anything', () =>
  inRoom(held.redis, SYMBOLS, async ({ client, publish, heard }) => {
    const [first, newcomer] = [held.redis.members[0], held.redis.members[5]] as [Member, Member]
    const id = (await newcomer.ask('CLUSTER MYID')).slice(5, 45)
    const peers = held.redis.members.filter((member) => member !== newcomer)
    await newcomer.ask('CLUSTER RESET HARD') // a new name: the others do not take a forgotten one back for a minute
    for (const peer of peers) await peer.ask(`CLUSTER FORGET ${id}`)
    await newcomer.ask('FUNCTION FLUSH')
    expect(await newcomer.ask('FUNCTION LIST')).not.toContain('watchfloor')
    await sleep(500)
    const bus = await busPort(first)
    await newcomer.ask(`CLUSTER MEET 127.0.0.1 ${first.port} ${bus}`)
    const installed = async () => (await newcomer.ask('FUNCTION LIST')).includes('watchfloor')
    await eventually('the library is on the new primary', installed)
    await eventually('it takes part', async () => (await newcomer.ask('CLUSTER INFO')).includes('cluster_state:ok'))
    expect(await newcomer.ask('CLUSTER INFO')).toContain('cluster_size:3')
    const symbol = SYMBOLS[0] as string
    await held.redis.moveSlot(await held.redis.slotOf(keyOf(symbol)), newcomer)
    await heard(await publish())
    expect(client.notices).toEqual([])
  }))

const busPort = async (member: Member): Promise<string> =>
  /@(\d+)\S* \S*myself/.exec(await member.ask('CLUSTER NODES'))?.[1] ?? ''
