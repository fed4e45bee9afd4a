import { NOWHERE } from '../../wire/cursors.ts'
import type { Cursor, Gap } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { resyncMessage } from './message.ts'
import type { ReadResult, TopicPorts } from './ports.ts'
import type { SharedReads } from './shared-reads.ts'
import type { Stream } from './stream.ts'

const RETRY_MS = 1000

export type Recovery = {
  /** Asks Redis what came since, for updates may have been lost. */
  recover: () => void
  /** Asks Redis for the whole state in a moment: what was passed on is not right. */
  spoil: () => void
  /** The topic goes on from another moment: its state is given anew, and no gap is told, for nothing is lost. */
  restart: () => void
  close: () => void
}

/** Brings a topic to where it is in Redis: by a replay of what was lost, or by a resync where the log has no more. */
export const createRecovery = (topic: Topic, stream: Stream, reads: SharedReads, ports: TopicPorts): Recovery => {
  let retry: NodeJS.Timeout | null = null
  /** Something was lost after the read was asked for. */
  let again = false
  /** What was passed on is not right: the whole state is wanted. */
  let spoilt = false
  /** The states that are read until nothing more is asked for are those of another moment. */
  let elsewhere = false

  const stopWaiting = (): void => {
    if (retry) clearTimeout(retry)
    retry = null
  }

  const recover = (): void => {
    const from = stream.position
    again = stream.phase === 'recovering' && retry === null
    stopWaiting()
    if (again || stream.phase === 'idle' || from === null) return
    stream.phase = 'recovering'
    reads.askAnew({ after: spoilt ? null : from, use: (result) => use(result, from), fail: recoverLater })
  }

  const use = (result: ReadResult, from: Cursor): void => {
    if (stream.phase === 'idle') return
    stream.phase = 'live'
    if (result.kind !== 'replay') spoilt = false
    if (result.kind === 'replay') replay(result.updates)
    else if (result.kind === 'snapshot') resync(result.cursor, result.at, result.snapshot, from)
    else if (result.kind === 'missing' && from.epoch !== '') resync(NOWHERE, '0', ports.empty(topic), from)
    for (const message of reads.meanwhile()) stream.pass(message)
    // Moved once more meanwhile, what is read next is of another moment, too.
    if (again) recover()
    else elsewhere = false
  }

  const replay = (updates: readonly string[]): void => {
    ports.count('replay')
    for (const text of updates) stream.take(text)
    stream.forgetLatest()
  }

  const resync = (at: Cursor, time: string, snapshot: string, from: Cursor): void => {
    ports.count('resync')
    if (!elsewhere)
      stream.audience.tell(from, ({ epoch, seq }) => {
        const isOther = epoch !== at.epoch || seq > at.seq
        const gap: Gap = { topic, from: seq + 1, to: at.seq, reason: isOther ? 'epoch' : 'lost' }
        return seq !== at.seq || (isOther && seq > 0) ? gap : null
      })
    stream.advance(resyncMessage(topic, at, time, snapshot))
  }

  /** Asks again after a while. What arrives until then is passed over: the read will bring it. */
  const recoverLater = (): void => {
    if (stream.phase === 'idle') return
    stream.phase = 'recovering'
    stopWaiting()
    retry = setTimeout(retryNow, RETRY_MS * (1 + Math.random())).unref()
  }
  const retryNow = ports.faults.guard(
    'topic.recover',
    () => recover(),
    () => recoverLater(),
    topic,
  )

  return {
    recover,
    /** Not at once: what spoils a topic may do so again and again. */
    spoil: () => {
      spoilt = true
      if (retry === null && stream.position !== null) recoverLater()
    },
    restart: () => {
      elsewhere = stream.position !== null
      recover()
    },
    close: stopWaiting,
  }
}
