import { type ReadonlySignal, signal } from '@preact/signals'
import type { Command } from '../../../wire/commands.ts'
import type { DeviceSnapshot, DeviceUpdate } from '../../../wire/fleet.ts'
import { joinCommands } from './history.ts'

/**
 * What the selected device's topic tells of its commands, whoever asked: the newest first. `takes`: kinds that it
 * understands, by whichever `door`; null where it takes none.
 */
export type DeviceCommands = {
  id: string
  phase: 'loading' | 'ready'
  takes: readonly string[] | null
  door: string | null
  commands: readonly Command[]
}

/** A device has no more than this (`MOST_KEPT` of the wire). */
const MOST = 200

/** The commands of the selected device, live. */
export const createDeviceCommands = () => {
  const shown = signal<DeviceCommands | null>(null)
  const change = (id: string, part: (now: DeviceCommands) => Partial<DeviceCommands>): void => {
    const now = shown.peek()
    if (now?.id === id) shown.value = { ...now, ...part(now) }
  }
  return {
    shown: shown as ReadonlySignal<DeviceCommands | null>,
    open: (id: string | null): void => {
      if (id === (shown.peek()?.id ?? null)) return
      shown.value = id === null ? null : { id, phase: 'loading', takes: null, door: null, commands: [] }
    },
    snapshot: (id: string, { life, commands = [] }: DeviceSnapshot): void =>
      change(id, () => ({
        phase: 'ready',
        takes: life?.takes ?? null,
        door: life?.door ?? null,
        commands: joinCommands(commands),
      })),
    update: (id: string, { life, commands }: Pick<DeviceUpdate, 'life' | 'commands'>): void =>
      change(id, (now) => ({
        ...(life && { takes: life.takes ?? null, door: life.door ?? null }),
        ...(commands && { commands: joinCommands(now.commands, commands).slice(0, MOST) }),
      })),
    /** It may not be seen: nothing that was known of it stays. */
    withhold: (id: string): void => change(id, () => ({ phase: 'loading', takes: null, door: null, commands: [] })),
  }
}
export type DeviceCommandStore = ReturnType<typeof createDeviceCommands>
