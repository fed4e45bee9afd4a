import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { topicKey } from '../../wire/topics.ts'
import { eventually } from '../support/eventually.ts'
import { comesBackUnnoticed, floorOn } from './failover.ts'
import { givenTwice } from './numbers.ts'
import { failover } from './sentinel-failover.ts'
import { onSentinel } from './stage.ts'

it('the primary is killed under load: clients are whole on another', () =>
  onSentinel(async (stage) => {
    const { load, readers } = await floorOn(stage)
    const old = await stage.redis.primary()
    expect(await failover('primary killed', stage, readers, old.kill)).not.toBe(old)
    await sleep(500)
    await load.stop()
    await stage.whole()
    await comesBackUnnoticed(stage, readers, old)
  }))

it('a replica that was behind is promoted: numbers are given again, and what is new is never taken for what was', () =>
  onSentinel(async (stage) => {
    const { load, readers } = await floorOn(stage)
    const old = await stage.redis.primary()
    const replicas = stage.redis.members.filter((member) => member !== old)
    const { password } = await stage.redis.server()
    // Replicas that are not let in stay where they are, while the primary goes on.
    for (const replica of replicas) await replica.ask('CONFIG SET masterauth wrong')
    await old.ask('CLIENT KILL TYPE replica')
    await sleep(1500)
    const seqs = () => readers.map(({ holdings }) => holdings.get('s:AAPL')?.cursor?.seq ?? 0)
    let reached: number[] = []
    const primary = await failover('a replica 1.5 s behind', stage, readers, async () => {
      await old.kill()
      reached = seqs()
      for (const replica of replicas) await replica.ask(`CONFIG SET masterauth ${password}`)
      const behind = await Promise.all(replicas.map((replica) => replica.ask(`HGET ${topicKey('s:AAPL')} seq`)))
      for (const text of behind) expect(Number(/\r\n(\d+)/.exec(text)?.[1])).toBeLessThan(Math.min(...reached) - 20)
    })
    expect(replicas).toContain(primary)
    await eventually('numbers are given again', () => Math.min(...seqs()) > Math.max(...reached))
    await load.stop()
    await stage.whole()
    expect(givenTwice(readers[0])).toBeGreaterThan(20)
    for (const reader of readers) {
      expect([...reader.journal.gapsOf].sort()).toEqual(['c', 'd', 's'])
      expect(reader.connections()).toBe(1)
    }
  }))
