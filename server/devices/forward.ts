import type { Port } from '../../feed/port.ts'
import type { Command, OrderEntry } from '../../wire/commands.ts'
import { MOST_STEPS, orderStep } from '../../wire/order-calls.ts'
import type { Faults } from '../faults.ts'
import { createBatches, type Pending } from './batches.ts'
import { inPieces } from './in-pieces.ts'
import type { Changed } from './sending.ts'

type Waiting = Pending & { order: string; entry: OrderEntry }

/** Steps of orders gather for so long; so many go together, and wait at the most. */
const GATHER_MS = 50
const MOST = 2000
const DEPTH = 4
const CAP = 50_000

/**
 * Tells orders what became of their devices' commands. Nobody waits for it: what is lost on the way is found where
 * orders are compared with their devices (order-mender.ts).
 */
export const createForward = (port: Port, faults: Faults): Changed => {
  const work = async (items: readonly Waiting[]): Promise<void> => {
    const orders = Map.groupBy(items, ({ order }) => order)
    const calls = Array.from(orders, ([order, of]) =>
      stepCalls(
        order,
        of.map(({ entry }) => entry),
      ),
    ).flat()
    const groups = port.groups(calls)
    await Promise.all(groups.map((places) => port.run(places.flatMap((place) => calls[place] ?? []))))
  }
  const { add } = createBatches<Waiting>({ work, gatherMs: GATHER_MS, most: MOST, depth: DEPTH, cap: CAP, faults })
  return (device, commands) => {
    for (const command of commands)
      if (command.order !== undefined) add({ order: command.order, entry: entryOf(device, command), fail: () => {} })
  }
}

const stepCalls = (order: string, entries: readonly OrderEntry[]) =>
  inPieces(entries, MOST_STEPS).map((piece) => orderStep(order, piece))

/** What an order knows of a device's command. */
export const entryOf = (device: string, { state, at, reason, answer }: Command): OrderEntry => ({
  device,
  state,
  at,
  ...(reason !== undefined && { reason }),
  ...(answer !== undefined && { answer }),
})
