import { setImmediate, setTimeout } from 'node:timers/promises'
import { connect } from 'mqtt'
import { createAddresses } from '../../access/addresses.ts'
import { type ByLease, byLease } from '../../by-lease.ts'
import type { Core, CorePorts } from '../../core.ts'
import { createLease } from '../../redis/lease.ts'
import { createReadKey } from '../doorkeeper.ts'
import { createFeedSource } from './gtfs-fetch.ts'
import { openGtfs } from './gtfs-realtime.ts'
import { createInsist } from './insist.ts'
import { createKnown } from './known.ts'
import { openBroker } from './mqtt.ts'
import { BROKER_FORMATS } from './mqtt-formats.ts'
import { openNmea } from './nmea-server.ts'
import { createClosing } from './owntracks-commands.ts'

export type LinesPorts = CorePorts & Pick<Core, 'link' | 'register' | 'devices'>

export type Lines = {
  /** Ends them all, once what they brought is with Redis, or cannot be. */
  close: () => Promise<void>
}

const clock = (): number => performance.now()
const insist = createInsist({ wait: setTimeout, clock })

/**
 * Opens the ways in for devices that report by other means than to this node's own port, as far as they are set: NMEA
 * 0183 over TCP, an MQTT broker, GTFS-realtime. Throws, with the remedy, where a port cannot be opened.
 */
export const openLines = async (ports: LinesPorts): Promise<Lines> => {
  const { NMEA_PORT, MQTT_URL, GTFS_URL } = ports.config
  const open: Lines[] = []
  if (NMEA_PORT !== undefined) open.push(await openNmeaPort(NMEA_PORT, ports))
  if (MQTT_URL !== undefined) open.push(followBroker(MQTT_URL, ports))
  if (GTFS_URL !== undefined) open.push(followFeed(GTFS_URL, ports))
  return { close: async () => void (await Promise.all(open.map((line) => line.close()))) }
}

const openNmeaPort = (port: number, { config, devices, faults, metrics }: LinesPorts): Promise<Lines> =>
  openNmea({
    config: { ...config, NMEA_PORT: port },
    addresses: createAddresses(config.PROXIES),
    ...devices,
    followKey: (admitted, end) => devices.connections.open(admitted, { deliver: null, end }),
    insist,
    dropped: metrics.lineDropped,
    faults,
    wait: setTimeout,
    clock,
  })

/** One node at a time. */
const byTurns = (what: string, open: Parameters<typeof byLease>[1], { link, name, faults }: LinesPorts): ByLease =>
  byLease(createLease({ redis: link.command, what, node: name, clock }), open, faults)

const followBroker = (url: string, ports: LinesPorts): ByLease => {
  const { link, devices, metrics, log, faults } = ports
  const readKey = createReadKey(link.command)
  const open = () =>
    openBroker({
      url,
      connect,
      formats: BROKER_FORMATS,
      ...devices,
      close: createClosing(devices),
      isKnown: createKnown(async (id) => (await readKey(id)) !== null, clock),
      insist,
      dropped: metrics.lineDropped,
      log,
      faults,
      clock,
    })
  return byTurns('mqtt', open, ports)
}

const followFeed = (url: string, ports: LinesPorts): ByLease => {
  const { config, devices, register, metrics, log, faults } = ports
  const open = () =>
    openGtfs({
      source: createFeedSource(url, fetch),
      host: new URL(url).host,
      everyMs: config.GTFS_EVERY_S * 1000,
      group: config.GTFS_GROUP,
      ...devices,
      register,
      dropped: metrics.lineDropped,
      rest: setImmediate,
      log,
      faults,
    })
  return byTurns('gtfs', open, ports)
}
