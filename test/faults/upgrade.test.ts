import { describe, expect, it } from 'vitest'
import { deviceTopic, symbolTopic } from '../../wire/topics.ts'
import { balancer, NO_BALANCER, startBalancer } from '../support/balancer.ts'
import { eventually } from '../support/eventually.ts'
import { scrape } from '../support/metrics.ts'
import type { TestNode } from '../support/node.ts'
import { spread, tell } from './measured.ts'
import { DEVICES, onStage, SYMBOLS } from './stage.ts'

const CLIENTS = 90
const wants = { topics: [...SYMBOLS.map(symbolTopic), ...DEVICES.map(deviceTopic)] }

const returned = async (nodes: readonly TestNode[]): Promise<number> => {
  const figures = await Promise.all(nodes.map(({ url }) => scrape(url)))
  return figures.reduce((sum, { value }) => sum + value('watchfloor_returned_clients_total'), 0)
}

describe.skipIf(!balancer)(balancer ? 'an upgrade behind the balancer' : NO_BALANCER, () => {
  it('restarts node by node: no connection fails, nothing is missed, and only a counter tells of it', () =>
    onStage(async (stage) => {
      // As in the compose file: time enough for the balancer to notice.
      const env = { DRAIN_MS: '3000' }
      const nodes = [await stage.node({ env }), await stage.node({ env }), await stage.node({ env })]
      const front = await startBalancer(nodes.map(({ port }) => port))
      try {
        const load = await stage.load({ everyMs: 250 })
        const crowd = await stage.crowd(front, CLIENTS, wants)
        await stage.settled()
        await crowd.ask('lateness', null)
        let moved = 0
        for (const [i, node] of nodes.entries()) {
          const others = nodes.filter((other) => other !== node)
          const [before, clients] = [await returned(others), (await scrape(node.url)).value('watchfloor_clients')]
          expect(await node.stop()).toEqual({ code: 0, signal: null })
          expect(node.output()).toContain(`"clients":${clients},"left":${clients},"cut":0`)
          await eventually('they are back', async () => (await returned(others)) - before === clients)
          moved += clients
          nodes[i] = await stage.node({ port: node.port, env })
          const again = async () =>
            (await front.command('show servers state nodes')).match(/ node-\d \S+ 2 /g)?.length === 3
          await eventually('the balancer knows it again', again)
        }
        await load.stop()
        const took = await stage.whole()
        const without = await crowd.ask('lateness', null)
        tell(
          `three nodes restarted behind the balancer, ${CLIENTS} clients moved ${moved} times: without data ${spread(without)}`,
        )
        tell(`  whole ${Math.round(took)} ms after the feed ended`)
        const { connections, snapshots, resyncs, gaps } = await crowd.ask('report', null)
        // One connection for each move: none was refused, or led to a node that was going.
        expect({ connections, snapshots, resyncs, gaps }).toEqual({
          connections: CLIENTS + moved,
          snapshots: CLIENTS * wants.topics.length,
          resyncs: 0,
          gaps: 0,
        })
      } finally {
        await front.stop()
      }
    }))
})
