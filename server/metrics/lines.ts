import type { Registry } from 'prom-client'
import { slots } from './slots.ts'

/** Why something that came by NMEA, from the broker or in a GTFS-realtime feed was not taken. */
export const LINE_DROPS = [
  'nmea_full',
  'nmea_unknown',
  'nmea_long',
  'nmea_malformed',
  'nmea_checksum',
  'nmea_refused',
  'nmea_lost',
  'mqtt_unknown',
  'mqtt_malformed',
  'mqtt_refused',
  'gtfs_unread',
  'gtfs_malformed',
  'gtfs_refused',
] as const
export type LineDrop = (typeof LINE_DROPS)[number]

/** Counts what lines brought and nobody took. */
export const countLines = (registry: Registry) => {
  const drops = slots(registry, {
    name: 'watchfloor_lines_dropped_total',
    help: 'What came by NMEA 0183, from the MQTT broker or in the GTFS-realtime feed and was not taken, by reason',
    label: 'reason',
    values: LINE_DROPS,
  })
  return {
    lineDropped: (why: LineDrop): void => {
      drops[why].n++
    },
  }
}
