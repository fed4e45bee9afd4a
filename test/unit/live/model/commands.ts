import fc from 'fast-check'
import type { Tuning, UpdateBody } from '../../../../wire/protocol.ts'
import { type Topic, topicKind } from '../../../../wire/topics.ts'
import { A, B, TOPICS, VAN, type World } from './world.ts'

export type Command = { name: string; run: (world: World) => void | Promise<void>; toString: () => string }

const START = 1_795_003_200_000

/** What a feed publishes: whole numbers only, so that sums are exact in whatever order. */
export const bodyOf = (topic: Topic, n: number, what: 'trade' | 'quote' | 'both', minute: number): UpdateBody => {
  const t = START + minute * 60_000 + (n % 50) * 100
  const quote = { t, bid: n, bidSize: 1, ask: n + 1, askSize: 1 }
  const fix = (id: string, t: number) => ({ id, n, t, lat: n % 80, lon: 1 })
  const kind = topicKind(topic)
  if (kind === 'd') return { fixes: [fix(VAN, t)] }
  // A cell gets no late fixes.
  if (kind === 'c' && what === 'quote') return { left: [{ id: VAN, t: START + n, n, to: null }] }
  if (kind === 'c') return { fixes: [fix(n % 3 ? VAN : 'W', START + n)] }
  if (what === 'quote') return { quote }
  const trades = [{ id: n, t, price: 10 + (n % 7), size: 1 + (n % 3) }]
  return what === 'trade' ? { trades } : { trades, quote }
}

const some = { node: fc.nat(1), client: fc.nat(2), at: fc.nat(5), topic: fc.constantFrom(...TOPICS) }
const tuning = fc.constantFrom<Tuning>(
  {},
  {},
  { mode: 'latest' },
  { mode: 'latest', rate: 2 },
  { mode: 'every', rate: 1 },
)

type Arbitraries<T> = { [K in keyof T]: fc.Arbitrary<T[K]> }

/** A command with its arguments, that prints as it was drawn. */
const command = <T extends object>(
  weight: number,
  name: string,
  args: Arbitraries<T>,
  run: (world: World, args: T) => void | Promise<void>,
): fc.WeightedArbitrary<Command> => ({
  weight,
  arbitrary: fc.record(args).map((drawn) => ({
    name,
    run: (world: World) => run(world, drawn as T),
    toString: () => `${name} ${JSON.stringify(drawn)}`,
  })),
})

const nodeAt = (world: World, at: number) => world.nodes[at % world.nodes.length] as World['nodes'][number]
const clientAt = (world: World, at: number) => world.clients[at % world.clients.length] as World['clients'][number]

const published = command(
  16,
  'publish',
  {
    topic: some.topic,
    what: fc.constantFrom('trade', 'trade', 'quote', 'both'),
    times: fc.constantFrom(1, 1, 2, 3, 8, 25, 60),
    minute: fc.nat(2),
  },
  ({ redis }, { topic, what, times, minute }) => {
    for (let i = 0; i < times; i++) redis.publish(topic, bodyOf(topic, redis.published() + 1, what, minute))
  },
)

const publishMany = ({ redis }: World, topic: Topic, times: number): void => {
  for (let i = 0; i < times; i++)
    redis.publish(topic, bodyOf(topic, redis.published() + 1, i % 3 ? 'trade' : 'both', 0))
}

/** What takes several steps, and would come too seldom by chance. */
const stories = [
  command(
    3,
    'blink',
    { client: some.client, topic: some.topic, times: fc.nat(6) },
    async (world, { client, topic, times }) => {
      clientAt(world, client).disconnect()
      publishMany(world, topic, times)
      await world.wait(0, false)
      clientAt(world, client).connect()
    },
  ),
  command(
    3,
    'flood',
    { client: some.client, topic: some.topic, times: fc.constantFrom(20, 60) },
    async (world, { client, topic, times }) => {
      clientAt(world, client).stall(true)
      for (let i = 0; i < times; i += 5) {
        publishMany(world, topic, 5)
        await world.wait(25, true)
      }
    },
  ),
]

