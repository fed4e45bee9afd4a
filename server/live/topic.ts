import { standing } from '../../wire/cursors.ts'
import type { Cursor, Gap } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { createAudience } from './audience.ts'
import { asBytes } from './bytes.ts'
import { chain, type Message, readMessage, readMessages, resyncMessage } from './message.ts'
import type { LiveTopic, ReadResult, Release, TopicPorts, Watcher } from './ports.ts'
import { createReads } from './reads.ts'
import { createTail } from './tail.ts'

const RETRY_MS = 1000

/** One topic on this node: idle, subscribing, live, or recovering. */
export const createTopic = (topic: Topic, ports: TopicPorts): LiveTopic => {
  const { faults } = ports
  const name = asBytes(topic)
  const audience = createAudience()
  const reads = createReads(topic, ports.read, faults)
  const tail = createTail()
  let subscription: Promise<Release> | null = null
  let subscribed = false
  let position: Cursor | null = null
  /** The update that the topic stands at, where it was heard as it was published. */
  let latest: Message | null = null
  let recovering = false
  let retry: NodeJS.Timeout | null = null
  /** Something was lost since the read was asked that it recovers by. */
  let again = false
  /** What was passed on is not right: the whole state is wanted. */
  let spoilt = false
  let closed = false

  const advance = (message: Message): void => {
    position = { epoch: message.epoch, seq: message.seq }
    latest = message.after < 0 ? null : message
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
    } else if (stands === 'repeat') repeat(message)
    else if (audience.size() === 0) position = null
    else recover()
  }

  /** Two that say different things under one number: one was not published by the library. Which, Redis knows. */
  const repeat = (message: Message): void => {
    ports.count('repeat')
    const { epoch, seq, text } = latest ?? message
    if (epoch === message.epoch && seq === message.seq && text !== message.text) spoil()
  }

  const take = (text: string): void => {
    const message = readMessage(topic, text, position?.epoch, name)
    if (message === null || !ports.isUpdate(topic, text)) ports.count('malformed')
    else {
      reads.heard(message)
      pass(message)
    }
  }
  const receive = faults.guard('topic.message', take, () => spoil(), topic)

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

  const attach = (watcher: Watcher, at: Cursor): void => {
    if (position === null) {
      position = at
      audience.add(watcher)
      for (const message of reads.meanwhile()) pass(message)
      return
    }
    // First of all, for it may leave while it is given something.
    audience.add(watcher)
    for (const message of lacking(at) ?? []) watcher.push(message)
    if (at.seq > position.seq) audience.goAhead(watcher, at)
  }

  /** What was passed on since a state was read; null where not all of that is here, or the state is of another life. */
  const lacking = ({ epoch, seq }: Cursor): Message[] | null => {
    if (position === null || (epoch !== '' && epoch !== position.epoch)) return null
    return seq < position.seq ? chain(reads.meanwhile(), { epoch: position.epoch, seq }, position.seq) : []
  }

  /** Whether whoever has this result can stand where the topic stands. One of the two may be older, the result too: reads are shared. */
  const leadsHere = (result: ReadResult): boolean => {
    if (position === null) return true
    if (result.kind === 'missing') return position.epoch === ''
    begin(result.cursor)
    return lacking(result.cursor) !== null
  }

  const settle = (result: ReadResult, from: Cursor): void => {
    recovering = false
    if (result.kind !== 'replay') spoilt = false
    if (result.kind === 'replay') {
      ports.count('replay')
      for (const text of result.updates) take(text)
      // In a replay it may stand in other words.
      latest = null
    } else if (result.kind === 'snapshot') resync(result.cursor, result.at, result.snapshot, from)
    else if (result.kind === 'missing' && from.epoch !== '')
      resync({ epoch: '', seq: 0 }, '0', ports.empty(topic), from)
    for (const message of reads.meanwhile()) pass(message)
    if (again) recover()
  }

  /** Asks again after a while. What arrives until then is passed over: the read will bring it. */
  const recoverLater = (): void => {
    recovering = true
    retry = setTimeout(retryNow, RETRY_MS * (1 + Math.random())).unref()
  }
  const retryNow = faults.guard(
    'topic.recover',
    () => recover(),
    () => recoverLater(),
    topic,
  )

  const resync = (at: Cursor, time: string, snapshot: string, from: Cursor): void => {
    ports.count('resync')
    audience.tell(from, ({ epoch, seq }) => {
      const isOther = epoch !== at.epoch || seq > at.seq
      const gap: Gap = { topic, from: seq + 1, to: at.seq, reason: isOther ? 'epoch' : 'lost' }
      return seq !== at.seq || (isOther && seq > 0) ? gap : null
    })
    advance(resyncMessage(topic, at, time, snapshot))
  }

  const recover = (): void => {
    const from = position
    if (retry) recovering = false
    if (retry) clearTimeout(retry)
    retry = null
    again = recovering
    if (recovering || closed || from === null) return
    recovering = true
    reads.askAnew({ after: spoilt ? null : from, use: (result) => settle(result, from), fail: recoverLater })
  }

  /** Not at once: what spoils a topic may do so again and again. */
  const spoil = (): void => {
    spoilt = true
    if (!retry && !closed && position !== null) recoverLater()
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
        const use = (result: ReadResult): void => {
          if (!leadsHere(result)) {
            // The topic is brought to where Redis is, and then this is read again rather than mixed.
            recover()
            ask()
            return
          }
          if (answer(result) && result.kind !== 'missing') {
            // Whoever else comes back will lack the same.
            if (position === null && result.kind === 'replay')
              for (const message of readMessages(topic, result.updates)) tail.add(message)
            attach(watcher, result.cursor)
          }
          done(null)
        }
        reads.ask({ after, use, fail: done })
      }
      if (subscribed) ask()
      else open().then(faults.guard('topic.read', ask, done, topic), faults.guard('topic.read', done, undefined, topic))
    },
    leave: audience.leave,
    recover,
    spoil,
    position: (watcher) => (watcher && audience.aheadAt(watcher)) ?? position,
    watchers: audience.size,
    close: () => {
      closed = true
      if (retry) clearTimeout(retry)
      subscription?.then((release) => release()).catch(() => {})
    },
  }
}
