import { Histogram, type Registry } from 'prom-client'
import type { CancelReply, CommandReply } from '../../wire/commands.ts'
import type { ClockReply } from '../../wire/past.ts'
import type { RenewReply } from '../../wire/people.ts'
import { ERROR_CODES, type ErrorCode, type WatchResult, type WireError } from '../../wire/protocol.ts'
import type { DoneReply, SayReply } from '../../wire/rooms.ts'
import type { ReadResult, ReadTopic } from '../live/ports.ts'
import { slots } from './slots.ts'

/** As much of an answer to a client's request as is counted. */
export type Answer =
  | SayReply
  | DoneReply
  | RenewReply
  | CommandReply
  | CancelReply
  | ClockReply
  | { results: readonly { kind: WatchResult['kind'] | 'unwatched' | 'tuned'; error?: WireError }[]; view?: object }

const ANSWERS = ['current', 'replay', 'snapshot'] as const
const READS = ['current', 'replay', 'snapshot', 'missing', 'failed'] as const satisfies readonly (
  | ReadResult['kind']
  | 'failed'
)[]
/** `origin`: a connection from a page of an origin that is not allowed. `connections`: one more than there may be. */
const REFUSALS = [...(Object.keys(ERROR_CODES) as ErrorCode[]), 'origin', 'connections'] as const
export type Refusal = (typeof REFUSALS)[number]

/** Counts what clients ask and what Redis is asked for them. */
export const countRequests = (registry: Registry) => {
  const answers = slots(registry, {
    name: 'watchfloor_answers_total',
    help: 'Answers to watch, one for each topic: nothing new, what was missed, or the whole state',
    label: 'kind',
    values: ANSWERS,
  })
  const refusals = slots(registry, {
    name: 'watchfloor_refused_total',
    help: 'Refused requests of clients and of the API, refused topics in them, and refused connections',
    label: 'reason',
    values: REFUSALS,
  })
  const reads = slots(registry, {
    name: 'watchfloor_reads_total',
    help: 'Reads of topics from Redis, by result',
    label: 'kind',
    values: READS,
  })
  const took = new Histogram({
    name: 'watchfloor_read_seconds',
    help: 'How long reads of topics from Redis took',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  })
  const refused = (reason: Refusal): void => {
    refusals[reason].n++
  }
  return {
    refused,
    answered: (answer: Answer): void => {
      if ('error' in answer) {
        refused(answer.error.code)
        return
      }
      if (!('results' in answer)) return
      for (const { kind, error } of answer.results) {
        if (error) refused(error.code)
        else if (kind === 'current' || kind === 'replay' || kind === 'snapshot') answers[kind].n++
      }
      if (answer.view && 'error' in answer.view) refused((answer.view.error as WireError).code)
    },
    /** The same reads, counted. */
    counted:
      (read: ReadTopic): ReadTopic =>
      async (topic, after) => {
        const from = performance.now()
        try {
          const result = await read(topic, after)
          reads[result.kind].n++
          return result
        } catch (error) {
          reads.failed.n++
          throw error
        } finally {
          took.observe((performance.now() - from) / 1000)
        }
      },
  }
}
