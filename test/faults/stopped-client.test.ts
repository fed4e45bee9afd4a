import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { symbolTopic } from '../../wire/topics.ts'
import { eventually } from '../support/eventually.ts'
import type { TestNode } from '../support/node.ts'
import { HEAVY, onStage, type Stage, WANTS } from './stage.ts'

const STOPPED = 4
/**
 * What a node may hold for one client (CAPS in server/clients.ts), in bytes, and what V8 may take besides until it
 * collects.
 */
const MOST_HELD = (256 + 2048) * 1024
const SLACK = 96 * 1024 * 1024

const wants = { ...WANTS, topics: [...WANTS.topics, symbolTopic(HEAVY)] }

const floor = async (stage: Stage) => {
  const node = await stage.node()
  const load = await stage.load()
  const neighbours = [stage.reader(node), stage.reader(node, wants)]
  const crowd = await stage.crowd(node, STOPPED, wants)
  await stage.settled()
  const heavy = await stage.load({ symbols: [HEAVY], devices: [], trades: 400, seed: 2 })
  return { node, load, neighbours, crowd, heavy }
}

const count = (stage: Stage, node: TestNode, event: 'slow' | 'terminated'): Promise<number> =>
  stage.metric(node, `watchfloor_${event}_clients_total`)

const memory = (stage: Stage, node: TestNode): Promise<number> => stage.metric(node, 'process_resident_memory_bytes')

it('clients that stop and wake are caught up with; their neighbours miss nothing', () =>
  onStage(async (stage) => {
    const { node, load, neighbours, crowd, heavy } = await floor(stage)
    crowd.signal('SIGSTOP')
    const slow = async () => (await count(stage, node, 'slow')) >= STOPPED
    await eventually('they fell behind', slow)
    await sleep(500)
    crowd.signal('SIGCONT')
    await sleep(1000)
    await Promise.all([load.stop(), heavy.stop()])
    await stage.whole()
    expect(await count(stage, node, 'terminated')).toBe(0)
    expect((await crowd.ask('report', null)).connections).toBe(STOPPED)
    for (const { journal } of neighbours) expect(journal).toMatchObject({ gaps: 0, resyncs: 0, replays: 0 })
  }))

it('clients that stop for good hold no more than the caps and are gone in seconds; woken later they are whole', () =>
  onStage(async (stage) => {
    const { node, load, neighbours, crowd, heavy } = await floor(stage)
    await sleep(1000)
    const before = await memory(stage, node)
    crowd.signal('SIGSTOP')
    await eventually('one fell behind', async () => (await count(stage, node, 'slow')) > 0)
    let most = 0
    const gone = async (): Promise<boolean> => {
      most = Math.max(most, await memory(stage, node))
      return (await stage.metric(node, 'watchfloor_clients')) === neighbours.length
    }
    await eventually('they are gone', gone, { everyMs: 200 })
    expect(await count(stage, node, 'terminated')).toBe(STOPPED)
    expect(most - before).toBeLessThan(STOPPED * MOST_HELD + SLACK)
    crowd.signal('SIGCONT')
    await sleep(500)
    await Promise.all([load.stop(), heavy.stop()])
    await stage.whole()
    for (const { journal } of neighbours) expect(journal).toMatchObject({ gaps: 0, resyncs: 0, replays: 0 })
  }))
