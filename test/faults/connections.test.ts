import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { tell } from './measured.ts'
import { onStage } from './stage.ts'

const ready = async ({ url }: { url: string }): Promise<number> => (await fetch(`${url}/readyz`)).status

it('a node is cut off from Redis: it says so, and is whole when it is back; the node beside it does not notice', () =>
  onStage(async (stage) => {
    const proxy = await stage.proxy()
    const [node, other] = [await stage.node({ redisUrl: proxy.url }), await stage.node()]
    const load = await stage.load()
    const [reader, neighbour] = [stage.reader(node), stage.reader(other)]
    await stage.settled()
    proxy.cut()
    await eventually('it says so', async () => (await ready(node)) === 503)
    await sleep(3000)
    expect(await ready(other)).toBe(200)
    proxy.heal()
    await eventually('it is back', async () => (await ready(node)) === 200)
    await load.stop()
    await stage.whole()
    expect(reader.connections()).toBe(1)
    expect([...reader.journal.gapsOf].filter((kind) => kind !== 'c')).toEqual([])
    expect(neighbour.journal).toMatchObject({ gaps: 0, resyncs: 0 })
  }))

it('the way to Redis is slow: everything comes, later', () =>
  onStage(async (stage) => {
    const proxy = await stage.proxy()
    const node = await stage.node({ redisUrl: proxy.url })
    const load = await stage.load()
    const reader = stage.reader(node)
    await stage.settled()
    proxy.slow(300)
    const late = stage.reader(node)
    await sleep(2500)
    await load.stop()
    await stage.whole()
    proxy.heal()
    for (const { journal } of [reader, late]) expect(journal).toMatchObject({ gaps: 0, resyncs: 0 })
    expect(await ready(node)).toBe(200)
  }))

it('the way to Redis is half-open, nothing comes and nothing is closed: noticed, and whole after', () =>
  onStage(async (stage) => {
    const proxy = await stage.proxy()
    const node = await stage.node({ redisUrl: proxy.url })
    const load = await stage.load()
    const reader = stage.reader(node)
    await stage.settled()
    proxy.silence()
    const silent = performance.now()
    await eventually('noticed', async () => (await ready(node)) === 503)
    tell(`a half-open way to Redis is noticed after ${Math.round(performance.now() - silent)} ms`)
    await sleep(1000)
    proxy.heal()
    await eventually('it is back', async () => (await ready(node)) === 200)
    await load.stop()
    await stage.whole()
    expect(reader.connections()).toBe(1)
    expect([...reader.journal.gapsOf].filter((kind) => kind !== 'c')).toEqual([])
  }))

it('only the subscriber is half-open: noticed, and whole after', () =>
  onStage(async (stage) => {
    const proxy = await stage.proxy()
    const node = await stage.node({ redisUrl: proxy.url })
    const load = await stage.load()
    const reader = stage.reader(node)
    await stage.settled()
    proxy.silence('subscriber')
    const silent = performance.now()
    await eventually('noticed', async () => (await ready(node)) === 503)
    tell(`a subscriber that hears nothing is noticed after ${Math.round(performance.now() - silent)} ms`)
    proxy.heal()
    await eventually('it is back', async () => (await ready(node)) === 200)
    await load.stop()
    await stage.whole()
    expect(reader.connections()).toBe(1)
    expect([...reader.journal.gapsOf].filter((kind) => kind !== 'c')).toEqual([])
  }))

it('clients come and go every 100 ms: whole in the end, and nothing is left of them', () =>
  onStage(async (stage) => {
    const node = await stage.node({ env: { LINGER_MS: '300' } })
    const load = await stage.load()
    const readers = Array.from({ length: 6 }, () => stage.reader(node))
    const still = stage.reader(node)
    await stage.settled()
    // Whoever is sent away while it is on its way was never there: a busy machine needs more tries.
    const came = (): boolean => readers.every((reader) => reader.connections() > 10)
    for (let i = 0; i < 30 || (!came() && i < 600); i++) {
      for (const [k, reader] of readers.entries()) {
        if ((i + k) % 2) reader.disconnect()
        else reader.connect()
      }
      await sleep(100)
    }
    for (const reader of readers) reader.connect()
    await stage.settled()
    await load.stop()
    await stage.whole()
    for (const reader of readers) {
      expect(reader.connections()).toBeGreaterThan(10)
      expect([...reader.journal.gapsOf].filter((kind) => kind !== 'c')).toEqual([])
    }
    expect(still.journal).toMatchObject({ gaps: 0, resyncs: 0 })
    const own = 1 // what is taken back: a node never lets that go
    const watched = (await stage.metric(node, 'watchfloor_topics')) - own
    expect(await stage.metric(node, 'watchfloor_clients')).toBe(7)
    expect(await stage.metric(node, 'watchfloor_watches')).toBe(7 * watched)
    for (const reader of [...readers, still]) reader.close()
    await eventually('all is let go', async () => (await stage.metric(node, 'watchfloor_topics')) === own)
    expect(await stage.metric(node, 'watchfloor_clients')).toBe(0)
    expect(await stage.direct.pubsub('CHANNELS', 'wf:{*')).toEqual(['wf:{a:access}'])
  }))
