import { rm, stat, truncate } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import type { Reader } from '../support/readers/reader.ts'
import { tell } from './measured.ts'
import { givenTwice } from './numbers.ts'
import { onStage, type Stage } from './stage.ts'

const logOf = async (redis: Redis): Promise<string> => {
  const [, dir] = (await redis.config('GET', 'dir')) as [string, string]
  return join(dir, 'appendonlydir/appendonly.aof.1.incr.aof')
}

const ready = async ({ url }: { url: string }): Promise<number> => (await fetch(`${url}/readyz`)).status

const allReady = (nodes: readonly { url: string }[]) =>
  eventually('all are ready', async () => (await Promise.all(nodes.map(ready))).every((status) => status === 200))

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
    await allReady(nodes)
    await sleep(1000)
    await load.stop()
    await stage.whole()
    tell(`a Redis that was killed: whole ${Math.round(performance.now() - back)} ms after it answers again`)
    expect(givenTwice(first)).toBeGreaterThan(10)
    expect(first.journal.gaps).toBeGreaterThan(0)
    expect(first.connections()).toBe(1)
  }))

it('Redis is emptied (FLUSHALL): every client is told, and has nothing; then what comes again', () =>
  onStage(async (stage) => {
    const { load, readers, first } = await floor(stage)
    await load.stop()
    await stage.whole()
    await stage.direct.flushall()
    await stage.whole()
    expect([...first.journal.gapsOf].sort()).toEqual(['c', 'd', 's'])
    expect(first.holdings.get('s:AAPL')?.state).toMatchObject({ last: null, day: null })
    const again = await stage.load({ seed: 2 })
    await sleep(300)
    await stage.direct.flushall() // and under load
    await sleep(300)
    await again.stop()
    await stage.whole()
    expect(first.holdings.get('s:AAPL')?.state).not.toMatchObject({ day: null })
    for (const reader of readers) expect(reader.connections()).toBe(1)
  }))

it('Redis is restarted without its data: the library is put there anew, feeds and clients go on', () =>
  onStage(async (stage) => {
    const { nodes, load, first } = await floor(stage)
    const log = await logOf(stage.direct)
    await stage.redis.kill()
    await rm(dirname(log), { recursive: true })
    await stage.redis.start()
    const back = performance.now()
    await allReady(nodes)
    await sleep(1500) // the feed finds no library at first, and waits
    const before = load.publisher.account.accepted
    await eventually('the feed goes on', () => load.publisher.account.accepted > before)
    await load.stop()
    await stage.whole()
    tell(`a Redis that lost all: whole ${Math.round(performance.now() - back)} ms after it answers again`)
    expect(first.journal.gaps).toBeGreaterThan(0)
  }))

it('Redis takes long to load its data (LOADING): nodes wait for it and say so, and all are whole', () =>
  onStage(
    async (stage) => {
      const { nodes, load, first } = await floor(stage)
      // So much that loading lasts for two seconds at the least.
      const ballast = stage.direct.pipeline()
      for (let i = 0; i < 4000; i++) ballast.set(`ballast:${i}`, '')
      await ballast.exec()
      await sleep(1000)
      await stage.redis.kill()
      const probe = new Redis(stage.redis.url, {
        enableReadyCheck: false,
        maxRetriesPerRequest: null,
        retryStrategy: () => 20,
      })
      probe.on('error', () => {})
      const heard = new Set<string>()
      const listening = setInterval(() => {
        probe.get('x').then(
          () => {},
          (error: Error) => heard.add(error.message.split(' ')[0] ?? ''),
        )
      }, 50)
      await stage.redis.start()
      await allReady(nodes)
      clearInterval(listening)
      probe.disconnect()
      expect([...heard]).toContain('LOADING')
      await sleep(500)
      await load.stop()
      await stage.whole()
      expect(first.connections()).toBe(1)
    },
    // Half a millisecond for each key or command that is loaded: a setting that Redis has for such tests.
    ['key-load-delay 500'],
  ))

it('Redis becomes a replica (READONLY), then one without its primary (MASTERDOWN), and a primary again', () =>
  onStage(async (stage) => {
    const { nodes, load, readers } = await floor(stage)
    await stage.direct.replicaof('127.0.0.1', '1')
    await eventually('the feed is told', () => load.said.some((line) => line.includes('replica')))
    expect(await Promise.all(nodes.map(ready))).toEqual([200, 200])
    await stage.direct.config('SET', 'replica-serve-stale-data', 'no')
    await sleep(3000)
    await stage.direct.config('SET', 'replica-serve-stale-data', 'yes')
    await stage.direct.replicaof('NO', 'ONE')
    await allReady(nodes)
    const before = load.publisher.account.accepted
    await eventually('the feed goes on', () => load.publisher.account.accepted > before)
    await sleep(500)
    await load.stop()
    await stage.whole()
    for (const reader of readers) expect(reader.connections()).toBe(1)
  }))

it('Redis is full (maxmemory, noeviction): feeds are told, nodes stay up, and it goes on once there is room', () =>
  onStage(async (stage) => {
    const { nodes, load, readers } = await floor(stage)
    await stage.direct.config('SET', 'maxmemory-policy', 'noeviction')
    await stage.direct.config('SET', 'maxmemory', '1mb')
    await eventually('the feed is told', () => load.said.some((line) => line.includes('out of memory')))
    const late = stage.reader(nodes[0]) // what only reads is served
    await eventually('it is answered', () => late.settled())
    expect(await Promise.all(nodes.map(ready))).toEqual([200, 200])
    await sleep(1000)
    await stage.direct.config('SET', 'maxmemory', '0')
    const before = load.publisher.account.accepted
    await eventually('the feed goes on', () => load.publisher.account.accepted > before)
    await load.stop()
    await stage.whole()
    for (const reader of [...readers, late]) {
      expect(reader.connections()).toBe(1)
      expect(reader.journal.gaps).toBe(0)
    }
  }))
