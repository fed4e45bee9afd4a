import { type Call, publishFixes, publishMarket } from '../wire/calls.ts'
import type { DeviceEntry } from '../wire/register.ts'
import { type Account, countRefused, type Refusals } from './account.ts'
import type { Buffer } from './buffer.ts'
import { classify } from './failures.ts'
import { type Placement, placeDevices } from './place-devices.ts'
import { type Port, pick } from './port.ts'
import { type Queue, sentOf } from './queue.ts'

export type DeliveryOptions = {
  port: Port
  buffer: Pick<Buffer, 'finish' | 'fail'>
  account: Account
  say: (line: string) => void
  onAnswer: () => void
  onTrouble: (reason: string) => void
  /** Hears of each device that the register may not know yet. */
  onDevice: (device: DeviceEntry) => void
}

/** Sends batches, and counts and files what Redis answers. */
export type Delivery = {
  /** Sends what each queue has marked; afterwards each is finished or, to be sent again, failed. Never rejects. */
  send: (queues: readonly Queue[]) => Promise<void>
  /**
   * Whether a call that carries no items of its own is to be sent again; one that can never succeed is counted as a
   * failure.
   */
  failed: (error: Error, item: () => unknown) => boolean
}

const callOf = (queue: Queue): Call => {
  if (queue.kind === 'device') return publishFixes(queue.name, queue.items.slice(0, queue.sent))
  return publishMarket(queue.name, queue.items.slice(0, queue.sent), queue.quoteSent ? [queue.quoteSent] : [])
}

type Reply = { seq: number; accepted: number; repeats: number; rest: string[] }
/** `[seq, epoch, accepted, repeats, ...rest]` of wf1_market and wf1_device. */
const readReply = (value: unknown): Reply | null => {
  if (!Array.isArray(value) || value.length < 4) return null
  return {
    seq: Number(value[0]),
    accepted: Number(value[2]),
    repeats: Number(value[3]),
    rest: value.slice(4).map(String),
  }
}

export const createDelivery = (options: DeliveryOptions): Delivery => {
  const { port, buffer, account, say, onAnswer, onTrouble, onDevice } = options
  const refuse = (refused: Refusals, reason: string, item: unknown, count = 1) => {
    const example = JSON.stringify(item) ?? ''
    if (countRefused(refused, reason, example, count)) say(`Refused (${reason}): ${example}`)
  }

  /** Whether a call is to be sent again; `refused` counts one that can never succeed. */
  const isToRetry = (error: Error, refused: Refusals, item: () => unknown, count: number): boolean => {
    const { kind, reason } = classify(error)
    if (kind === 'refused') {
      refuse(refused, reason, item(), count)
      return false
    }
    account.retries++
    onTrouble(reason)
    return true
  }
  const failed: Delivery['failed'] = (error, item) => isToRetry(error, account.failures, item, 1)

  const countOld = (item: unknown) => {
    if (account.old++ === 0)
      say(`Some data is older than all that the floor keeps, so it is not taken. The first: ${JSON.stringify(item)}`)
  }

  const count = (queue: Queue, { accepted, repeats }: Reply, refused: readonly string[]) => {
    account.accepted += accepted
    account.repeats += repeats
    if (queue.kind === 'device') account.fixes += queue.sent
    else {
      account.trades += queue.sent
      if (queue.quoteSent !== null) account.quotes++
    }
    for (const text of refused) {
      const [place = '0', reason = 'unknown'] = text.split(':')
      const number = Number(place)
      const item = number < queue.sent ? queue.items[number] : queue.kind === 'symbol' ? queue.quoteSent : null
      const named = { [queue.kind]: queue.name, ...item }
      if (reason === 'old') countOld(named)
      else refuse(account.refused, `${queue.kind} ${reason}`, named)
    }
  }

  /** Takes the answer to one batch. Returns where a device must be placed; its queue is then not finished yet. */
  const settle = (queue: Queue, value: unknown): Placement | null => {
    const sent = sentOf(queue)
    if (value instanceof Error) {
      if (isToRetry(value, account.refused, () => queue.items[0] ?? queue.name, sent)) buffer.fail(queue)
      else buffer.finish(queue)
      return null
    }
    onAnswer()
    const reply = readReply(value)
    const unknown = `an answer that no function gives: ${JSON.stringify(value)}`
    if (reply === null) refuse(account.refused, unknown, queue.name, sent)
    else if (queue.kind === 'device') {
      const [fix = '', cell = '', from = '', ...refused] = reply.rest
      // A batch whose later steps failed was counted when it came here first: by now all of it is repeats.
      if (!queue.counted) count(queue, reply, refused)
      queue.counted = true
      if (reply.seq === 1) onDevice({ id: queue.name })
      return { id: queue.name, fix, cell, from }
    } else count(queue, reply, reply.rest)
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
    await placeDevices(placements, port, failed, (id, whole) => {
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
    failed,
  }
}
