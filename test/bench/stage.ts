import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findRedisProgram } from '../../start/program.ts'
import { launchRedis, type PrivateRedis } from '../../start/redis.ts'
import { searchPath } from '../support/environment.ts'
import { type Ask, asker } from './calls.ts'
import type { FeedCalls } from './feed/feed.ts'
import type { LoadCalls } from './load/load.ts'
import { LOAD_CORE, type Machine } from './machine.ts'

export type Helper<C> = { pid: number; ask: C }

/** What every bench stands on: a private Redis, a feed and a load process, all on the load's core. */
export type Stage = {
  redis: PrivateRedis
  feed: Helper<Ask<FeedCalls>>
  load: Helper<Ask<LoadCalls>>
  /** One more load process. */
  addLoad: () => Helper<Ask<LoadCalls>> & { kill: () => Promise<unknown> }
  close: () => Promise<void>
}

export const openStage = async (machine: Machine, settings: readonly string[] = []): Promise<Stage> => {
  await machine.untilQuiet()
  const program = await findRedisProgram(searchPath())
  const dir = await mkdtemp(join(tmpdir(), 'watchfloor-bench-'))
  const redis = await launchRedis({ program, dir, settings })
  const remove = async (): Promise<void> => {
    await redis.kill()
    await rm(dir, { recursive: true, force: true })
  }
  const forget = machine.atEnd(remove)
  await machine.pin(redis.pid, LOAD_CORE)
  const feed = machine.start('feed', LOAD_CORE, ['test/bench/feed/main.ts'])
  const addLoad = () => {
    const child = machine.start('load', LOAD_CORE, ['test/bench/load/main.ts'])
    return { pid: child.process.pid ?? 0, ask: asker<LoadCalls>(child.process), kill: child.kill }
  }
  const load = addLoad()
  return {
    redis,
    feed: { pid: feed.process.pid ?? 0, ask: asker<FeedCalls>(feed.process) },
    load,
    addLoad,
    close: async () => {
      await Promise.all([feed.kill(), load.kill(), remove()])
      forget()
    },
  }
}
