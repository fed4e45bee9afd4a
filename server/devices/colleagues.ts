import type { Fix } from '../../wire/fleet.ts'
import { MOST_GROUPS, OTHER } from '../../wire/groups.ts'
import { deviceTopic, type Topic, topicId } from '../../wire/topics.ts'
import type { Register } from '../fleet/register.ts'
import type { Values } from '../kinds/kind.ts'
import type { Commands } from '../redis/deployment.ts'
import { parseField, readRows } from '../redis/rows.ts'
import type { Unreadable } from '../redis/unreadable.ts'

/** Another device of the same group. `tag`: a short text that no other of its group has. */
export type Colleague = { id: string; tag: string; name: string; last: Fix }
type Place = { lat: number; lon: number }

/**
 * The devices of the same group that are near, for a driver to see: nearest first. None for a device that nobody put in
 * a group, since strangers are in the same. Rejects where Redis cannot be asked.
 */
export type Colleagues = (id: string, near: Place) => Promise<Colleague[]>

export type ColleaguesPorts = {
  redis: Commands
  register: () => Promise<Register>
  unreadable: Unreadable
  /** Unix milliseconds. */
  clock: () => number
}

/** Devices of a group that are looked at, the first by id; and of these the nearest that are shown. */
const MOST_LOOKED_AT = 500
const MOST_SHOWN = 30
/** A group is read for all its devices that ask within so long (ms). */
const FRESH_MS = 10_000
/** Where somebody was longer ago says nothing (ms). */
const OLDEST_MS = 86_400_000

type Kept = { until: number; members: Promise<Colleague[]> }

export const createColleagues = ({ redis, register, unreadable, clock }: ColleaguesPorts): Colleagues => {
  const kept = new Map<string, Kept>()

  const read = async (group: string): Promise<Colleague[]> => {
    const { entries, ids } = await register()
    const own = ids.filter((id) => entries.get(id)?.group === group).slice(0, MOST_LOOKED_AT)
    const tags = tagsOf(own)
    const toColleague = (topic: Topic, [text]: Values): Colleague | null => {
      const id = topicId(topic)
      const last = parseField<Fix>(text, ['n', 't', 'lat', 'lon'])
      return last && !last.doubtful ? { id, tag: tags.get(id) ?? id, name: entries.get(id)?.name ?? id, last } : null
    }
    return readRows(redis, own.map(deviceTopic), ['last'], toColleague, unreadable)
  }
  const membersOf = (group: string): Promise<Colleague[]> => {
    const found = kept.get(group)
    if (found && found.until > clock()) return found.members
    const members = read(group)
    if (kept.size >= MOST_GROUPS) kept.clear()
    kept.set(group, { until: clock() + FRESH_MS, members })
    members.catch(() => kept.delete(group))
    return members
  }

  return async (id, near) => {
    const group = (await register()).entries.get(id)?.group ?? OTHER
    if (group === OTHER) return []
    const oldest = clock() - OLDEST_MS
    const others = (await membersOf(group)).filter((each) => each.id !== id && each.last.t > oldest)
    return nearest(others, near)
  }
}

/** How far apart two places are, for comparing only. */
const apart = (a: Place, b: Place): number => {
  const east = Math.abs(a.lon - b.lon)
  const width = Math.min(east, 360 - east) * Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180)
  return width ** 2 + (a.lat - b.lat) ** 2
}

const nearest = (all: readonly Colleague[], near: Place): Colleague[] =>
  all
    .map((colleague) => ({ colleague, apart: apart(colleague.last, near) }))
    .sort((a, b) => a.apart - b.apart)
    .slice(0, MOST_SHOWN)
    .map(({ colleague }) => colleague)

const SHORTEST = 2

/**
 * A short text for each id that no other has: its end, in two letters or as many as it takes. An app names by it what it
 * shows, so it must not change from one reply to the next: it depends on the ids alone, in their order.
 */
export const tagsOf = (ids: readonly string[]): Map<string, string> => {
  const taken = new Set<string>()
  const tags = new Map<string, string>()
  for (const id of ids) {
    const letters = [...id]
    let length = SHORTEST
    while (length < letters.length && taken.has(letters.slice(-length).join(''))) length++
    let tag = letters.slice(-length).join('')
    while (taken.has(tag)) tag = `.${tag}`
    taken.add(tag)
    tags.set(id, tag)
  }
  return tags
}
