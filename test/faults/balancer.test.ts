import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { deviceTopic, symbolTopic } from '../../wire/topics.ts'
import { type Balancer, balancer, NO_BALANCER, startBalancer } from '../support/balancer.ts'
import type { Crowd } from '../support/crowd.ts'
import { eventually } from '../support/eventually.ts'
import type { TestNode } from '../support/node.ts'
import { spread, tell } from './measured.ts'
import { DEVICES, onStage, type Stage, SYMBOLS } from './stage.ts'

const CLIENTS = 150
const wants = { topics: [...SYMBOLS.map(symbolTopic), ...DEVICES.map(deviceTopic)] }

type Floor = { stage: Stage; nodes: TestNode[]; front: Balancer; crowd: Crowd }

/**
 * Clients that know the balancer only are moved by `how`; then all are whole, and nothing was missed that a log holds.
 */
const moved = (what: string, how: (floor: Floor) => Promise<void>): Promise<void> =>
  onStage(async (stage) => {
    const nodes = [await stage.node(), await stage.node(), await stage.node()]
    const front = await startBalancer(nodes.map(({ port }) => port))
    try {
      await eventually('the balancer knows all nodes', async () => (await serving(front)) === nodes.length)
      const load = await stage.load({ everyMs: 100 })
      const crowd = await stage.crowd(front, CLIENTS, wants)
      const readers = Array.from({ length: 6 }, () => stage.reader(front))
      await stage.settled()
      await crowd.ask('lateness', null)
      await how({ stage, nodes, front, crowd })
      await load.stop()
      const took = await stage.whole()
      tell(`${what}, ${CLIENTS} clients: whole ${Math.round(took)} ms after the feed ended`)
      tell(`  without data: ${spread(await crowd.ask('lateness', null))}`)
      const { connections, replays, snapshots, resyncs, gaps } = await crowd.ask('report', null)
      expect({ snapshots, resyncs, gaps }).toEqual({ snapshots: CLIENTS * wants.topics.length, resyncs: 0, gaps: 0 })
      expect(connections).toBeGreaterThan(CLIENTS)
      expect(replays).toBeGreaterThan(0)
      for (const { journal } of readers) expect([...journal.gapsOf].filter((kind) => kind !== 'c')).toEqual([])
    } finally {
      await front.stop()
    }
  })

/** How many nodes the balancer gives clients to. */
const serving = async (front: Balancer): Promise<number> =>
  (await front.command('show servers state nodes')).split('\n').filter((line) => / node-\d \S+ 2 /.test(line)).length

const allAnswered = (crowd: Crowd) =>
  eventually('all are answered', async () => (await crowd.ask('settled', null)) === CLIENTS)

const clientsOf = (stage: Stage, node: TestNode): Promise<number> => stage.metric(node, 'watchfloor_clients')

describe.skipIf(!balancer)(balancer ? 'behind the balancer' : NO_BALANCER, () => {
  it('a node is taken out (state maint, sessions ended): its clients are whole on the others', () =>
    moved('one of three nodes in maintenance', async ({ stage, nodes: [node, other], front, crowd }) => {
      if (!node || !other) throw new Error('three nodes')
      const before = [await clientsOf(stage, node), await clientsOf(stage, other)]
      expect(before[0]).toBeGreaterThan(CLIENTS / 6)
      await front.command('set server nodes/node-1 state maint')
      await front.command('shutdown sessions server nodes/node-1')
      await eventually('the node is empty', async () => (await clientsOf(stage, node)) === 0)
      // The clients hear of it a moment later than the node: until then they still take themselves for answered.
      await eventually('another has some of them', async () => (await clientsOf(stage, other)) > (before[1] ?? 0))
      await allAnswered(crowd)
      await front.command('set server nodes/node-1 state ready')
    }))

  it('a node is killed: its clients are whole on the others', () =>
    moved('one of three nodes killed', async ({ nodes: [node], crowd }) => {
      await node?.kill()
      await sleep(50) // until the clients know
      await allAnswered(crowd)
    }))

  it('a node hangs: it is found out, its sessions are ended, its clients are whole on the others', () =>
    moved('one of three nodes stopped', async ({ nodes: [node], front, crowd }) => {
      if (!node) throw new Error('three nodes')
      process.kill(node.pid, 'SIGSTOP')
      await eventually('found out', async () => (await serving(front)) === 2)
      await front.command('shutdown sessions server nodes/node-1')
      await sleep(50)
      await allAnswered(crowd)
      process.kill(node.pid, 'SIGCONT')
    }))
})
