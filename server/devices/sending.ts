import { sendCommands } from '../../wire/command-calls.ts'
import type { Command, Sent } from '../../wire/commands.ts'
import { readCommands, readSent } from './read-commands.ts'
import type { Together } from './together.ts'

/** A command that was sent is sent again after so long, until the device acknowledges it (ms). */
export const RETRY_MS = 5000

/** Takes the commands of a device that may go out now. Rejects where Redis cannot be asked. */
export type Send = (device: string, retryMs: number) => Promise<Sent[]>

/** Told of commands that changed, whose they are, by whoever made the call. */
export type Changed = (device: string, commands: readonly Command[]) => void

export const createSend =
  (together: Together, changed: Changed): Send =>
  async (device, retryMs) => {
    const [, , given, stepped] = (await together(sendCommands(device, retryMs))) as [number, string, string, string]
    changed(device, readCommands(stepped))
    return readSent(given)
  }
