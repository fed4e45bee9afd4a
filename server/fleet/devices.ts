import type { DeviceRow, DevicesReply } from '../../wire/api.ts'
import type { Fix } from '../../wire/fleet.ts'
import { deviceTopic, keyTopic, type Topic, topicId, topicKey } from '../../wire/topics.ts'
import { byPieces, type Work } from '../pieces.ts'
import type { Commands } from '../redis/deployment.ts'
import type { Values } from '../redis/fields.ts'
import { parseField, readRows, StrangeField } from '../redis/rows.ts'
import { scanKeys } from '../redis/scan.ts'
import type { Unreadable } from '../redis/unreadable.ts'

/** What is asked for: devices with `q` in id or route, so many, that come after one. */
export type DevicesQuery = { q: string; limit: number; after: string }

export type DeviceList = (query: DevicesQuery, work: Work) => Promise<DevicesReply>

/** More are not listed: their ids and routes take some 20 MB, and to sort them holds a node up for 70 ms. */
const MOST_DEVICES = 100_000
const FRESH_MS = 10_000
/** So long while there are none: somebody waits for the first. */
const EMPTY_MS = 1000
/** A new list is read after so many times as long as the last one took, if that is longer. */
const REST = 20

/** `texts`: id and route of each device in small letters, once somebody searches. */
type Listing = { ids: string[]; complete: boolean; texts: Promise<string[]> | null }

/**
 * Every device that Redis knows. There is no register of them: their keys are looked for, at most every ten seconds,
 * for all who ask; the states are read of those that are shown.
 */
export const createDeviceList = (redis: Commands, now: () => number, unreadable: Unreadable): DeviceList => {
  let listing: Promise<Listing> | null = null
  let freshUntil = 0

  const list = (): Promise<Listing> => {
    const started = now()
    if (listing !== null && started < freshUntil) return listing
    const made = scan(redis)
    listing = made
    freshUntil = Number.POSITIVE_INFINITY
    made.then(
      ({ ids }) => {
        freshUntil = now() + Math.max(ids.length > 0 ? FRESH_MS : EMPTY_MS, (now() - started) * REST)
      },
      () => {
        listing = null
      },
    )
    return made
  }

  return async ({ q, limit, after }, work) => {
    const found = await list()
    const ids = q === '' ? found.ids : await search(redis, found, q.toLowerCase(), work)
    const from = firstAfter(ids, after)
    const shown = ids.slice(from, from + limit)
    const devices = await readRows(redis, shown.map(deviceTopic), FIELDS, toRow, unreadable)
    const next = from + limit < ids.length ? (shown.at(-1) ?? null) : null
    return { devices, next, complete: found.complete }
  }
}

const scan = async (redis: Commands): Promise<Listing> => {
  const ids = new Set<string>()
  for await (const keys of scanKeys(redis, topicKey(deviceTopic('*')))) {
    for (const key of keys) {
      const topic = keyTopic(key)
      if (topic !== null) ids.add(topicId(topic))
    }
    if (ids.size > MOST_DEVICES) break
  }
  return { ids: [...ids].sort().slice(0, MOST_DEVICES), complete: ids.size <= MOST_DEVICES, texts: null }
}

const search = async (redis: Commands, listing: Listing, q: string, work: Work): Promise<string[]> => {
  listing.texts ??= readTexts(redis, listing.ids)
  const texts = await listing.texts.catch((error) => {
    listing.texts = null
    throw error
  })
  const places = Array.from(listing.ids.keys())
  return byPieces(places, SEARCHED_AT_ONCE, work, (i) => (texts[i]?.includes(q) ? (listing.ids[i] ?? null) : null))
}

/** Some at a time: other work goes on between them. */
const readTexts = async (redis: Commands, ids: readonly string[]): Promise<string[]> => {
  const texts: string[] = []
  for (let i = 0; i < ids.length; i += TEXTS_AT_ONCE) {
    const some = ids.slice(i, i + TEXTS_AT_ONCE)
    const routes = new Map(await readRows(redis, some.map(deviceTopic), ['last'], toRoute, () => {}))
    for (const id of some) texts.push(`${id}\n${routes.get(id) ?? ''}`.toLowerCase())
  }
  return texts
}

/** Texts that are looked through in one piece of work: half a millisecond. */
const SEARCHED_AT_ONCE = 5000
const TEXTS_AT_ONCE = 200
const toRoute = (topic: Topic, [last]: Values): [id: string, route: string | undefined] => [
  topicId(topic),
  fixOf(last)?.route,
]

const fixOf = (last: string | null | undefined): Fix | null => parseField<Fix>(last, ['n', 't', 'lat', 'lon'])

const FIELDS = ['epoch', 'last', 'cell', 'heard']

/** None where the device is gone since it was listed. */
const toRow = (topic: Topic, [epoch, last, cell, heard]: Values): DeviceRow | null => {
  if (!epoch && !last && !heard) return null
  if (!epoch || Number.isNaN(Number(heard))) throw new StrangeField('is not the state of a device')
  return { id: topicId(topic), last: fixOf(last), cell: cell || null, heard: heard ? Number(heard) : null }
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
