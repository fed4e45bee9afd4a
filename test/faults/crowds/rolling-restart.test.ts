import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { deviceTopic, symbolTopic } from '../../../wire/topics.ts'
import { eventually } from '../../support/eventually.ts'
import { spread, tell } from '../measured.ts'
import { DEVICES, onStage, SYMBOLS } from '../stage.ts'

const CLIENTS = 1000
/** What keeps a log, and so can be replayed. */
const wants = { topics: [...SYMBOLS.map(symbolTopic), ...DEVICES.map(deviceTopic)] }

it('three nodes are restarted one after the other under 1,000 clients: all is replayed, and nobody notices but by a counter', () =>
  onStage(async (stage) => {
    const nodes = [await stage.node(), await stage.node(), await stage.node()]
    const load = await stage.load({ everyMs: 250 })
    const crowd = await stage.crowd(nodes, CLIENTS, wants)
    const readers = nodes.map((node) => stage.reader(node))
    await stage.settled()
    await sleep(1000)
    await crowd.ask('lateness', null)
    const settled = async () => {
      const count = await crowd.ask('settled', null)
      if (count < CLIENTS) throw new Error(`${count} of ${CLIENTS}`)
      return true
    }
    let slowest = 0
    for (const { port, stop } of nodes) {
      expect(await stop()).toEqual({ code: 0, signal: null })
      await stage.node({ port })
      const back = performance.now()
      await eventually('all are answered', settled)
      slowest = Math.max(slowest, performance.now() - back)
    }
    await load.stop()
    const took = await stage.whole()
    tell(
      `rolling restart of three nodes, ${CLIENTS} clients, all answered ${Math.round(slowest)} ms after a node is back`,
    )
    tell(
      `  and whole ${Math.round(took)} ms after the feed ended; without data: ${spread(await crowd.ask('lateness', null))}`,
    )
    const { connections, replays, snapshots, resyncs, gaps } = await crowd.ask('report', null)
    // The snapshots are the first ones.
    expect({ snapshots, resyncs, gaps }).toEqual({ snapshots: CLIENTS * wants.topics.length, resyncs: 0, gaps: 0 })
    expect(replays).toBeGreaterThan(CLIENTS)
    // One that comes back at once may find the node that is just going.
    expect(connections).toBeGreaterThanOrEqual(CLIENTS * 2)
    expect(connections).toBeLessThan(CLIENTS * 2.2)
    // The counter that tells of it.
    const returned = await Promise.all(nodes.map((node) => stage.metric(node, 'watchfloor_returned_clients_total')))
    expect(returned.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(CLIENTS)
    for (const { journal } of readers) expect(journal).toMatchObject({ gaps: 0, resyncs: 0 })
  }))
