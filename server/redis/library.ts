import { readdirSync, readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'

/**
 * The revision of the function library. Raise it with every change of library/*.lua: a node replaces an older one and
 * leaves a newer one alone, so that nodes of two versions can run side by side. A change of what calls mean takes new
 * names (`wf2_`).
 */
export const LIBRARY_REVISION = 3

/** How updates are published: `SPUBLISH` on a cluster, where a plain one would go to every server. */
export type PublishCommand = 'PUBLISH' | 'SPUBLISH'

const folder = new URL('./library/', import.meta.url)

/** The library's source, ready for FUNCTION LOAD. */
export const librarySource = (publish: PublishCommand): string =>
  readdirSync(folder)
    .sort()
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n')
    .replaceAll('@PUBLISH', publish)
    .replaceAll('@REVISION', String(LIBRARY_REVISION))

/** The revision that a Redis holds; 0 where it holds none. */
const installedRevision = async (redis: Redis): Promise<number> => {
  try {
    return Number(await redis.call('FCALL_RO', 'wf1_revision', '0'))
  } catch (error) {
    if (String(error).includes('Function not found')) return 0
    throw error
  }
}

/** Puts the library into a Redis that has none or an older one; true where it did. Needs Redis 7.0. */
export const installLibrary = async (redis: Redis, publish: PublishCommand = 'PUBLISH'): Promise<boolean> => {
  if ((await installedRevision(redis)) >= LIBRARY_REVISION) return false
  await redis.call('FUNCTION', 'LOAD', 'REPLACE', librarySource(publish))
  return true
}
