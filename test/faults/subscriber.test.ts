import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { symbolTopic } from '../../wire/topics.ts'
import { eventually } from '../support/eventually.ts'
import { HEAVY, onStage, WANTS } from './stage.ts'

/** Ids of the nodes' subscribers, by Redis's own list of its clients. */
const subscribers = async (redis: Redis): Promise<string[]> =>
  ((await redis.call('CLIENT', 'LIST')) as string)
    .split('\n')
    .filter((line) => line.includes('name=watchfloor-subscriber'))
    .map((line) => /id=(\d+)/.exec(line)?.[1] ?? '')

it('Redis ends the subscriber of a node that is too slow (output buffer limit): nothing is lost but what is told', () =>
  onStage(async (stage) => {
    await stage.direct.config('SET', 'client-output-buffer-limit', 'pubsub 65536 0 0')
    // Its clients are to wait for it: a client leaves a node that it does not hear for three heartbeats.
    const node = await stage.node({ env: { HEARTBEAT_MS: '5000' } })
    const other = await stage.node()
    const load = await stage.load()
    const wants = { ...WANTS, topics: [...WANTS.topics, symbolTopic(HEAVY)] }
    const reader = stage.reader(node, wants)
    const neighbour = stage.reader(other)
    await stage.settled()
    const [before, after] = [await subscribers(stage.direct), () => subscribers(stage.direct)]
    process.kill(node.pid, 'SIGSTOP')
    const heavy = await stage.load({ symbols: [HEAVY], devices: [], trades: 400, seed: 2 })
    await eventually('it is ended', async () => (await after()).length === before.length - 1)
    await heavy.stop()
    process.kill(node.pid, 'SIGCONT')
    await eventually('it is back', async () => (await after()).length === before.length)
    expect((await after()).some((id) => !before.includes(id))).toBe(true)
    await sleep(500)
    await load.stop()
    await stage.whole()
    expect(reader.journal.replays + reader.journal.updates).toBeGreaterThan(0)
    expect(await stage.metric(node, 'watchfloor_replays_total')).toBeGreaterThan(0)
    expect(neighbour.journal).toMatchObject({ gaps: 0, resyncs: 0 })
    expect([reader.connections(), neighbour.connections()]).toEqual([1, 1])
  }))

it('the subscriber is ended again and again (CLIENT KILL) under load: whole each time, and no storm', () =>
  onStage(async (stage) => {
    const node = await stage.node()
    const load = await stage.load()
    const reader = stage.reader(node)
    await stage.settled()
    for (let i = 0; i < 5; i++) {
      const ended = await stage.direct.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
      expect(ended).toBeGreaterThan(0)
      await sleep(400)
    }
    await load.stop()
    await stage.whole()
    // Symbols and devices keep a log: of them nothing is missed.
    expect([...reader.journal.gapsOf].filter((kind) => kind !== 'c')).toEqual([])
    expect(reader.connections()).toBe(1)
  }))