const network = [
  command(12, 'deliver', { node: some.node, most: fc.constantFrom(1, 2, 100, 100) }, (world, { node, most }) =>
    nodeAt(world, node).network.deliver(most),
  ),
  command(3, 'lose', { node: some.node, at: some.at }, (world, { node, at }) => nodeAt(world, node).network.lose(at)),
  command(2, 'repeat', { node: some.node, at: some.at }, (world, { node, at }) =>
    nodeAt(world, node).network.repeat(at),
  ),
  command(2, 'delay', { node: some.node, at: some.at }, (world, { node, at }) =>
    nodeAt(world, node).network.delay(at + 1),
  ),
  command(6, 'act', { node: some.node, at: some.at }, (world, { node, at }) => nodeAt(world, node).network.act(at)),
  command(12, 'answer', { node: some.node, at: some.at }, (world, { node, at }) =>
    nodeAt(world, node).network.answer(at),
  ),
  command(2, 'refuse', { node: some.node, at: some.at }, (world, { node, at }) =>
    nodeAt(world, node).network.refuse(at),
  ),
  command(1, 'deafen', { node: some.node, topic: some.topic }, (world, { node, topic }) =>
    nodeAt(world, node).network.deafen([topic]),
  ),
  command(1, 'mend', { node: some.node }, (world, { node }) => nodeAt(world, node).network.mend()),
]

const trouble = [
  command(1, 'restart', { forgotten: fc.nat(4) }, ({ redis, nodes }, { forgotten }) => {
    redis.restart(forgotten)
    for (const { network } of nodes) network.deafen(TOPICS)
  }),
  command(1, 'empty', {}, ({ redis }) => redis.empty()),
  command(1, 'describe', { topic: fc.constantFrom<Topic>(A, B) }, ({ redis }, { topic }) => redis.describe(topic)),
]

const node = [
  command(1, 'recoverAll', { node: some.node }, (world, { node }) => nodeAt(world, node).demand.recoverAll()),
  command(1, 'recover', { node: some.node, topic: some.topic }, (world, { node, topic }) =>
    nodeAt(world, node).demand.recover([topic]),
  ),
  command(2, 'verify', {}, (world) => world.verify()),
]

const client = [
  command(
    8,
    'watch',
    { client: some.client, topics: fc.subarray([...TOPICS], { minLength: 1 }), tuning, fresh: fc.boolean() },
    (world, { client, topics, tuning, fresh }) => clientAt(world, client).watch(topics, tuning, fresh),
  ),
  command(4, 'unwatch', { client: some.client, topic: some.topic }, (world, { client, topic }) =>
    clientAt(world, client).unwatch(topic),
  ),
  command(4, 'tune', { client: some.client, topic: some.topic, tuning }, (world, { client, topic, tuning }) =>
    clientAt(world, client).tune(topic, tuning),
  ),
  command(3, 'forbid', { client: some.client, topics: fc.subarray([...TOPICS]) }, (world, { client, topics }) =>
    clientAt(world, client).forbid(topics),
  ),
  command(1, 'dismiss', { client: some.client }, (world, { client }) => clientAt(world, client).dismiss()),
  command(2, 'disconnect', { client: some.client }, (world, { client }) => clientAt(world, client).disconnect()),
  command(4, 'connect', { client: some.client }, (world, { client }) => clientAt(world, client).connect()),
  command(3, 'stall', { client: some.client }, (world, { client }) => clientAt(world, client).stall(true)),
  command(4, 'take', { client: some.client }, (world, { client }) => clientAt(world, client).stall(false)),
]

const time = [
  command(8, 'wait', { ms: fc.constantFrom(0, 5, 60, 250, 600, 2500) }, (world, { ms }) => world.wait(ms, false)),
  command(6, 'calm', { ms: fc.constantFrom(0, 0, 60, 1200) }, (world, { ms }) => world.wait(ms, true)),
]

export const commands = fc.array(fc.oneof(published, ...stories, ...network, ...trouble, ...node, ...client, ...time), {
  minLength: 10,
  maxLength: 80,
  size: 'max',
})
