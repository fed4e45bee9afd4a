import { wordsOf } from '../../redis/call.ts'
import type { Call } from '../../wire/calls.ts'
import { readCommands as commandsCall } from '../../wire/command-calls.ts'
import { readOrderDevices } from '../../wire/order-calls.ts'
import type { Commands } from '../redis/deployment.ts'
import type { CommandHistory } from './ports.ts'
import { readCommands, readEntries } from './read-commands.ts'

/** Reads commands and orders as they are kept. */
export const createHistory = (redis: Commands): CommandHistory => {
  const read = (call: Call): Promise<unknown> => redis.call('FCALL_RO', ...wordsOf(call))
  return {
    commands: async (id, { before, limit }) => {
      const commands = readCommands(String(await read(commandsCall(id, before ?? null, limit))))
      const last = commands.at(-1)?.c ?? 1
      return { id, commands, next: commands.length === limit && last > 1 ? last : null }
    },
    orderDevices: async (id, { state, after, limit }) => {
      const reply = await read(readOrderDevices(id, state ?? null, after ?? null, limit))
      const [next, entries] = reply as [string, string]
      return { id, entries: readEntries(entries), next: next === '' ? null : next }
    },
  }
}
