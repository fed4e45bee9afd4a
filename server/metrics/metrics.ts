import { Registry } from 'prom-client'
import { type Faults, PLACES, type Place } from '../faults.ts'
import type { Count } from '../live/events.ts'
import { nothingSent, type Sent } from '../live/sent.ts'
import { countArchived } from './archive.ts'
import { countDevices, type DeviceCounts } from './devices.ts'
import { countEvents } from './events.ts'
import { type Flushed, measureFlushes } from './flushes.ts'
import { readGauges, type Sources } from './gauges.ts'
import { countHttp } from './http.ts'
import { countLines } from './lines.ts'
import { countPeople } from './people.ts'
import { countRequests } from './requests.ts'
import { countRooms } from './rooms.ts'
import { countSignIns } from './sign-ins.ts'
import { slot, slots } from './slots.ts'

export type Metrics = ReturnType<typeof countRequests> &
  ReturnType<typeof countHttp> &
  ReturnType<typeof countRooms> &
  ReturnType<typeof countSignIns> &
  ReturnType<typeof countLines> &
  ReturnType<typeof countPeople> &
  ReturnType<typeof countArchived> & {
    devices: DeviceCounts
    count: Count
    /** To be counted up by whoever writes frames. */
    sent: Sent
    flushed: Flushed
    /** Something was thrown there, and contained. */
    fault: (at: Place) => void
    /** Redis was lost. */
    outage: () => void
    /** Something in Redis could not be read, and was left out. */
    unreadable: () => void
    /** Prometheus's text of all figures. */
    text: () => Promise<string>
  }

/**
 * What a node tells of itself. No label has the name of a symbol, a device or a client: the number of series is the
 * same however much is watched. All of them, and what to do when they move: docs/operations.md.
 */
export const createMetrics = (sources: Sources, now: () => number, faults: Faults): Metrics => {
  const registry = new Registry()
  const sent = nothingSent()
  readGauges(registry, sources)
  const outages = slot(registry, { name: 'watchfloor_redis_outages_total', help: 'Times that this node lost Redis' })
  const unreadable = slot(registry, {
    name: 'watchfloor_unreadable_total',
    help: 'Times that something in Redis was ignored because the function library does not write such things',
  })
  const contained = slots(registry, {
    name: 'watchfloor_faults_total',
    help: 'Faults of this node that were contained, by where they happened',
    label: 'at',
    values: Object.keys(PLACES) as Place[],
  })
  return {
    ...countRequests(registry),
    ...countHttp(registry),
    ...countRooms(registry),
    ...countLines(registry),
    ...countSignIns(registry),
    ...countPeople(registry),
    ...countArchived(registry),
    devices: countDevices(registry),
    count: countEvents(registry),
    sent,
    flushed: measureFlushes(registry, sent, now),
    outage: () => {
      outages.n++
    },
    unreadable: () => {
      unreadable.n++
    },
    fault: (at) => {
      contained[at].n++
    },
    text: () => textOf(registry, faults),
  }
}

/** As the registry would tell them, but that a figure which cannot be read costs no others. */
const textOf = async (registry: Registry, faults: Faults): Promise<string> => {
  const texts: string[] = []
  for (const { name } of registry.getMetricsAsArray()) {
    try {
      faults.inject?.('metrics', name)
      texts.push(await registry.getSingleMetricAsString(name))
    } catch (error) {
      faults.caught('metrics', error, name)
    }
  }
  return `${texts.join('\n\n')}\n`
}
