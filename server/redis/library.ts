import { readdirSync, readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import type { Piece } from '../../wire/kinds/id.ts'
import { allKinds } from '../../wire/kinds/kinds.ts'
import { libraries } from '../kinds/kinds.ts'

/**
 * The revision of the function library. Raise it with every change of library/: a node replaces an older one and
 * leaves a newer one alone, so that nodes of two versions can run side by side. A change of what calls mean takes new
 * names (`wf2_`).
 */
export const LIBRARY_REVISION = 8

/** How updates are published: `SPUBLISH` on a cluster, where a plain one would go to every server. */
export type PublishCommand = 'PUBLISH' | 'SPUBLISH'

/** What all kinds share. */
const CORE = new URL('./library/', import.meta.url)

/** The files of a folder in the order of their names, or one file. */
const readLua = (place: URL): string => {
  if (!place.pathname.endsWith('/')) return readFileSync(place, 'utf8')
  const names = readdirSync(place).filter((name) => name.endsWith('.lua'))
  return names
    .sort()
    .map((name) => readFileSync(new URL(name, place), 'utf8'))
    .join('\n')
}

/** The folders of a folder, which is a place that ends with a slash. */
const foldersOf = (place: URL): URL[] => {
  if (!place.pathname.endsWith('/')) return []
  const entries = readdirSync(place, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return entries.map(({ name }) => new URL(`${name}/`, place)).sort((a, b) => (a.href < b.href ? -1 : 1))
}

/**
 * A kind's functions: what they share is theirs alone. (Lua takes no more than 200 local names at a time in one
 * function.) A folder within has a function of its own: it knows what the files beside it declare, and they do not know
 * what it does.
 */
const scoped = (place: URL): string => `do\n${readLua(place)}\n${foldersOf(place).map(apart).join('\n')}\nend`
const apart = (place: URL): string => `do local function apart()\n${readLua(place)}\nend apart() end`

/** What wire/kinds says of the kinds, as a table of Lua. */
const luaKinds = (): string => {
  const entries = allKinds().map(({ letter, id, parts }) => {
    const pieces = id === 'name' ? '' : `, pieces = { ${id.map(luaPiece).join(', ')} }`
    const named = parts.map((part) => JSON.stringify(part)).join(', ')
    return `[${JSON.stringify(letter)}] = { parts = { ${named} }${pieces} }`
  })
  return `{ ${entries.join(', ')} }`
}
const luaPiece = ({ letters, least, most }: Piece): string =>
  `{ letters = ${JSON.stringify(`^[${letters}]*`)}, least = ${least}, most = ${most} }`

/** The library's source, ready for FUNCTION LOAD. */
export const librarySource = (publish: PublishCommand): string =>
  [readLua(CORE), ...libraries().map(scoped)]
    .join('\n')
    .replaceAll('@PUBLISH', publish)
    .replaceAll('@REVISION', String(LIBRARY_REVISION))
    .replaceAll('@KINDS', luaKinds())

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
