import type { NewCommand } from '../../wire/command-calls.ts'
import { MOST_ORDERED, type OrderEntry } from '../../wire/commands.ts'
import { OTHER } from '../../wire/groups.ts'
import { MOST_ADDED, orderCall, orderStep } from '../../wire/order-calls.ts'
import type { Register } from '../fleet/register.ts'
import type { Commands } from '../redis/deployment.ts'
import { inPieces } from './in-pieces.ts'
import { ORDERS_KEY } from './keys-of-commands.ts'
import type { Together } from './together.ts'
import type { WriteCommands } from './writing.ts'

/** Commands for many devices. Rejects where Redis cannot be asked: asked again, it goes on. */
export type Orders = {
  /** Devices that one may be for. */
  most: number
  devicesOf: (group: string) => Promise<string[]>
  /** Gives the command to each; its id is the order's. Returns how many devices have too many commands open. */
  give: (devices: readonly string[], command: NewCommand) => Promise<number>
}

export type OrdersPorts = {
  redis: Commands
  together: Together
  register: () => Promise<Register>
  write: WriteCommands
  /** The clock by which deadlines go, Unix milliseconds. */
  clock: () => number
}

/** Devices whose commands are written together: Redis is not held up by an order for thousands. */
const AT_ONCE = 200
/** An order is compared with its devices for so long after its deadline (ms): longer than a device may work on it. */
export const COMPARED_MS = 75 * 60_000
const FULL = 'As many commands are open for it as there may be.'

export const createOrders = ({ redis, together, register, write, clock }: OrdersPorts): Orders => {
  const refuse = (order: string, devices: readonly string[]): Promise<unknown> => {
    const at = clock()
    const entries = devices.map((device): OrderEntry => ({ device, state: 'refused', at, reason: FULL }))
    return together(orderStep(order, entries))
  }
  return {
    most: MOST_ORDERED,
    devicesOf: async (group) => {
      const { ids, entries } = await register()
      return ids.filter((id) => (entries.get(id)?.group ?? OTHER) === group)
    },
    give: async (devices, command) => {
      const { id } = command
      await redis.zadd(ORDERS_KEY, command.until + COMPARED_MS, id)
      // First its devices, then their commands: whatever a device does must find its place.
      for (const piece of inPieces(devices, MOST_ADDED)) await together(orderCall(id, command, piece))
      let full = 0
      for (const piece of inPieces(devices, AT_ONCE)) {
        const written = await write(piece, { ...command, order: id })
        const refused = piece.filter((_, i) => written[i] === null)
        full += refused.length
        if (refused.length > 0) await refuse(id, refused)
      }
      return full
    },
  }
}
