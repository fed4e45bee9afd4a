import { Router } from 'express'
import { z } from 'zod'
import type { FeedVehicle } from '../../../formats/gtfs-realtime.ts'
import type { Fix, Life } from '../../../wire/fleet.ts'
import { isGroup, OTHER } from '../../../wire/groups.ts'
import { deviceTopic, type Topic, topicId, topicKey } from '../../../wire/topics.ts'
import type { Register } from '../../fleet/register.ts'
import { ApiError } from '../../http/errors.ts'
import { workOf } from '../../http/handler.ts'
import { createLately } from '../../http/lately.ts'
import { personOf } from '../../http/person.ts'
import { readQuery } from '../../http/query.ts'
import { sendTagged } from '../../http/reply.ts'
import { checkDeviceFields, DEVICE_FIELDS } from '../../kinds/description.ts'
import type { Values } from '../../kinds/kind.ts'
import { isGuest } from '../../people/person.ts'
import { type Scope, scopeOf } from '../../people/scope.ts'
import { byPieces, type Work } from '../../pieces.ts'
import type { Commands } from '../../redis/deployment.ts'
import { parseField, readRows } from '../../redis/rows.ts'
import type { Unreadable } from '../../redis/unreadable.ts'
import { vehicleOf } from './gtfs-devices.ts'
import { createFeedWriter } from './gtfs-write.ts'

export type GtfsFeedPorts = {
  redis: Commands
  register: () => Promise<Register>
  unreadable: Unreadable
  /** Milliseconds by a clock that never goes back, and Unix milliseconds. */
  now: () => number
  clock: () => number
}

/** Feeds that are kept, in bytes; a vehicle has a hundred. */
const MOST_BYTES = 64 * 1024 * 1024
/** What everybody who may see the same is given, who asks within so long (ms). */
export const SAME_MS = 2000
/** Ids that are looked through, and devices that are read and written, in one piece of work. */
const SEARCHED_AT_ONCE = 5000
const READ_AT_ONCE = 200
const WRITTEN_AT_ONCE = 100

const feedQuery = z.object({
  group: z.string({ error: 'a group, given once' }).refine(isGroup, { error: 'a group' }).optional(),
})

/** The devices of the floor as GTFS-realtime, as far as whoever asks may watch them. */
export const gtfsFeedRouter = (ports: GtfsFeedPorts): Router => {
  const router = Router({ strict: true, caseSensitive: true })
  const lately = createLately(MOST_BYTES, SAME_MS, ports.now)
  router.get('/vehicle-positions', async (request, response) => {
    const { group } = readQuery(feedQuery, request)
    const person = personOf(response)
    // It tells what the desk knows of a vehicle: plates, trips.
    if (isGuest(person)) throw new ApiError('not_allowed')
    const scope = scopeOf(person.grants)
    const work = workOf(response)
    const feed = await lately(JSON.stringify([scope.name, group]), () => build(ports, scope, group, work))
    await work(() => sendTagged(response.type('application/x-protobuf'), feed))
  })
  return router
}

const build = async (
  { redis, register, unreadable, clock }: GtfsFeedPorts,
  { sees }: Scope,
  group: string | undefined,
  work: Work,
): Promise<Buffer> => {
  const { ids, entries } = await register()
  const isShown = (id: string): boolean => {
    const entry = entries.get(id)
    if (entry === undefined || entry.gone) return false
    return (group === undefined || (entry.group ?? OTHER) === group) && (sees === null || sees(deviceTopic(id)))
  }
  const shown = await byPieces(ids, SEARCHED_AT_ONCE, work, (id) => (isShown(id) ? id : null))
  const madeAt = clock()
  const writer = createFeedWriter(Math.floor(madeAt / 1000))
  const toVehicle = (topic: Topic, values: Values): FeedVehicle | null => readVehicle(topic, values, madeAt, unreadable)
  for (let i = 0; i < shown.length; i += READ_AT_ONCE) {
    const topics = shown.slice(i, i + READ_AT_ONCE).map(deviceTopic)
    const vehicles = await readRows(redis, topics, FIELDS, toVehicle, unreadable)
    for (let j = 0; j < vehicles.length; j += WRITTEN_AT_ONCE)
      await work(() => writer.add(vehicles.slice(j, j + WRITTEN_AT_ONCE)))
  }
  return work(() => Buffer.from(writer.finish()))
}

const FIELDS = ['last', 'signs', ...DEVICE_FIELDS]

const readVehicle = (
  topic: Topic,
  [last, signs, ...described]: Values,
  madeAt: number,
  unreadable: Unreadable,
): FeedVehicle | null => {
  const fix = parseField<Fix>(last, ['n', 't', 'lat', 'lon'])
  if (fix === null) return null
  const { sound, wrong } = checkDeviceFields(described)
  if (wrong.length > 0) unreadable(topicKey(topic), `describes a ${wrong.join(', ')} that is none`)
  return vehicleOf({ ...fix, id: topicId(topic) }, parseField<Life>(signs, ['heard']), sound, madeAt)
}
