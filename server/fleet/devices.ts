import type { DeviceRow, DevicesReply } from '../../wire/api.ts'
import type { Fix, Life } from '../../wire/fleet.ts'
import { deviceTopic, type Topic, topicId, topicKey } from '../../wire/topics.ts'
import { checkDeviceFields, DEVICE_FIELDS } from '../kinds/description.ts'
import type { Values } from '../kinds/kind.ts'
import type { Work } from '../pieces.ts'
import type { Commands } from '../redis/deployment.ts'
import { parseField, readRows, StrangeField, unlessStrange } from '../redis/rows.ts'
import type { Unreadable } from '../redis/unreadable.ts'
import type { Register } from './register.ts'

/** What is asked for: devices with `q` in id, name or route, so many, that come after one. */
export type DevicesQuery = { q: string; limit: number; after: string }

/** `isSeen`: the devices that whoever asks may watch; null for all. */
export type DeviceList = (
  query: DevicesQuery,
  work: Work,
  isSeen: ((id: string) => boolean) | null,
) => Promise<DevicesReply>

/** What devices are found by is read so often, at the most. */
const FRESH_MS = 10_000
/** It is read again after so many times as long as the last time took, if that is longer. */
const REST = 20

/** The devices of the register; the states are read of those that are shown. */
export const createDeviceList = (
  redis: Commands,
  register: () => Promise<Register>,
  now: () => number,
  unreadable: Unreadable,
): DeviceList => {
  const textsOf = createTexts(redis, now)
  const toRow = (topic: Topic, values: Values): DeviceRow | null =>
    rowOf(topicId(topic), values, (why) => unreadable(topicKey(topic), why))
  return async ({ q, limit, after }, work, isSeen) => {
    const { cursor, complete, ...all } = await register()
    const matches = both(isSeen, q === '' ? null : finder(await textsOf(all), q.toLowerCase()))
    const found = await firstOf(all.ids, firstAfter(all.ids, after), limit + 1, matches, work)
    const shown = found.slice(0, limit)
    const devices = await readRows(redis, shown.map(deviceTopic), FIELDS, toRow, unreadable)
    const next = found.length > limit ? (shown.at(-1) ?? null) : null
    return { devices, next, complete, cursor }
  }
}

type Texts = ReadonlyMap<string, string>

/**
 * What each device is found by, in small letters: id, name and route. Read once somebody searches, and again when that
 * is old.
 */
const createTexts = (redis: Commands, now: () => number) => {
  let texts: Promise<Texts> | null = null
  let goodUntil = 0
  return (register: Pick<Register, 'ids' | 'entries'>): Promise<Texts> => {
    const started = now()
    if (texts !== null && started < goodUntil) return texts
    const made = readTexts(redis, register)
    texts = made
    goodUntil = Number.POSITIVE_INFINITY
    made.then(
      () => {
        goodUntil = now() + Math.max(FRESH_MS, (now() - started) * REST)
      },
      () => {
        texts = null
      },
    )
    return made
  }
}

/** Some at a time: other work goes on between them. */
const readTexts = async (redis: Commands, { ids, entries }: Pick<Register, 'ids' | 'entries'>): Promise<Texts> => {
  const texts = new Map<string, string>()
  for (let i = 0; i < ids.length; i += TEXTS_AT_ONCE) {
    const some = ids.slice(i, i + TEXTS_AT_ONCE)
    const routes = new Map(await readRows(redis, some.map(deviceTopic), ['last'], toRoute, () => {}))
    for (const id of some) texts.set(id, `${id}\n${entries.get(id)?.name ?? ''}\n${routes.get(id) ?? ''}`.toLowerCase())
  }
  return texts
}

/** Whether an id is one that is asked for; null: each is. */
type Matches = ((id: string) => boolean) | null

const both = (one: Matches, other: Matches): Matches =>
  one === null || other === null ? (one ?? other) : (id) => one(id) && other(id)

/** A device that came after the texts were read is found by its id. */
const finder =
  (texts: Texts, q: string) =>
  (id: string): boolean =>
    (texts.get(id) ?? id.toLowerCase()).includes(q)

/** The first of the ids that match, from a place on, so many at the most. */
const firstOf = async (
  ids: readonly string[],
  from: number,
  most: number,
  matches: Matches,
  work: Work,
): Promise<string[]> => {
  if (matches === null) return ids.slice(from, from + most)
  const found: string[] = []
  for (let i = from; i < ids.length && found.length < most; i += SEARCHED_AT_ONCE)
    found.push(...(await work(() => ids.slice(i, i + SEARCHED_AT_ONCE).filter(matches))))
  return found.slice(0, most)
}

/** Ids that are looked through in one piece of work: half a millisecond. */
const SEARCHED_AT_ONCE = 5000
const TEXTS_AT_ONCE = 200
const toRoute = (topic: Topic, [last]: Values): [id: string, route: string | undefined] => [
  topicId(topic),
  fixOf(last)?.route,
]

const fixOf = (last: string | null | undefined): Fix | null => parseField<Fix>(last, ['n', 't', 'lat', 'lon'])

const FIELDS = ['epoch', 'last', 'cell', 'heard', 'key', 'signs', ...DEVICE_FIELDS]

/** None where the device is gone since it was listed. `strange` hears what is left out of its description. */
const rowOf = (
  id: string,
  [epoch, last, cell, heard, key, signs, ...described]: Values,
  strange: (why: string) => void,
): DeviceRow | null => {
  if (!epoch && !last && !heard) return null
  if (!epoch || Number.isNaN(Number(heard))) throw new StrangeField('is not the state of a device')
  const state = { last: fixOf(last), cell: cell || null, heard: heard ? Number(heard) : null }
  return { id, ...descriptionOf(described, strange), ...state, ...lifeOf(signs, strange), ...(key && { keyed: true }) }
}

/** What is known of a device besides; what is wrong is told and left out. */
const lifeOf = (signs: string | null | undefined, strange: (why: string) => void): { life?: Life } => {
  const life = unlessStrange(strange, () => parseField<Life>(signs, ['heard']))
  return life === null ? {} : { life }
}

/** What the fields of a device's state say of it; what is wrong is told and left out. */
const descriptionOf = (values: Values, strange: (why: string) => void) => {
  const { sound, wrong } = checkDeviceFields(values)
  if (wrong.length > 0) strange(`describes a ${wrong.join(', ')} that is none`)
  return sound
}

/** The place of the first id that comes after one, in a sorted list. */
const firstAfter = (ids: readonly string[], after: string): number => {
  let [low, high] = [0, ids.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ids[middle] as string) > after) high = middle
    else low = middle + 1
  }
  return low
}
