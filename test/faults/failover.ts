import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { symbolTopic, type Topic } from '../../wire/topics.ts'
import { eventually } from '../support/eventually.ts'
import type { Load } from '../support/load.ts'
import type { Reader } from '../support/readers/reader.ts'
import type { RedisClient } from '../support/redis-client.ts'
import type { Member } from '../support/redis-member.ts'
import { allFollow } from './keeping-up.ts'
import { tell } from './measured.ts'
import { type Stage, SYMBOLS } from './stage.ts'

export const MOVING: readonly Topic[] = SYMBOLS.map(symbolTopic)

export type Floor = { load: Load; readers: Reader[] }

/** Two nodes with five readers each, under a load. */
export const floorOn = async <R>(stage: Stage<R, RedisClient>): Promise<Floor> => {
  const nodes = [await stage.node(), await stage.node()]
  const load = await stage.load()
  const readers = nodes.flatMap((node) => Array.from({ length: 5 }, () => stage.reader(node)))
  await stage.settled()
  await sleep(500)
  return { load, readers }
}

type Failover = {
  what: string
  readers: readonly Reader[]
  /** A connection that reaches the new primary. */
  redis: RedisClient
  /** Topics that the old primary had. */
  lost: readonly Topic[]
  /** Lives of counters that ended with it. */
  over: ReadonlySet<string>
  /** When the old one was lost and the new one promoted (`performance.now`). */
  lostAt: number
  promotedAt: number
}

/** Sees to it that readers follow the new primary, and then what feeds publish there; tells how long that took. */
export const checkFailover = async (failover: Failover): Promise<void> => {
  const { what, readers, redis, lost, over, lostAt, promotedAt } = failover
  const since = (at: number, from: number): number => Math.round(at - from)
  const following = { readers, redis }
  const whole = since(await allFollow({ ...following, topics: MOVING }), promotedAt)
  const flowing = since(await allFollow({ ...following, topics: lost, over }), promotedAt)
  tell(`${what}: promoted after ${since(promotedAt, lostAt)} ms; whole ${whole} ms after that, flowing ${flowing} ms`)
}

/** What readers were told of lost updates since the last call, by kind of topic, cells aside: those keep no log. */
export const toldGaps = (readers: readonly Reader[]): string[] => {
  const kinds = new Set(readers.flatMap(({ journal }) => [...journal.gapsOf]))
  for (const { journal } of readers) journal.gapsOf.clear()
  kinds.delete('c')
  return [...kinds].sort()
}

/** A primary that was killed comes back as a replica under a new load, and nobody notices. */
export const comesBackUnnoticed = async <R>(
  stage: Stage<R, RedisClient>,
  readers: readonly Reader[],
  old: Pick<Member, 'restart' | 'ask'>,
): Promise<void> => {
  toldGaps(readers)
  const load = await stage.load({ firstId: 1_000_000 })
  await old.restart()
  const follows = async () => (await old.ask('INFO replication')).includes('link_status:up')
  await eventually('it follows', follows)
  await sleep(500)
  await load.stop()
  await stage.whole()
  expect(toldGaps(readers)).toEqual([])
  for (const reader of readers) expect(reader.connections()).toBe(1)
}
