import { afterEach, beforeEach, vi } from 'vitest'
import { parseBytes, toBytes } from '../../../server/live/bytes.ts'
import { createConflate } from '../../../server/live/conflate.ts'
import { createFlusher } from '../../../server/live/flusher.ts'
import type { Frame } from '../../../server/live/frame.ts'
import { type Message, readMessage } from '../../../server/live/message.ts'
import { Outbox } from '../../../server/live/outbox.ts'
import { nothingSent } from '../../../server/live/sent.ts'
import type { Cursor } from '../../../wire/protocol.ts'
import type { Topic } from '../../../wire/topics.ts'
import { noFaults } from '../../support/faults.ts'

/** A topic whose state is a sum: conflating adds. */
type Part = Cursor & { topic: Topic; after?: number; add?: number; snapshot?: number }
export const A = 's:株式.T'
export const B = 's:EURUSD=X'
export const TOPICS = [A, B, 's:C'] as const
export const CAPS = { backlogBytes: 1000, waitingBytes: 20_000, stalledMs: 5000 }

const conflate = createConflate(
  (_topic, updates) =>
    ({
      add: (updates as { add?: number }[]).reduce((sum, { add = 0 }) => sum + add, 0),
    }) as object,
  noFaults,
  () => {},
)

export const update = (topic: Topic, seq: number, add: number, padding = ''): Message => {
  const message = readMessage(topic, toBytes({ topic, epoch: 'e', seq, at: 1, add, padding }))
  if (!message) throw new Error('malformed')
  return message
}

export const openOutbox = () => {
  const frames: { at: number; parts: Part[] }[] = []
  const events: string[] = []
  let backlog = 0
  const writer = {
    write: (frame: Frame) => {
      const [event, value] = parseBytes<[string, Part[]]>(frame.slice(frame.indexOf('42[') + 2))
      if (event === 'updates') frames.push({ at: Date.now(), parts: value })
      else events.push(event === 'notice' ? JSON.stringify(value) : event)
    },
    backlog: () => backlog,
    left: () => backlog,
    terminate: () => events.push('terminated'),
  }
  const letGo: Map<Topic, Cursor>[] = []
  const sent = nothingSent()
  const flusher = createFlusher({ share: 1, minMs: 0, maxMs: 50, sent, faults: noFaults }, () => Date.now())
  const outbox = new Outbox(CAPS, {
    id: 'client',
    faults: noFaults,
    writer,
    flusher,
    conflate,
    count: (event) => events.push(event),
    sent,
    now: Date.now,
    letGo: (sent) => letGo.push(sent),
    catchUp: () => events.push('catchUp'),
    drop: writer.terminate,
  })
  const stall = (bytes: number): void => {
    backlog = bytes
  }
  return { outbox, flusher, frames, events, letGo, stall }
}

export const onFakeTime = (): void => {
  beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
  afterEach(() => vi.useRealTimers())
}
