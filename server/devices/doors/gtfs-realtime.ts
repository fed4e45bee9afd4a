import type { Logger } from 'pino'
import type { Open } from '../../by-lease.ts'
import { type Faults, isOwnFault } from '../../faults.ts'
import type { Register } from '../../fleet/register.ts'
import type { LineDrop } from '../../metrics/lines.ts'
import type { DescribeDevices, Intake } from '../ports.ts'
import type { FeedSource } from './gtfs-fetch.ts'
import { type Feed, readFeed, readVehicle } from './gtfs-read.ts'
import { deviceOf, type TransitDevice } from './gtfs-vehicles.ts'
import { isFailed } from './insist.ts'

export type GtfsPorts = {
  source: FeedSource
  /** What the log may say of where the feed is from. */
  host: string
  everyMs: number
  /** The group that its vehicles are put in. */
  group: string
  intake: Pick<Intake, 'report'>
  describe: DescribeDevices
  register: () => Promise<Pick<Register, 'entries'>>
  dropped: (why: LineDrop) => void
  /** Lets others have a turn. */
  rest: () => Promise<unknown>
  log: Logger
  faults: Faults
}

/** Vehicles that are read, described and reported together. */
const AT_ONCE = 100

/** Reads a feed of vehicle positions again and again: its vehicles become devices. */
export const openGtfs = (ports: GtfsPorts): Open => {
  const { source, everyMs, faults } = ports
  const tell = createTelling(ports)
  const take = createTake(ports)
  let isBusy = false
  let isClosed = false
  const turn = async (): Promise<void> => {
    if (isBusy) return
    isBusy = true
    try {
      const fetched = await source.fetch()
      if (fetched.kind === 'failed') tell(fetched.why)
      if (fetched.kind !== 'new') return
      const feed = readFeed(fetched.bytes)
      if (feed === null) ports.dropped('gtfs_malformed')
      tell(feed === null ? 'it is no GTFS-realtime' : null)
      if (feed !== null && !(await take(feed, () => isClosed))) source.forget()
    } finally {
      isBusy = false
    }
  }
  const guarded = faults.guard('device.feed', turn)
  guarded()
  const timer = setInterval(guarded, everyMs)
  return {
    close: async () => {
      isClosed = true
      clearInterval(timer)
    },
  }
}

/** Tells once that the feed cannot be read, and once that it can again. */
const createTelling = ({ host, log, dropped }: GtfsPorts) => {
  let isWell = true
  return (why: string | null): void => {
    if (why !== null) dropped('gtfs_unread')
    if (why !== null && isWell) log.warn({ feed: host, reason: why }, 'The GTFS-realtime feed cannot be read')
    if (why === null && !isWell) log.info({ feed: host }, 'The GTFS-realtime feed is read again')
    isWell = why === null
  }
}

/** Vehicles that are remembered as described. More: each is looked up in the register again. */
const MOST_DESCRIBED = 100_000

type Fate = 'taken' | 'refused' | 'failed'
type Entries = Pick<Register, 'entries'>

/** Reports the vehicles of a feed that moved on since the feed before. Returns false where Redis did not take them all. */
const createTake = ({ group, intake, describe, register, dropped, rest }: GtfsPorts) => {
  /** When each vehicle of the last feed was where it was. */
  let times: ReadonlyMap<string, number> = new Map()
  const described = new Set<string>()

  const read = (feed: Feed, from: number): TransitDevice[] =>
    feed.entities.slice(from, from + AT_ONCE).flatMap((bytes) => {
      const vehicle = readVehicle(bytes)
      if (vehicle === undefined) return []
      const device = vehicle && deviceOf(vehicle, feed.timestamp)
      if (!device) dropped(vehicle === null ? 'gtfs_malformed' : 'gtfs_refused')
      return device ?? []
    })
  /** Once, and only those that nobody has described: a name that somebody gave stays. */
  const introduce = async (devices: readonly TransitDevice[], { entries }: Entries): Promise<void> => {
    const strange = devices.filter(({ id }) => !described.has(id) && !entries.has(id))
    if (strange.length > 0) await describe(strange.map(({ id, description }) => ({ id, group, ...description })))
    if (described.size > MOST_DESCRIBED) described.clear()
    for (const { id } of devices) described.add(id)
  }
  const report = async ({ id, report: told }: TransitDevice): Promise<Fate> => {
    const reply = await intake.report(id, told, 'gtfs')
    const fate = isFailed(reply) && reply.error.code === 'unavailable' ? 'failed' : 'refused'
    if (!isFailed(reply) && reply.refused.length === 0) return 'taken'
    if (fate === 'refused') dropped('gtfs_refused')
    return fate
  }
  const takePiece = async (devices: readonly TransitDevice[], met: Map<string, number>, all: Entries) => {
    const before = ({ id }: TransitDevice): number => met.get(id) ?? times.get(id) ?? 0
    const fresh = devices.filter((device) => device.t > before(device))
    for (const device of devices) met.set(device.id, before(device))
    const taken = fresh.filter(({ id }) => all.entries.has(id) || all.entries.size < MOST_DESCRIBED)
    for (let i = taken.length; i < fresh.length; i++) dropped('gtfs_refused')
    await introduce(taken, all)
    const fates = await Promise.all(taken.map(report))
    // One that was refused may have had a wrong clock.
    for (const [i, { id, t }] of taken.entries()) if (fates[i] === 'taken') met.set(id, t)
    return !fates.includes('failed')
  }
  const takeAll = async (feed: Feed, isOver: () => boolean): Promise<boolean> => {
    const all = await register()
    const met = new Map<string, number>()
    for (let i = 0; i < feed.entities.length; i += AT_ONCE) {
      await rest()
      if (isOver() || !(await takePiece(read(feed, i), met, all))) return false
    }
    times = met
    return true
  }
  return (feed: Feed, isOver: () => boolean): Promise<boolean> =>
    takeAll(feed, isOver).catch((error) => {
      if (isOwnFault(error)) throw error
      return false
    })
}
