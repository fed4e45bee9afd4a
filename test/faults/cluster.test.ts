import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { cellsCovering } from '../../wire/cells.ts'
import { cellTopic, deviceTopic, type Topic, topicKey } from '../../wire/topics.ts'
import { eventually } from '../support/eventually.ts'
import { BOUNDS } from '../support/load.ts'
import type { Reader } from '../support/readers/reader.ts'
import type { RedisClient } from '../support/redis-client.ts'
import type { ClusterRedis } from '../support/redis-cluster.ts'
import type { Member } from '../support/redis-member.ts'
import { checkFailover, comesBackUnnoticed, floorOn, MOVING, toldGaps } from './failover.ts'
import { allFollow, epochsOf } from './keeping-up.ts'
import { spread, tell } from './measured.ts'
import { DEVICES, HEARTBEAT_MS, onCluster, type Stage } from './stage.ts'

type ClusterStage = Stage<ClusterRedis, RedisClient>

const isPrimary = async (member: Member): Promise<boolean> => (await member.ask('ROLE')).includes('master')
const knows =
  (primary: Member) =>
  async (member: Member): Promise<boolean> =>
    new RegExp(`:${primary.port}@\\S+ \\S*master`).test(await member.ask('CLUSTER NODES'))
const isReplica = async (member: Member): Promise<boolean> => (await member.ask('ROLE')).includes('slave')

/** Loses one primary by `act`, and sees to it that all follow its replica. */
const failover = async (
  what: string,
  stage: ClusterStage,
  readers: readonly Reader[],
  lost: Member,
  act: () => Promise<void>,
): Promise<void> => {
  const owners = await Promise.all(MOVING.map((topic) => stage.redis.primaryOf(topicKey(topic))))
  const replica = stage.redis.members.find(({ name }) => name === lost.name.replace('primary', 'replica'))
  if (!replica) throw new Error(`a replica of ${lost.name}`)
  const over = epochsOf(readers[0])
  const lostAt = performance.now()
  await act()
  await eventually('the replica takes over', () => isPrimary(replica))
  const promotedAt = performance.now()
  const others = stage.redis.members.filter((member) => member !== lost)
  await eventually('all know', async () => (await Promise.all(others.map(knows(replica)))).every(Boolean))
  await checkFailover({
    what: `Cluster, ${what}`,
    readers,
    // One made now asks nobody who hangs.
    redis: stage.redis.client(),
    lost: MOVING.filter((_, i) => owners[i] === lost),
    over,
    lostAt,
    promotedAt,
  })
}

it('slots are moved under load, with symbols, devices and cells in them: nothing is lost but what is told', () =>
  onCluster(async (stage) => {
    const { load, readers } = await floorOn(stage)
    const cells = (cellsCovering(BOUNDS) ?? []).map(cellTopic)
    const moving: Topic[] = [...MOVING, ...DEVICES.map(deviceTopic), ...cells.slice(0, 3)]
    const from = performance.now()
    for (const topic of moving) {
      const key = topicKey(topic)
      const owner = await stage.redis.primaryOf(key)
      const to = (await stage.redis.primaries()).find((primary) => primary !== owner)
      if (!to) throw new Error('several primaries')
      await stage.redis.moveSlot(await stage.redis.slotOf(key), to)
      expect(await stage.redis.primaryOf(key)).toBe(to)
    }
    const moved = performance.now()
    const whole = (await allFollow({ readers, topics: MOVING, redis: stage.direct })) - moved
    tell(`Cluster, ${moving.length} slots moved in ${Math.round(moved - from)} ms: whole ${Math.round(whole)} ms after`)
    await load.stop()
    await stage.whole()
    for (const reader of readers) expect(reader.connections()).toBe(1)
  }))

it('a slot is half moved for seconds, as a large one is: what is published meanwhile is a heartbeat late, and not lost', () =>
  onCluster(async (stage) => {
    const { load, readers } = await floorOn(stage)
    const key = topicKey('s:AAPL')
    const owner = await stage.redis.primaryOf(key)
    const to = (await stage.redis.primaries()).find((primary) => primary !== owner)
    if (!to) throw new Error('several primaries')
    for (const { journal } of readers) journal.latestMs = 0
    // Nobody can subscribe where the slot goes before it is there: only comparisons tell of what is published there.
    await stage.redis.moveSlot(await stage.redis.slotOf(key), to, 4000)
    await allFollow({ readers, topics: ['s:AAPL'], redis: stage.direct })
    const late = readers.map(({ journal }) => journal.latestMs)
    tell(`Cluster, a slot half moved for 4 s, heartbeats each ${HEARTBEAT_MS} ms: latest update ${spread(late)}`)
    await load.stop()
    await stage.whole()
    for (const reader of readers) expect(reader.connections()).toBe(1)
  }))

it('a primary is killed under load: clients are whole on its replica', () =>
  onCluster(async (stage) => {
    const { load, readers } = await floorOn(stage)
    const lost = await stage.redis.primaryOf(topicKey('s:AAPL'))
    await failover('primary killed', stage, readers, lost, lost.kill)
    await sleep(500)
    await load.stop()
    await stage.whole()
    await comesBackUnnoticed(stage, readers, lost)
  }))

it('a primary is stopped for 10 s and woken: clients are whole on its replica, and it does not disturb them', () =>
  onCluster(async (stage) => {
    const { load, readers } = await floorOn(stage)
    const lost = await stage.redis.primaryOf(topicKey('s:AAPL'))
    const from = performance.now()
    await failover('primary stopped', stage, readers, lost, async () => lost.pause())
    await sleep(10_000 - (performance.now() - from))
    toldGaps(readers)
    lost.resume()
    await eventually('it is a replica', () => isReplica(lost))
    await sleep(1000)
    await load.stop()
    await stage.whole()
    expect(toldGaps(readers)).toEqual([])
    for (const reader of readers) expect(reader.connections()).toBe(1)
  }))
