import { standing } from '../../wire/cursors.ts'
import type { Cursor } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { createAudience } from './audience.ts'
import { asBytes } from './bytes.ts'
import { type Message, readMessage } from './message.ts'
import type { TopicPorts } from './ports.ts'
import type { SharedReads } from './shared-reads.ts'
import { createTail } from './tail.ts'

/**
 * Where a topic is on this node. `idle`: not subscribed. `subscribing`: it waits for Redis to confirm the subscription.
 * `live`: what follows its position is passed on. `recovering`: something may be missing, so nothing is passed on until
 * Redis has said what.
 */
export type Phase = 'idle' | 'subscribing' | 'live' | 'recovering'

export type StreamEvents = {
  /** Something is missing before what just came. */
  lost: () => void
  /** What was passed on is not right. */
  spoilt: () => void
}

/**
 * A topic's updates as they pass through this node: each goes to the audience once, in order. A class, as `Outbox` is:
 * what an update touches of its topic is one object.
 */
export class Stream {
  phase: Phase = 'idle'
  /** Where the topic is here; null while nobody needed to know. */
  position: Cursor | null = null
  readonly audience = createAudience()
  readonly tail = createTail()
  /** The update at the position, where it was heard as it was published. */
  private latest: Message | null = null
  private readonly topic: Topic
  /** The topic's name, as texts have it. */
  private readonly name: string
  private readonly ports: TopicPorts
  private readonly reads: SharedReads
  private readonly on: StreamEvents

  constructor(topic: Topic, ports: TopicPorts, reads: SharedReads, on: StreamEvents) {
    this.topic = topic
    this.name = asBytes(topic)
    this.ports = ports
    this.reads = reads
    this.on = on
  }

  /** Takes a text as it was published. A function of its own, so that a guard can call it. */
  readonly take = (text: string): void => {
    const message = readMessage(this.topic, text, this.position?.epoch, this.name)
    if (message === null || !this.ports.isUpdate(this.topic, text)) this.ports.count('malformed')
    else {
      this.reads.heard(message)
      this.pass(message)
    }
  }

  /** Passes a message on if it comes next. */
  pass(message: Message): void {
    if (this.phase !== 'live' || this.position === null) return
    this.begin(message)
    const order = standing(this.position, message)
    if (order === 'next') {
      this.ports.count('update')
      this.advance(message)
    } else if (order === 'repeat') this.repeat(message)
    else if (this.audience.size() === 0) this.position = null
    else this.on.lost()
  }

  /** Passes a message on, whatever the position. */
  advance(message: Message): void {
    this.position = { epoch: message.epoch, seq: message.seq }
    this.latest = message.after < 0 ? null : message
    this.tail.add(message)
    this.audience.push(message)
  }

  /** A topic that did not exist begins with the first epoch that comes: all updates of that epoch are to follow. */
  begin({ epoch }: Cursor): void {
    if (this.position?.epoch === '') this.position = { epoch, seq: 0 }
  }

  /** A text that was read may differ from the one published: a repeat can no longer be compared with it. */
  forgetLatest(): void {
    this.latest = null
  }

  /** Two updates that differ under one number: one was not published by the library. Redis knows which. */
  private repeat(message: Message): void {
    this.ports.count('repeat')
    const { epoch, seq, text } = this.latest ?? message
    if (epoch === message.epoch && seq === message.seq && text !== message.text) this.on.spoilt()
  }
}
