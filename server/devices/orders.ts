import type { NewCommand } from '../../wire/command-calls.ts'
import { stepCommand } from '../../wire/command-calls.ts'
import { isUnderWay, MOST_ORDERED, type OrderEntry } from '../../wire/commands.ts'
import { OTHER } from '../../wire/groups.ts'
import { MOST_ADDED, orderCall, orderStep } from '../../wire/order-calls.ts'
import type { Register } from '../fleet/register.ts'
import type { Commands } from '../redis/deployment.ts'
import { inPieces } from './in-pieces.ts'
import { ORDERS_KEY } from './keys-of-commands.ts'
import { entriesOf } from './order-entries.ts'
import type { Together } from './together.ts'
import type { WriteCommands } from './writing.ts'

/** Commands for many devices. Rejects where Redis cannot be asked: asked again, it goes on. */
export type Orders = {
  /** Devices that one may be for. */
  most: number
  devicesOf: (group: string) => Promise<string[]>
  /**
   * Gives the command to each that the order is not over for; its id is the order's. Returns how many devices cannot
   * have it, for too many are open, or somebody else gave a command of this id.
   */
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
const TAKEN = 'Somebody else gave a command of this id.'

export const createOrders = ({ redis, together, register, write, clock }: OrdersPorts): Orders => {
  /** Writes the command for some devices. Returns how many cannot have it. */
  const givePiece = async (devices: readonly string[], command: NewCommand, order: string): Promise<number> => {
    const written = await write(devices, { ...command, order })
    const at = clock()
    const refused = devices.flatMap((device, i): OrderEntry[] => {
      const own = written[i]
      if (own?.command.order === order) return []
      return [{ device, state: 'refused', at, reason: own ? TAKEN : FULL }]
    })
    if (refused.length > 0) await together(orderStep(order, refused))
    return refused.length
  }
  /** Somebody may have cancelled the order before the command was there to be cancelled. */
  const takeBack = async (devices: readonly string[], order: string): Promise<void> => {
    const entries = await entriesOf(redis, order, devices)
    const cancelled = entries.flatMap((entry) => (entry?.state === 'cancelled' ? [entry] : []))
    await Promise.all(
      cancelled.map(({ device, reason = '' }) =>
        together(stepCommand(device, { id: order, state: 'cancelled', reason })),
      ),
    )
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
        const entries = await entriesOf(redis, id, piece)
        const wanted = piece.filter((_, i) => isUnderWay(entries[i]?.state ?? 'queued'))
        if (wanted.length === 0) continue
        full += await givePiece(wanted, command, id)
        await takeBack(wanted, id)
      }
      return full
    },
  }
}
