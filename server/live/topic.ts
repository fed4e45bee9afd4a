import { standing } from '../../wire/cursors.ts'
import type { Cursor, Gap } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { createAudience } from './audience.ts'
import { chain, type Message, readMessage, readMessages, resyncMessage } from './message.ts'
import type { LiveTopic, ReadResult, Release, TopicPorts, Watcher } from './ports.ts'
import { createReads } from './reads.ts'
import { createTail } from './tail.ts'

/** What came while a read was under way; beyond this the oldest go, and the hole is healed as any other. */
const MOST_KEPT = 2000
const RETRY_MS = 1000
/** Where Redis does not know of a message that was heard (a replica that is behind, a forgery), it is asked at growing intervals. */
const SOON_MS = 20

/**
 * One topic on this node: idle, subscribing, live, or recovering. Watchers stand where the topic stands, so that passing an
 * update on is a loop without questions; those that read a later state than this node has seen are `ahead` until it is there.
 */
export const createTopic = (topic: Topic, ports: TopicPorts): LiveTopic => {
  const audience = createAudience()
  const read = createReads(topic, ports.read)
  const tail = createTail()
  let subscription: Promise<Release> | null = null
  let subscribed = false
  let position: Cursor | null = null
  let recovering = false
  let retry: NodeJS.Timeout | null = null
  /** While a read is used: whether a message was heard that it does not reach; and how often in a row that was so. */
  let unreached: boolean | null = null
  let fruitless = 0
  /** Something was lost while a read was under way, which may have been answered before. */
  let tooEarly = false
  let closed = false
  let readers = 0
  let kept: Message[] = []

  const advance = (message: Message): void => {
    position = { epoch: message.epoch, seq: message.seq }
    tail.add(message)
    audience.push(message)
  }

  /** A topic that did not exist begins with the first epoch that is heard of: its updates from number 1 on are wanted. */
  const begin = ({ epoch }: Cursor): void => {
    if (position?.epoch === '') position = { epoch, seq: 0 }
  }

  const pass = (message: Message): void => {
    if (position === null || recovering) return
    begin(message)
    const stands = standing(position, message)
    if (stands === 'next') {
      ports.count('update')
      advance(message)
    } else if (stands === 'repeat') ports.count('repeat')
    else if (audience.size() === 0) position = null
    else if (unreached !== null) unreached = true
    else {
      kept.push(message)
      recover(position.epoch === message.epoch ? 'lost' : 'epoch')
    }
  }

  const receive = (text: string): void => {
    const message = readMessage(topic, text)
    if (message === null) ports.count('malformed')
    else {
      if (readers > 0 && kept.push(message) > MOST_KEPT) kept.shift()
      pass(message)
    }
  }

  const open = (): Promise<Release> => {
    subscription ??= ports.channels.subscribe(topic, receive).then(
      (release) => {
        subscribed = true
        return release
      },
      (error) => {
        subscription = null
        throw error
      },
    )
    return subscription
  }

  /** What a client missed, where that is known here: there is nothing to read then. */
  const known = (after: Cursor | null): ReadResult | null =>
    recovering || position === null || after === null ? null : tail.since(after, position)

  /** Reads, lets `use` have the result together with all that came meanwhile, and then tells whether that went well. */
  const readAnd = (after: Cursor | null, use: (result: ReadResult) => void, done: (error: unknown) => void): void => {
    readers++
    const finish = (error: unknown): void => {
      if (--readers === 0) kept = []
      done(error)
    }
    const useIt = (result: ReadResult): unknown => {
      try {
        use(result)
        return null
      } catch (error) {
        return error
      }
    }
    read({ after, use: (result) => finish(useIt(result)), fail: finish })
  }

  const attach = (watcher: Watcher, at: Cursor): void => {
    if (position === null) {
      position = at
      audience.add(watcher)
      for (const message of kept) pass(message)
      return
    }
    // First of all, for it may leave while it is given something.
    audience.add(watcher)
    begin(at)
    for (const message of lacking(at) ?? []) watcher.push(message)
    if (position.epoch !== at.epoch) recover('epoch')
    if (position.epoch !== at.epoch || at.seq > position.seq) audience.goAhead(watcher, at)
  }

  /** What was passed on since a state was read; null where not all of that is here, so that it leads nowhere. */
  const lacking = (at: Cursor): Message[] | null =>
    position?.epoch === at.epoch && at.seq < position.seq ? chain(kept, at, position.seq) : []

  const settle = (result: ReadResult, from: Cursor, reason: Gap['reason']): void => {
    recovering = false
    unreached = false
    if (result.kind === 'replay') {
      ports.count('replay')
      for (const text of result.updates) receive(text)
    } else if (result.kind === 'snapshot') resync(result.cursor, result.at, result.snapshot, from, reason)
    else if (result.kind === 'missing' && from.epoch !== '')
      resync({ epoch: '', seq: 0 }, '0', ports.empty(topic), from, reason)
    for (const message of kept) pass(message)
    fruitless = unreached ? fruitless + 1 : 0
    unreached = null
    // A read that was under way already may have been too early; where the next does not reach it either, it can wait.
    if (fruitless === 1 || tooEarly) recover(reason)
    else if (fruitless > 1) recoverIn(Math.min(SOON_MS * 2 ** fruitless, RETRY_MS), reason)
  }

  /** Asks again after a while. What arrives until then is passed over: the read will bring it. */
  const recoverIn = (ms: number, reason: Gap['reason']): void => {
    recovering = true
    retry = setTimeout(() => recover(reason), ms).unref()
  }

  const resync = (at: Cursor, time: string, snapshot: string, from: Cursor, reason: Gap['reason']): void => {
    ports.count('resync')
    audience.tell(from, ({ epoch, seq }) => {
      const isOther = epoch !== at.epoch || seq > at.seq
      const gap: Gap = { topic, from: seq + 1, to: at.seq, reason: isOther ? 'epoch' : reason }
      return seq !== at.seq || (isOther && seq > 0) ? gap : null
    })
    advance(resyncMessage(topic, at, time, snapshot))
  }

  const recover = (reason: Gap['reason']): void => {
    const from = position
    if (retry) recovering = false
    if (retry) clearTimeout(retry)
    retry = null
    if (recovering) tooEarly = true
    if (recovering || closed || from === null) return
    recovering = true
    tooEarly = false
    readAnd(
      from,
      (result) => settle(result, from, reason),
      (error) => {
        if (error !== null) recoverIn(RETRY_MS * (1 + Math.random()), reason)
      },
    )
  }

  return {
    join: (watcher, after, { answer, done }) => {
      const ask = (): void => {
        const here = known(after)
        if (here) {
          if (answer(here)) audience.add(watcher)
          done(null)
          return
        }
        const epoch = position?.epoch
        // Another life of the topic may have begun while this was read: it is read again rather than mixed.
        let stale = false
        const use = (result: ReadResult): void => {
          const { epoch: own } = result.kind === 'missing' ? { epoch } : result.cursor
          stale = position !== null && position.epoch !== epoch && position.epoch !== own
          if (result.kind !== 'missing' && lacking(result.cursor) === null) {
            stale = true
            recover('lost')
          }
          if (stale || !answer(result) || result.kind === 'missing') return
          // Whoever else comes back will lack the same.
          if (position === null && result.kind === 'replay')
            for (const message of readMessages(topic, result.updates)) tail.add(message)
          attach(watcher, result.cursor)
        }
        readAnd(after, use, (error) => (stale ? ask() : done(error)))
      }
      if (subscribed) ask()
      else open().then(ask, done)
    },
    leave: audience.leave,
    recover,
    position: (watcher) => (watcher && audience.aheadAt(watcher)) ?? position,
    certain: () => (recovering ? null : position),
    watchers: audience.size,
    close: () => {
      closed = true
      if (retry) clearTimeout(retry)
      subscription?.then((release) => release()).catch(() => {})
    },
  }
}
