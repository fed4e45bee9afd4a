import { Redis } from 'ioredis'
import { installLibrary } from '../../../server/redis/library.ts'
import { type Ask, asker } from '../calls.ts'
import type { FeedCalls } from '../feed/feed.ts'
import type { Floor } from '../floor.ts'
import { LOAD_CORE, type Machine, SERVER_CORE } from '../machine.ts'
import { baseline, type Contender, watchfloor } from '../servers.ts'
import { type Helper, openStage, type Stage } from '../stage.ts'
import { seedHistory } from './seed.ts'

/** The clients who do no harm: 10,000 deliveries a second. */
export const FLOOR: Floor = { clients: 200, symbols: 200, each: 20 }
export const TRADES_PER_SECOND = 500

export const SIDES = {
  /** As it comes, with all its limits; but the devices of the history stay. */
  watchfloor: watchfloor('watchfloor', {
    NODE_ENV: 'production',
    REAP_AFTER_S: '86400',
    MAX_CONNECTIONS_PER_ADDRESS: '',
    ADDRESS_SHARE: '',
  }),
  /** Plain Socket.IO, with pages by Express. */
  adapter: baseline('adapter-pages', 'socket.io'),
} as const satisfies Record<string, Contender>
export type Side = keyof typeof SIDES
export const SIDE_KEYS = Object.keys(SIDES) as Side[]

/**
 * What all runs stand on: one Redis with a history, and a feed for each side, which go on numbering from run to run.
 */
export type Ground = { stage: Stage; feeds: Record<Side, Helper<Ask<FeedCalls>>>; close: () => Promise<void> }

/** Builds the dashboard, so that there are pages to ask for. */
const build = async (machine: Machine): Promise<void> => {
  const child = machine.start('build', SERVER_CORE, ['start/build/main.ts'], {}, 'ignore')
  if ((await child.ended).code !== 0) throw new Error('the dashboard could not be built: run "npm run build"')
}

/** Puts the function library into Redis, as a node would: the history needs it. */
const addLibrary = async (url: string): Promise<void> => {
  const redis = new Redis(url)
  await installLibrary(redis, 'PUBLISH')
  redis.disconnect()
}

export const openGround = async (machine: Machine): Promise<Ground> => {
  await build(machine)
  const stage = await openStage(machine)
  const plain = machine.start('feed', LOAD_CORE, ['test/bench/feed/main.ts'])
  const close = async (): Promise<void> => {
    await Promise.all([plain.kill(), stage.close()])
  }
  const feeds = {
    watchfloor: stage.feed,
    adapter: { pid: plain.process.pid ?? 0, ask: asker<FeedCalls>(plain.process) },
  }
  try {
    await addLibrary(stage.redis.url)
    await seedHistory(stage.redis.url, FLOOR.symbols)
    for (const side of SIDE_KEYS)
      await feeds[side].ask('open', { url: stage.redis.url, symbols: FLOOR.symbols, style: SIDES[side].style })
  } catch (error) {
    await close()
    throw error
  }
  return { stage, feeds, close }
}
