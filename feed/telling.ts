import type { DeviceEntry } from '../wire/register.ts'
import { createDeviceDescriptions, type DescribedDevice } from './device-descriptions.ts'
import type { Port } from './port.ts'
import { createRegistering } from './registering.ts'
import { createSymbolDescriptions, type DescribedSymbol } from './symbol-descriptions.ts'
import type { Tally } from './tally.ts'
import type { Told } from './told.ts'

/** All that Redis is told besides trades, quotes and fixes, and before them. */
export type Telling = Pick<Told, 'failing' | 'retry'> & {
  symbols: (symbols: readonly DescribedSymbol[]) => void
  devices: (devices: readonly DescribedDevice[]) => void
  /** A device that the register may not know yet. */
  register: (device: DeviceEntry) => void
  /** Tells again what was described: Redis was away, and may have come back empty. */
  describeAgain: () => void
  /** Tells the next that waits; null where nothing does. */
  send: () => Promise<void> | null
  /** All that was given was told. */
  idle: () => boolean
}

export const createTelling = (
  port: Port,
  failed: Tally['failed'],
  onAnswer: () => void,
  say: (line: string) => void,
): Telling => {
  const symbols = createSymbolDescriptions(port, failed, onAnswer, say)
  const registering = createRegistering(port, failed, onAnswer)
  const devices = createDeviceDescriptions(port, failed, onAnswer, registering.add)
  const all = [symbols, devices, registering]
  const failing = () => all.reduce((sum, each) => sum + each.failing(), 0)
  return {
    symbols: symbols.add,
    devices: devices.add,
    register: registering.add,
    describeAgain: () => {
      symbols.addAllAgain()
      devices.addAllAgain()
    },
    send: () => all.find((each) => each.waiting() > 0)?.send() ?? null,
    failing,
    retry: () => {
      for (const each of all) each.retry()
    },
    idle: () => failing() === 0 && all.every((each) => each.waiting() === 0),
  }
}
