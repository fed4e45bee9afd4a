import { commandCall, DUE_KEY, type NewCommand } from '../../wire/command-calls.ts'
import type { Command } from '../../wire/commands.ts'
import type { Commands } from '../redis/deployment.ts'
import { readCommand, readCommands } from './read-commands.ts'
import type { Changed } from './sending.ts'
import type { Together } from './together.ts'

/** A command of one device as it is now. `isNew`: it was not there before; null: too many are open. */
export type Written = { device: string; command: Command; isNew: boolean } | null

/**
 * Writes a command for each of these devices; harmless to repeat. Rejects where Redis cannot be asked; some may be
 * written then.
 */
export type WriteCommands = (devices: readonly string[], command: NewCommand) => Promise<Written[]>

export const createWriteCommands = (redis: Commands, together: Together, changed: Changed): WriteCommands => {
  const write = async (device: string, command: NewCommand): Promise<Written> => {
    const reply = await together(commandCall(device, command))
    const [, , text, fresh, , superseded] = reply as [number, string, string, number, string, string]
    const written = readCommand(text)
    if (written === null) return null
    const isNew = fresh === 1
    changed(device, [...readCommands(superseded), ...(isNew ? [written] : [])])
    return { device, command: written, isNew }
  }
  return async (devices, command) => {
    // First when they are due, so that their deadlines come whatever happens to this node. Never later than is known.
    await redis.zadd(DUE_KEY, 'LT', ...devices.flatMap((device) => [command.until, device]))
    return Promise.all(devices.map((device) => write(device, command)))
  }
}
