import { type Command, isUnderWay, type OrderEntry } from '../../wire/commands.ts'
import { MOST_STEPS, orderStep } from '../../wire/order-calls.ts'
import type { Commands } from '../redis/deployment.ts'
import { readHashes } from '../redis/fields.ts'
import { entryOf } from './forward.ts'
import { inPieces } from './in-pieces.ts'
import { commandsKey, ORDERS_KEY } from './keys-of-commands.ts'
import { scanEntries } from './order-entries.ts'
import { COMPARED_MS } from './orders.ts'
import { readCommand } from './read-commands.ts'
import type { Together } from './together.ts'

/** Orders of one round. */
const AT_ONCE = 100
/** Whoever gives an order may still be writing commands so long after its deadline, in milliseconds. */
const WRITING_MS = 10_000
const LOST = 'It was never written, or it is not kept any more.'

export type OrderMenderPorts = {
  redis: Commands
  together: Together
  /** Redis's clock, Unix milliseconds. */
  clock: () => number
}

/**
 * Compares open orders with the commands of their devices, and tells them what they have not heard: a node may have
 * died between a step and the order's. Returns how many devices that was.
 */
export const mendOrders = async (ports: OrderMenderPorts): Promise<number> => {
  const { redis, clock } = ports
  await redis.zremrangebyscore(ORDERS_KEY, '-inf', clock())
  const flat = await redis.zrange(ORDERS_KEY, 0, String(AT_ONCE - 1), 'WITHSCORES')
  let mended = 0
  for (let i = 0; i < flat.length; i += 2) mended += await mendOrder(ports, flat[i] ?? '', Number(flat[i + 1]))
  return mended
}

const mendOrder = async (ports: OrderMenderPorts, order: string, comparedUntil: number): Promise<number> => {
  const { redis, together, clock } = ports
  const isOver = clock() > comparedUntil - COMPARED_MS + WRITING_MS
  let open = 0
  let mended = 0
  for await (const entries of scanEntries(redis, order)) {
    const some = entries.filter(({ state }) => isUnderWay(state))
    const commands = await readHashes(
      redis,
      some.map(({ device }) => commandsKey(device)),
      [order],
    )
    const steps = some.flatMap((entry, i) => stepOf(order, entry, readCommand(commands[i]?.[0] ?? ''), isOver, clock()))
    open += some.length
    mended += steps.length
    for (const piece of inPieces(steps, MOST_STEPS)) await together(orderStep(order, piece))
  }
  if (open === 0 && isOver) await redis.zrem(ORDERS_KEY, order)
  return mended
}

/** What an order has not heard of a device, if there is anything. */
const stepOf = (
  order: string,
  entry: OrderEntry,
  command: Command | null,
  isOver: boolean,
  now: number,
): OrderEntry[] => {
  // One of this id that is not the order's says nothing of it.
  if (command !== null && command.order === order)
    return command.state === entry.state ? [] : [entryOf(entry.device, command)]
  return isOver ? [{ device: entry.device, state: 'unknown', at: now, reason: LOST }] : []
}
