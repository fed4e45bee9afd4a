import { type Account, countRefused, type Refusals } from './account.ts'
import { classify } from './failures.ts'
import { type Queue, sentOf } from './queue.ts'

/** What a call answered: how many items it took, how many it knew, and what it refused (`place:reason`). */
export type Reply = { seq: number; accepted: number; repeats: number; rest: string[] }

/** `[seq, epoch, accepted, repeats, ...rest]` of wf1_market and wf1_device; null where it is anything else. */
export const readReply = (value: unknown): Reply | null => {
  if (!Array.isArray(value) || value.length < 4) return null
  return {
    seq: Number(value[0]),
    accepted: Number(value[2]),
    repeats: Number(value[3]),
    rest: value.slice(4).map(String),
  }
}

/** Counts in an account what becomes of batches, and says the first of each kind of trouble. */
export type Tally = {
  /** A batch was answered. */
  answered: (queue: Queue, reply: Reply, refused: readonly string[]) => void
  /** A batch got an answer that no function gives. */
  misunderstood: (queue: Queue, value: unknown) => void
  /** Whether a batch that failed is to be sent again; one that can never succeed is counted as refused. */
  isToRetry: (queue: Queue, error: Error) => boolean
  /**
   * Whether a call that carries no items of its own is to be sent again; one that can never succeed is counted as a
   * failure.
   */
  failed: (error: Error, item: () => unknown) => boolean
}

export const createTally = (
  account: Account,
  say: (line: string) => void,
  onTrouble: (reason: string) => void,
): Tally => {
  const refuse = (refused: Refusals, reason: string, item: unknown, count = 1) => {
    const example = JSON.stringify(item) ?? ''
    if (countRefused(refused, reason, example, count)) say(`Refused (${reason}): ${example}`)
  }

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

  const countOld = (item: unknown) => {
    if (account.old++ === 0)
      say(`Some data is older than all that the floor keeps, so it is not taken. The first: ${JSON.stringify(item)}`)
  }

  const countRefusal = (queue: Queue, text: string) => {
    const [place = '0', reason = 'unknown'] = text.split(':')
    const number = Number(place)
    const item = number < queue.sent ? queue.items[number] : queue.kind === 'symbol' ? queue.quoteSent : null
    const named = { [queue.kind]: queue.name, ...item }
    if (reason === 'old') countOld(named)
    else refuse(account.refused, `${queue.kind} ${reason}`, named)
  }

  return {
    answered: (queue, { accepted, repeats }, refused) => {
      account.accepted += accepted
      account.repeats += repeats
      if (queue.kind === 'device') account.fixes += queue.sent
      else {
        account.trades += queue.sent
        if (queue.quoteSent !== null) account.quotes++
      }
      for (const text of refused) countRefusal(queue, text)
    },
    misunderstood: (queue, value) =>
      refuse(account.refused, `an answer that no function gives: ${JSON.stringify(value)}`, queue.name, sentOf(queue)),
    isToRetry: (queue, error) => isToRetry(error, account.refused, () => queue.items[0] ?? queue.name, sentOf(queue)),
    failed: (error, item) => isToRetry(error, account.failures, item, 1),
  }
}
