import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openArchive } from '../../archive/open.ts'
import { openFeed } from '../../feed/feed.ts'
import type { ReadyReply } from '../../wire/api.ts'
import { MINUTE, type Trade } from '../../wire/market.ts'
import { add, nothing, type Told, untilArchived } from '../support/archived.ts'
import { eventually } from '../support/eventually.ts'
import type { TestNode } from '../support/node.ts'
import { tell } from './measured.ts'
import { onStage, type Stage } from './stage.ts'

const SYMBOLS = ['EACH-1', 'EACH-2', 'LIVE-1', 'LIVE-2', 'LIVE-3']
const DEVICES = Array.from({ length: 40 }, (_, i) => `BUS-${i}`)

/** Publishes trades and fixes until it is stopped, a part of them late. */
const startFeed = async (url: string, oracle: Told) => {
  const feed = await openFeed(url, { say: () => {} })
  feed.describe(SYMBOLS.map((symbol) => ({ symbol, name: symbol })))
  let id = 0
  let isStopped = false
  const trade = (t: number): Trade => ({ id: ++id, t, price: 50 + (id % 40) / 8, size: (id % 11) / 10, side: 'sell' })
  const work = async (): Promise<void> => {
    for (let round = 0; !isStopped; round++) {
      const now = Date.now()
      for (const [i, symbol] of SYMBOLS.entries()) {
        const late = round % 10 === i ? 7 * MINUTE + round * 31 : 0
        feed.trades(symbol, add(oracle.trades, symbol, [trade(now), trade(now - late)]))
      }
      for (const [i, device] of DEVICES.entries()) {
        if (round % 4 !== i % 4) continue
        const t = now - (round % 16 === i ? 240_000 + round : 0)
        feed.fixes(
          device,
          add(oracle.fixes, device, [{ id: device, n: ++id, t, lat: 30 + i / 100, lon: -97 + round / 1e6 }]),
        )
      }
      await sleep(30)
    }
    await feed.drained(0)
    await feed.stop()
  }
  const working = work()
  return {
    count: () => id,
    end: async () => {
      isStopped = true
      await working
    },
  }
}

type Nodes = Map<string, TestNode>

/** The node that archives, once there is one. */
const holderOf = async (stage: Stage, nodes: Nodes): Promise<[string, TestNode]> =>
  eventually('a node archives', async (): Promise<[string, TestNode] | null> => {
    const name = (await stage.direct.get('wf:{lease:archive}')) ?? ''
    const node = nodes.get(name)
    return node ? [name, node] : null
  })

/** Kills the node that archives, and starts another one. */
const killHolder = async (stage: Stage, nodes: Nodes, start: () => Promise<void>): Promise<void> => {
  const [name, node] = await holderOf(stage, nodes)
  await node.kill()
  nodes.delete(name)
  await start()
}

const stateOf = async ({ url }: TestNode): Promise<string> =>
  ((await (await fetch(`${url}/readyz`)).json()) as ReadyReply).archive

/** From now on nobody else can write. Returns what ends that. */
const lock = (path: string): (() => void) => {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE')
  return () => {
    database.exec('ROLLBACK')
    database.close()
  }
}

it('the node that archives is killed twice, Redis once, and the archive is away: nothing is missing or there twice', () =>
  onStage(async (stage) => {
    const folder = await mkdtemp(join(tmpdir(), 'watchfloor-archive-'))
    const path = join(folder, 'archive.db')
    const url = `sqlite:${path}`
    const nodes = new Map<string, TestNode>()
    const start = async (): Promise<void> => {
      const name = `node-${nodes.size}-${Date.now()}`
      const env = { NODE_NAME: name, ARCHIVE_URL: url, ARCHIVE_TRADES: 'EACH*', LOG_LEVEL: 'warn' }
      nodes.set(name, await stage.node({ env }))
    }
    await start()
    await start()
    const oracle = nothing()
    const feed = await startFeed(stage.redis.url, oracle)
    await sleep(3000)
    await killHolder(stage, nodes, start)
    await sleep(4000)
    await stage.redis.kill()
    await stage.redis.start()
    await sleep(4000)
    const [, holder] = await holderOf(stage, nodes)
    const unlock = lock(path)
    await eventually('it says that the archive is away', async () => (await stateOf(holder)) === 'down')
    expect((await fetch(`${holder.url}/readyz`)).status).toBe(200)
    unlock()
    await killHolder(stage, nodes, start)
    await sleep(3000)
    await feed.end()
    const archive = await openArchive(url)
    const ended = performance.now()
    await untilArchived(archive, oracle)
    tell(
      `the archive had all of ${feed.count()} trades and fixes ${Math.round(performance.now() - ended)} ms after the last`,
    )
    await archive.close()
    await rm(folder, { recursive: true, force: true })
  }))
