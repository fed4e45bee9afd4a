import { stepCommand } from '../../wire/command-calls.ts'
import type { OrderEntry } from '../../wire/commands.ts'
import { orderStep } from '../../wire/order-calls.ts'
import type { Author } from '../../wire/rooms.ts'
import type { Commands } from '../redis/deployment.ts'
import { readHashes } from '../redis/fields.ts'
import { inPieces } from './in-pieces.ts'
import { commandsKey } from './keys-of-commands.ts'
import { scanEntries } from './order-entries.ts'
import { readCommand } from './read-commands.ts'
import type { Changed } from './sending.ts'
import type { Together } from './together.ts'

/** Cancels what is still queued. Each returns how many that were; rejects where Redis cannot be asked. */
export type Cancelling = {
  one: (device: string, command: string, by: Author) => Promise<number>
  /** Those devices of an order only that whoever asks may command. */
  order: (order: string, by: Author, may: (device: string) => boolean) => Promise<number>
}

/** Devices of an order that are cancelled together: Redis is not held up by one of thousands. */
const AT_ONCE = 200

export const createCancelling = (
  redis: Commands,
  together: Together,
  changed: Changed,
  clock: () => number,
): Cancelling => {
  const one: Cancelling['one'] = async (device, id, by) => {
    const step = stepCommand(device, { id, state: 'cancelled', reason: `by ${by.name}` })
    const [, , text, taken] = (await together(step)) as [number, string, string, number]
    const command = readCommand(text)
    if (command === null || taken !== 1) return 0
    changed(device, [command])
    // After Redis began anew nobody knows whether it was sent: then it is unknown.
    return command.state === 'cancelled' ? 1 : 0
  }
  /** Those that the order has, and no command yet: whoever gives it finds that they want none any more. */
  const close = async (order: string, entries: readonly OrderEntry[], by: Author): Promise<number> => {
    const at = clock()
    const without = await unwritten(redis, order, entries)
    const steps = without.map(({ device }): OrderEntry => ({ device, state: 'cancelled', at, reason: `by ${by.name}` }))
    if (steps.length > 0) await together(orderStep(order, steps))
    return steps.length
  }
  return {
    one,
    order: async (order, by, may) => {
      let cancelled = 0
      for await (const entries of scanEntries(redis, order)) {
        const queued = entries.filter(({ device, state }) => state === 'queued' && may(device))
        for (const piece of inPieces(queued, AT_ONCE)) {
          const done = await Promise.all(piece.map(({ device }) => one(device, order, by)))
          cancelled += done.reduce((sum, each) => sum + each, 0)
          const without = piece.filter((_, i) => done[i] === 0)
          cancelled += await close(order, without, by)
        }
      }
      return cancelled
    },
  }
}

/** Entries whose devices have no command of the order. */
const unwritten = async (
  redis: Commands,
  order: string,
  entries: readonly OrderEntry[],
): Promise<readonly OrderEntry[]> => {
  const keys = entries.map(({ device }) => commandsKey(device))
  const commands = await readHashes(redis, keys, [order])
  return entries.filter((_, i) => !commands[i]?.[0])
}
