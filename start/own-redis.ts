import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ending } from './child.ts'
import { Failure } from './failure.ts'
import { ask, ping } from './ping.ts'
import type { RedisProgram } from './program.ts'
import { launchRedis, type PrivateRedis } from './redis.ts'

type Record = { port: number; password: string }

const readRecord = async (path: string): Promise<Record | null> => {
  const text = await readFile(path, 'utf8').catch(() => '')
  const [port, password] = text.trim().split(' ')
  return port && password ? { port: Number(port), password } : null
}

/**
 * Ends the Redis of an earlier start that was killed before it could end it. Whoever takes the recorded password is
 * that one; two on the same files would spoil them. The caller holds the folder's lock.
 */
const endOrphan = async (path: string, signal: AbortSignal): Promise<void> => {
  const record = await readRecord(path)
  if (record === null) return
  const { port, password } = record
  for (let attempt = 0; await ping(port, password); attempt++) {
    if (attempt === 100)
      throw new Failure(`An earlier Redis still runs at port ${port} and does not end: end it, then start again.`)
    if (attempt === 0) await ask(port, [`AUTH ${password}`, 'SHUTDOWN'], 5000)
    await sleep(100, undefined, { signal })
  }
}

/**
 * Starts the floor's own Redis on the data of last time, in `<folder>/redis`. Its address stands in
 * `<folder>/redis.address` while it runs.
 */
export const openOwnRedis = async (
  folder: string,
  program: RedisProgram,
  signal: AbortSignal,
): Promise<PrivateRedis> => {
  const path = join(folder, 'redis.address')
  await endOrphan(path, signal)
  const redis = await launchRedis({ program, dir: join(folder, 'redis'), signal })
  try {
    await rm(path, { force: true })
    await writeFile(path, `${redis.port} ${redis.password}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    await redis.stop()
    throw new Failure(
      `Nothing can be written in ${folder} (${(error as NodeJS.ErrnoException).code}): make room there.`,
    )
  }
  const stop = async (): Promise<Ending> => {
    const ending = await redis.stop()
    await rm(path, { force: true })
    return ending
  }
  return { ...redis, stop }
}
