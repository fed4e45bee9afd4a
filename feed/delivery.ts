import { type Call, publishFixes, publishMarket } from '../wire/calls.ts'
import type { DeviceEntry } from '../wire/register.ts'
import type { Buffer } from './buffer.ts'
import { type Placement, placeDevices } from './place-devices.ts'
import { type Port, pick } from './port.ts'
import type { Queue } from './queue.ts'
import { readReply, type Tally } from './tally.ts'

export type DeliveryOptions = {
  port: Port
  buffer: Pick<Buffer, 'finish' | 'fail'>
  tally: Tally
  onAnswer: () => void
  /** Hears of each device that the register may not know yet. */
  onDevice: (device: DeviceEntry) => void
}

/** Sends batches, and files what Redis answers. */
export type Delivery = {
  /** Sends what each queue has marked; afterwards each is finished or, to be sent again, failed. Never rejects. */
  send: (queues: readonly Queue[]) => Promise<void>
}

const callOf = (queue: Queue): Call => {
  if (queue.kind === 'device') return publishFixes(queue.name, queue.items.slice(0, queue.sent))
  return publishMarket(queue.name, queue.items.slice(0, queue.sent), queue.quoteSent ? [queue.quoteSent] : [])
}

export const createDelivery = (options: DeliveryOptions): Delivery => {
  const { port, buffer, tally, onAnswer, onDevice } = options

  /** Takes the answer to one batch. Returns where a device must be placed; its queue is then not finished yet. */
  const settle = (queue: Queue, value: unknown): Placement | null => {
    if (value instanceof Error) {
      if (tally.isToRetry(queue, value)) buffer.fail(queue)
      else buffer.finish(queue)
      return null
    }
    onAnswer()
    const reply = readReply(value)
    if (reply === null) tally.misunderstood(queue, value)
    else if (queue.kind === 'device') {
      const [fix = '', cell = '', from = '', ...refused] = reply.rest
      // A batch whose later steps failed was counted when it came here first: by now all of it is repeats.
      if (!queue.counted) tally.answered(queue, reply, refused)
      queue.counted = true
      if (reply.seq === 1) onDevice({ id: queue.name })
      return { id: queue.name, fix, cell, from }
    } else tally.answered(queue, reply, reply.rest)
    buffer.finish(queue)
    return null
  }

  /** A batch of one server: step 1 of all, then what follows of devices. */
  const sendTogether = async (queues: readonly Queue[], calls: readonly Call[]) => {
    const replies = await port.run(calls)
    const devices = new Map<string, Queue>()
    const placements: Placement[] = []
    queues.forEach((queue, i) => {
      const placement = settle(queue, replies[i])
      if (placement === null) return
      devices.set(queue.name, queue)
      placements.push(placement)
    })
    await placeDevices(placements, port, tally.failed, (id, whole) => {
      const queue = devices.get(id)
      if (queue !== undefined) buffer[whole ? 'finish' : 'fail'](queue)
    })
  }

  return {
    send: async (queues) => {
      const calls = queues.map(callOf)
      const groups = port.groups(calls)
      await Promise.all(groups.map((places) => sendTogether(pick(queues, places), pick(calls, places))))
    },
  }
}
