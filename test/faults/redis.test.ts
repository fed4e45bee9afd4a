import { stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import type { Reader } from '../support/readers/reader.ts'
import { onStage, type Stage } from './stage.ts'

const logOf = async (redis: Redis): Promise<string> => {
  const [, dir] = (await redis.config('GET', 'dir')) as [string, string]
  return join(dir, 'appendonlydir/appendonly.aof.1.incr.aof')
}

/** Numbers of a topic that readers got in more than one epoch. */
const givenTwice = (reader: Reader): number => {
  const epochs = new Map<string, Set<string>>()
  for (const key of reader.journal.contents.keys()) {
    const [topic = '', epoch = '', seq = ''] = key.split('/')
    const known = epochs.get(`${topic}/${seq}`) ?? new Set()
    epochs.set(`${topic}/${seq}`, known.add(epoch))
  }
  return [...epochs.values()].filter(({ size }) => size > 1).length
}

const ready = async ({ url }: { url: string }): Promise<number> => (await fetch(`${url}/readyz`)).status

/** Two nodes with two readers each, under a load. */
const floor = async (stage: Stage) => {
  const nodes = [await stage.node(), await stage.node()] as const
  const load = await stage.load()
  const readers = nodes.flatMap((node) => [stage.reader(node), stage.reader(node)])
  await stage.settled()
  return { nodes, load, readers, first: readers[0] as Reader }
}

it('Redis is killed under load and forgets its last half second: numbers are given twice, and never mixed', () =>
  onStage(async (stage) => {
    const { nodes, load, first } = await floor(stage)
    const log = await logOf(stage.direct)
    const { size } = await stat(log)
    await sleep(500)
    await stage.redis.kill()
    await truncate(log, size) // what a machine that loses its power has not written
    await eventually('told', async () => (await ready(nodes[0])) === 503)
    await stage.redis.start()
    const back = performance.now()
    await eventually('ready', async () => (await Promise.all(nodes.map(ready))).every((status) => status === 200))
    await sleep(1000)
    await load.stop()
    await stage.whole(3000)
    expect(performance.now() - back).toBeLessThan(8000)
    expect(givenTwice(first)).toBeGreaterThan(10)
    expect(first.journal.gaps).toBeGreaterThan(0)
    expect(first.connections()).toBe(1)
  }))
