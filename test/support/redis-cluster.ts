import { eventually } from './eventually.ts'
import { lookAround, ownerOf, type Part, servingParts } from './redis-cluster-view.ts'
import { type Deployment, dataSettings, deploy } from './redis-deployment.ts'
import { type Member, order } from './redis-member.ts'
import { moveSlot } from './redis-slot.ts'
import { type TestRedis, wholeOf } from './redis-whole.ts'

/** A Cluster: three primaries with a replica each. */
export type ClusterRedis = TestRedis & {
  mode: 'cluster'
  /** First the three that began as primaries, then their replicas in the same order. */
  members: readonly Member[]
  /** Those that serve slots now. */
  primaries: () => Promise<Member[]>
  /** Who serves a key now; throws where nobody does. */
  primaryOf: (key: string) => Promise<Member>
  slotOf: (key: string) => Promise<number>
  /** Moves a slot with its keys to another primary, as an operator would while clients go on, with a pause half way. */
  moveSlot: (slot: number, to: Member, halfwayMs?: number) => Promise<void>
}

/** How long a server must not answer before the others hold it for dead; a replica takes over about a second later. */
export const NODE_TIMEOUT_MS = 2000

/**
 * Without full coverage one lost shard takes its own topics down, and not the whole floor. Replicas stay with their
 * primary, so that a test knows who follows whom.
 */
const SETTINGS = [
  'cluster-enabled yes',
  `cluster-node-timeout ${NODE_TIMEOUT_MS}`,
  'cluster-require-full-coverage no',
  'cluster-allow-replica-migration no',
]
const SLOTS = 16_384
const SHARDS = 3
const NAMES = ['primary-1', 'primary-2', 'primary-3', 'replica-1', 'replica-2', 'replica-3']

/** A member and what others need to meet it. */
type Peer = { member: Member; address: string }

const startPeers = (deployment: Deployment, settings: readonly string[]): Promise<Peer[]> =>
  Promise.all(
    NAMES.map(async (name) => {
      const [port, bus] = [await deployment.port(), await deployment.port()]
      const lines = [...dataSettings(deployment.password), ...SETTINGS, `cluster-port ${bus}`, ...settings]
      return { member: await deployment.start({ name, port, settings: lines }), address: `127.0.0.1 ${port} ${bus}` }
    }),
  )

const divideSlots = async (primaries: readonly Member[]): Promise<void> => {
  const edge = (shard: number): number => Math.round((shard * SLOTS) / SHARDS)
  for (const [i, primary] of primaries.entries()) {
    await order(primary, `CLUSTER SET-CONFIG-EPOCH ${i + 1}`)
    await order(primary, `CLUSTER ADDSLOTSRANGE ${edge(i)} ${edge(i + 1) - 1}`)
  }
}

/** Whether a server knows all the others for good, not in a handshake. */
const knowsAll = async (member: Member): Promise<boolean> => {
  const nodes = await member.ask('CLUSTER NODES')
  return !nodes.includes('handshake') && nodes.match(/ connected/g)?.length === NAMES.length
}

/** Whether a server sees three primaries with a replica each, serves, and, as a replica, has its primary's data. */
const isWhole = async (member: Member): Promise<boolean> => {
  const [info, nodes, replication] = [
    await member.ask('CLUSTER INFO'),
    await member.ask('CLUSTER NODES'),
    await member.ask('INFO replication'),
  ]
  const linked = replication.includes('role:master') || replication.includes('master_link_status:up')
  return linked && info.includes('cluster_state:ok') && nodes.match(/slave \w/g)?.length === SHARDS
}

const whole = async (members: readonly Member[]): Promise<void> => {
  for (const member of members) await eventually(`${member.name} sees a whole cluster`, () => isWhole(member))
}

const form = async (peers: readonly Peer[]): Promise<void> => {
  const members = peers.map(({ member }) => member)
  const [primaries, replicas] = [members.slice(0, SHARDS), members.slice(SHARDS)]
  await divideSlots(primaries)
  // Everyone meets everyone: who is learnt of by gossip is learnt of seconds later.
  for (const one of peers)
    for (const other of peers) if (one !== other) await order(one.member, `CLUSTER MEET ${other.address}`)
  for (const member of members) await eventually(`${member.name} knows all`, () => knowsAll(member))
  const parts = await lookAround(primaries)
  for (const [i, replica] of replicas.entries()) await order(replica, `CLUSTER REPLICATE ${parts[i]?.id}`)
  await whole(members)
}

/**
 * Starts and forms it; resolves when every server serves and every replica follows. `settings`: further lines for all
 * of them.
 */
export const startClusterRedis = (settings: readonly string[] = []): Promise<ClusterRedis> =>
  deploy(async (deployment) => {
    const peers = await startPeers(deployment, settings)
    await form(peers)
    const members = peers.map(({ member }) => member)
    const { password } = deployment
    const url = `redis+cluster://:${password}@${members.map(({ port }) => `127.0.0.1:${port}`).join(',')}`
    const parts = (): Promise<Part[]> => lookAround(members)
    const slotOf = async (key: string): Promise<number> => {
      const [, slot] = /^:(\d+)/.exec(await askAny(members, `CLUSTER KEYSLOT ${key}`)) ?? []
      return Number(slot)
    }
    return {
      ...wholeOf(members, () => whole(members)),
      mode: 'cluster',
      url,
      members,
      primaries: async () => servingParts(await parts()).map(({ member }) => member),
      primaryOf: async (key) => {
        const owner = ownerOf(await slotOf(key), await parts())
        if (owner === null) throw new Error(`nobody serves ${key}`)
        return owner.member
      },
      slotOf,
      moveSlot: async (slot, to, halfwayMs = 0) => moveSlot({ slot, to, parts: await parts(), password, halfwayMs }),
      client: () => deployment.connect(url),
      server: async () => ({ host: '127.0.0.1', port: members[0]?.port ?? 0, password }),
      stop: deployment.stop,
    }
  })

const askAny = async (members: readonly Member[], command: string): Promise<string> => {
  for (const member of members) {
    const reply = await member.ask(command)
    if (reply !== '') return reply
  }
  throw new Error(`nobody answers ${command}`)
}
