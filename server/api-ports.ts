import { readCandlesAt } from './archive/candles-at.ts'
import { devicesAt } from './archive/devices-at.ts'
import { readCandles } from './archive/join-candles.ts'
import { readTrack, readTrackAt } from './archive/join-track.ts'
import { symbolsAt } from './archive/symbols-at.ts'
import { createDeviceList } from './fleet/devices.ts'
import type { FrontPorts } from './front.ts'
import type { ApiPorts } from './http/api.ts'
import { createSymbolList } from './market/symbols.ts'
import { readCursors } from './redis/cursors.ts'

/** What the API reads of one topic, and what it tells of the node. */
export const apiPorts = ({
  config: { TILES_URL, TILES_ATTRIBUTION, PUBLIC_URL, NMEA_PORT, MQTT_URL, REAP_AFTER_S },
  name,
  version,
  link: { command: redis },
  register,
  archive,
  unreadable,
}: FrontPorts): Omit<ApiPorts, 'stats' | 'rights'> => ({
  config: {
    node: name,
    version,
    tiles: TILES_URL === 'none' ? null : { url: TILES_URL, attribution: TILES_ATTRIBUTION },
    doors: { url: PUBLIC_URL ?? null, nmea: NMEA_PORT ?? null, mqtt: MQTT_URL !== undefined },
  },
  symbols: createSymbolList(redis, Date.now, unreadable),
  devices: createDeviceList(redis, register, Date.now, unreadable),
  candles: {
    now: (past, query, work) => readCandles({ redis, archive: past, unreadable }, query, work),
    at: readCandlesAt,
  },
  track: {
    now: (past, query, work) => readTrack({ redis, archive: past, unreadable }, query, work),
    at: readTrackAt,
  },
  symbolsAt,
  devicesAt: (past, rows, at) => devicesAt(past, rows, at, REAP_AFTER_S * 1000),
  archive,
  cursor: async (topic) => (await readCursors(redis)([topic]))[0] ?? null,
  now: () => performance.now(),
  clock: Date.now,
})
