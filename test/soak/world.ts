import { type Bounds, cellsCovering } from '../../wire/cells.ts'
import { cellTopic, deviceTopic, symbolTopic, type Topic } from '../../wire/topics.ts'

/** What there is to watch in a soak. */
export const SYMBOLS = Array.from({ length: 12 }, (_, i) => `SOAK-${i}`)
export const DEVICES = Array.from({ length: 30 }, (_, i) => `SOAK-BUS-${i}`)
/** Trades by the hundred now and then, so that who does not read falls behind. */
export const HEAVY = 'SOAK-HEAVY'
/** Devices never leave it, and no view looks beyond it. */
export const AREA: Bounds = { west: -97.9, east: -97.6, south: 30.17, north: 30.37 }
/**
 * Of a degree: the widest view; narrower than what is read around {@link AREA}, so that all that a view covers is
 * compared.
 */
export const WIDEST = 0.12

export const NAMED: readonly Topic[] = [...SYMBOLS.map(symbolTopic), ...DEVICES.map(deviceTopic), symbolTopic(HEAVY)]
export const CELLS: readonly Topic[] = (cellsCovering(AREA) ?? []).map(cellTopic)
