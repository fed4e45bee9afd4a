import { NOWHERE } from '../../wire/cursors.ts'
import type { Cursor } from '../../wire/protocol.ts'
import type { DeviceEntry, RegisterUpdate } from '../../wire/register.ts'
import { isName, REGISTER, topicPart } from '../../wire/topics.ts'
import { registerEntry } from '../kinds/register.ts'
import { readJson } from '../kinds/shapes.ts'
import { parseBytes } from '../live/bytes.ts'
import type { ReadTopic } from '../live/ports.ts'
import type { Commands } from '../redis/deployment.ts'
import type { Unreadable } from '../redis/unreadable.ts'

/** A device in the register. `gone`: it was reaped, and nothing was heard of it since. */
export type Entry = DeviceEntry & { gone?: true | undefined }
/** The register as of a cursor; `ids` in order. `complete` false: it has more than a node keeps. */
export type Register = {
  cursor: Cursor
  entries: ReadonlyMap<string, Entry>
  ids: readonly string[]
  complete: boolean
}

/** More are not kept: their entries and routes take some 30 MB. */
const MOST_DEVICES = 100_000
const AT_ONCE = 1000
const ENTRIES = topicPart(REGISTER, 'entries')

/** The register as it is now: this node's copy, led on by what came since it was read last. Who asks while it is read shares the answer. */
export const createRegister = (redis: Commands, read: ReadTopic, unreadable: Unreadable): (() => Promise<Register>) => {
  let copy: Register | null = null
  let reading: Promise<Register> | null = null
  const next = async (): Promise<Register> => {
    const result = await read(REGISTER, copy?.cursor ?? null)
    if (result.kind === 'missing') return load(redis, NOWHERE, unreadable)
    if (copy !== null && result.kind === 'current') return copy
    if (copy === null || result.kind !== 'replay') return load(redis, result.cursor, unreadable)
    return follow(copy, result.cursor, result.updates.map(parseBytes) as RegisterUpdate[])
  }
  const start = async (): Promise<Register> => {
    try {
      copy = await next()
      return copy
    } finally {
      reading = null
    }
  }
  return () => {
    reading ??= start()
    return reading
  }
}

/** Reads all entries, some at a time: other work goes on between them. */
const load = async (redis: Commands, cursor: Cursor, unreadable: Unreadable): Promise<Register> => {
  const entries = new Map<string, Entry>()
  let at = '0'
  do {
    const [next, flat] = await redis.hscan(ENTRIES, at, 'COUNT', AT_ONCE)
    for (let i = 0; i < flat.length; i += 2) {
      const [id = '', text = ''] = flat.slice(i, i + 2)
      const entry = readJson(registerEntry, text)
      if (entry?.id === id && isName(id)) entries.set(id, entry as Entry)
      else unreadable(ENTRIES, `holds ${text.slice(0, 100)}`)
    }
    at = next
  } while (at !== '0' && entries.size <= MOST_DEVICES)
  const ids = [...entries.keys()].sort()
  for (const id of ids.slice(MOST_DEVICES)) entries.delete(id)
  return { cursor, entries, ids: ids.slice(0, MOST_DEVICES), complete: ids.length <= MOST_DEVICES }
}

/** The same copy after these updates: entries change in place, the list of ids is another one where there are new ones. */
const follow = ({ ids, ...copy }: Register, cursor: Cursor, updates: readonly RegisterUpdate[]): Register => {
  const entries = copy.entries as Map<string, Entry>
  const fresh: string[] = []
  let { complete } = copy
  for (const { devices = [], gone = [] } of updates) {
    for (const entry of devices) {
      const { id } = entry
      if (!entries.has(id)) fresh.push(id)
      if (entries.has(id) || entries.size < MOST_DEVICES) entries.set(id, entry)
      else complete = false
    }
    for (const id of gone) {
      const entry = entries.get(id)
      if (entry) entries.set(id, { ...entry, gone: true })
    }
  }
  const added = fresh.filter((id) => entries.has(id))
  return { cursor, entries, ids: added.length > 0 ? [...ids, ...added].sort() : ids, complete }
}
