import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../simulators/random.ts'
import { eventually } from '../support/eventually.ts'
import { flushEverything, killSubscribers } from '../support/redis-everywhere.ts'
import type { Member } from '../support/redis-member.ts'
import type { SoakStage } from './stage.ts'

/** Something bad that happens, and its end: when it resolves, all that was broken stands again. */
export type Fault = (stage: SoakStage, random: Random) => Promise<void>

const between = ({ next }: Random, low: number, high: number): number => low + next() * (high - low)
const pick = <T>(random: Random, from: readonly T[]): T => from[random.below(from.length)] as T

/** Any node but the first, which lives through everything. */
const someNode = (stage: SoakStage, random: Random): number => 1 + random.below(stage.nodes().length - 1)

const stopped = async (pid: number, ms: number): Promise<void> => {
  process.kill(pid, 'SIGSTOP')
  await sleep(ms)
  process.kill(pid, 'SIGCONT')
}

/** What can happen whatever Redis is. */
const ANYWHERE = {
  nodeStopped: async (stage, random) => {
    await stopped(pick(random, stage.nodes()).pid, between(random, 1000, 8000))
  },
  nodeKilled: async (stage, random) => {
    const place = someNode(stage, random)
    await stage.nodes()[place]?.kill()
    await sleep(between(random, 200, 3000))
    await stage.restartNode(place)
  },
  nodeRestarted: async (stage, random) => {
    const place = someNode(stage, random)
    await stage.nodes()[place]?.stop()
    await stage.restartNode(place)
  },
  subscribersKilled: async (stage, random) => {
    for (let i = 0; i < 1 + random.below(3); i++) {
      await killSubscribers(stage.direct)
      await sleep(between(random, 100, 800))
    }
  },
  flushed: async (stage) => {
    await flushEverything(stage.direct)
    // What nobody trades would be unknown from now on.
    await stage.feed().ask('burst', { calls: 1 })
  },
  feedKilled: async (stage) => {
    await stage.replaceFeed()
  },
  clientsCutOff: async (stage, random) => {
    await pick(random, stage.crowds).ask('flap', null)
  },
  /** They read nothing; those stopped for longest are ended by their node. */
  clientsStopped: async (stage, random) => {
    const crowd = pick(random, stage.crowds)
    crowd.signal('SIGSTOP')
    await stage.feed().ask('burst', { calls: 100 })
    await sleep(between(random, 1000, 13_000))
    crowd.signal('SIGCONT')
  },
  burst: async (stage) => {
    await stage.feed().ask('burst', { calls: 150 })
    await sleep(2500)
  },
} as const satisfies Record<string, Fault>

/** With one server: it dies, it hangs, and the network between it and a node does what networks do. */
const SINGLE = {
  redisKilled: async ({ redis }, random) => {
    await redis.kill()
    await sleep(between(random, 200, 3000))
    await redis.restart()
  },
  redisStopped: async ({ redis }, random) => {
    await redis.pause()
    await sleep(between(random, 1000, 7000))
    await redis.resume()
  },
  cut: async ({ proxy }, random) => {
    proxy?.cut()
    await sleep(between(random, 500, 4000))
    proxy?.heal()
  },
  halfOpen: async ({ proxy }, random) => {
    proxy?.silence(random.next() < 0.5 ? 'subscriber' : '')
    await sleep(between(random, 2000, 7000))
    proxy?.heal()
  },
  slowNetwork: async ({ proxy }, random) => {
    proxy?.slow(between(random, 50, 500))
    await sleep(3000)
    proxy?.heal()
  },
  lossy: async ({ proxy }, random) => {
    proxy?.garble(() => {
      const draw = random.next()
      return draw < 0.08 ? 0 : draw < 0.16 ? 2 : 1
    })
    await sleep(3000)
    proxy?.heal()
  },
} as const satisfies Record<string, Fault>

const promoted = (before: Member, now: () => Promise<Member>): Promise<unknown> =>
  eventually('another primary', async () => (await now()) !== before, { limitMs: 20_000, everyMs: 100 })

const hangs = async (member: Member, ms: number): Promise<void> => {
  member.pause()
  await sleep(ms)
  member.resume()
}

const SENTINEL = {
  primaryKilled: async ({ redis }, random) => {
    if (redis.mode !== 'sentinel') return
    const primary = await redis.primary()
    await primary.kill()
    await promoted(primary, redis.primary)
    await sleep(between(random, 500, 3000))
    await primary.restart()
  },
  primaryStopped: async ({ redis }, random) => {
    if (redis.mode !== 'sentinel') return
    await hangs(await redis.primary(), between(random, 1000, 9000))
  },
  replicaKilled: async ({ redis }, random) => {
    if (redis.mode !== 'sentinel') return
    const primary = await redis.primary()
    const replica = pick(
      random,
      redis.members.filter((member) => member !== primary),
    )
    await replica.kill()
    await sleep(between(random, 500, 3000))
    await replica.restart()
  },
  sentinelKilled: async ({ redis }, random) => {
    if (redis.mode !== 'sentinel') return
    const sentinel = pick(random, redis.sentinels)
    await sentinel.kill()
    await sleep(between(random, 500, 3000))
    await sentinel.restart()
  },
} as const satisfies Record<string, Fault>

const CLUSTER = {
  primaryKilled: async ({ redis }, random) => {
    if (redis.mode !== 'cluster') return
    const { primaries } = redis
    const primary = pick(random, await primaries())
    await primary.kill()
    const over = async () => !(await primaries()).includes(primary) && (await primaries()).length === 3
    await eventually('its replica has taken over', over, { limitMs: 20_000, everyMs: 100 })
    await sleep(between(random, 500, 3000))
    await primary.restart()
  },
  primaryStopped: async ({ redis }, random) => {
    if (redis.mode !== 'cluster') return
    await hangs(pick(random, await redis.primaries()), between(random, 1000, 9000))
  },
  slotMoved: async ({ redis }, random) => {
    if (redis.mode !== 'cluster') return
    const key = `wf:{s:SOAK-${random.below(12)}}`
    const from = await redis.primaryOf(key)
    const to = pick(
      random,
      (await redis.primaries()).filter((member) => member !== from),
    )
    await redis.moveSlot(await redis.slotOf(key), to)
  },
} as const satisfies Record<string, Fault>

export const FAULTS = {
  single: { ...ANYWHERE, ...SINGLE },
  sentinel: { ...ANYWHERE, ...SENTINEL },
  cluster: { ...ANYWHERE, ...CLUSTER },
} as const satisfies Record<SoakStage['redis']['mode'], Record<string, Fault>>

/** Names of faults by chance, each as often as the others: a deck that is shuffled anew whenever it is used up. */
export const faultDeck = (names: readonly string[], { below }: Random): (() => string) => {
  let deck: string[] = []
  return () => {
    if (deck.length === 0) deck = [...names]
    return deck.splice(below(deck.length), 1)[0] as string
  }
}
