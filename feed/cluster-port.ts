import type { Cluster, Redis } from 'ioredis'
import { isTimeout } from '../redis/errors.ts'
import { slotOf } from '../redis/slots.ts'
import type { Call } from '../wire/calls.ts'
import { callTogether } from './call-together.ts'
import type { Port } from './port.ts'

/** Where a call goes: the server at `host:port`, which is asked for keys that are on their way to it, or not. */
type Target = { address: string; asking: boolean }

const REDIRECTED = /^(MOVED|ASK) \d+ (\S+)/

/** Where the Cluster says that a call must go instead. */
const redirection = (reply: unknown): Target | null => {
  const [, kind, address] = (reply instanceof Error && REDIRECTED.exec(reply.message)) || []
  return address === undefined ? null : { address, asking: kind === 'ASK' }
}

/**
 * The port of a Cluster: a pipeline to each server that holds some of the keys. (ioredis takes only calls of one server
 * into a pipeline of a Cluster, and drops what is redirected out of it.) Where a slot has moved or moves, its calls
 * follow once; whatever fails after that fails here, and the map of the slots is read anew.
 */
export const clusterPort = (cluster: Cluster): Port => {
  const serverAt = (address: string): Redis | undefined =>
    cluster.nodes().find(({ options: { host, port } }) => `${host}:${port}` === address)

  /** Calls of one server; one that let a call time out may be dead, so its connection is given up. */
  const runAt = async ({ address, asking }: Target, calls: readonly Call[]): Promise<unknown[]> => {
    const server = serverAt(address)
    if (server === undefined) return calls.map(() => new Error(`Not connected to ${address || 'the slot'}`))
    const replies = await callTogether(server, calls, asking)
    if (replies.some(isTimeout)) server.disconnect()
    return replies
  }

  /** Sends each call, named by its place, to its target, and puts the answers into `replies`. */
  const send = async (targets: ReadonlyMap<number, Target>, calls: readonly Call[], replies: unknown[]) => {
    const groups = Map.groupBy(targets, ([, { address, asking }]) => `${address} ${asking}`)
    const sendGroup = async (group: [number, Target][]) => {
      const [[, target] = [0, { address: '', asking: false }]] = group
      const places = group.map(([place]) => place)
      const answers = await runAt(
        target,
        places.flatMap((place) => calls[place] ?? []),
      )
      for (const [i, place] of places.entries()) replies[place] = answers[i]
    }
    await Promise.all([...groups.values()].map(sendGroup))
  }

  const homeOf = ({ keys: [key = ''] }: Call): Target => ({
    address: cluster.slots[slotOf(key)]?.[0] ?? '',
    asking: false,
  })

  return {
    groups: (calls) => {
      const homes = Map.groupBy(calls.keys(), (place) => homeOf(calls[place] as Call).address)
      return [...homes.values()]
    },
    run: async (calls) => {
      if (cluster.status !== 'ready') return calls.map(() => new Error('The Cluster is not connected'))
      const replies: unknown[] = []
      const homes = calls.map(homeOf)
      await send(new Map(homes.entries()), calls, replies)
      const elsewhere = new Map<number, Target>()
      for (const [place, reply] of replies.entries()) {
        const target = redirection(reply)
        if (target !== null) elsewhere.set(place, target)
      }
      if (elsewhere.size > 0) await send(elsewhere, calls, replies)
      const moved = [...elsewhere.values()].some(({ asking }) => !asking)
      if (moved || replies.some((reply) => reply instanceof Error)) cluster.refreshSlotsCache()
      return replies
    },
  }
}
