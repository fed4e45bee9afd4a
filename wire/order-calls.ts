import type { Call } from './calls.ts'
import type { NewCommand } from './command-calls.ts'
import type { CommandState, OrderEntry } from './commands.ts'
import { type Topic, topicKeys, topicPart } from './topics.ts'

/** The topic of an order: `o:ann.k3j2`. */
export const orderTopic = (id: string): Topic => `o:${id}`

/** Devices that one call may add to an order, and steps of devices that one may tell. */
export const MOST_ADDED = 500
export const MOST_STEPS = 200

/**
 * Opens an order, or adds devices to it, in the order's slot: the first call makes it, and what it says stays. Harmless
 * to repeat. Returns `[seq, epoch, devices]`: how many devices it has. Refused (`WFARG`) where these are more than
 * MOST_ORDERED.
 */
export const orderCall = (id: string, command: Omit<NewCommand, 'id' | 'order'>, devices: readonly string[]): Call => ({
  name: 'wf1_order',
  keys: topicKeys(orderTopic(id)),
  args: [
    command.by.id,
    command.by.name,
    command.kind,
    JSON.stringify(command.args),
    command.until,
    command.if ? JSON.stringify(command.if) : '',
    ...devices,
  ],
})

/**
 * Tells how far devices of an order are, in whatever order it is known: a device goes forward only. Devices that the
 * order has not are left out. Returns `[seq, epoch, taken]`: how many were news; number 0 where there is no such order.
 */
export const orderStep = (id: string, entries: readonly OrderEntry[]): Call => ({
  name: 'wf1_order_step',
  keys: topicKeys(orderTopic(id)),
  args: entries.flatMap(({ device, state, at, reason = '', answer = '' }) => [device, state, at, reason, answer]),
})

/** Devices of an order in one page. */
export const MOST_ENTRIES_READ = 500

/**
 * Reads devices of an order by id, those after one (null: from the first), of one state (null: of all), at most so
 * many. For FCALL_RO. Returns `[next, entries]`: the id after which the next page begins ('' at the end), and a JSON
 * list. Where few have the state a page may be short, or empty, and not the last.
 */
export const readOrderDevices = (id: string, state: CommandState | null, after: string | null, limit: number): Call => {
  const topic = orderTopic(id)
  return {
    name: 'wf1_order_devices',
    keys: [topicPart(topic, 'devices'), topicPart(topic, 'ids')],
    args: [state ?? '', after ?? '', limit],
  }
}
