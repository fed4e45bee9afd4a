import { expect } from 'vitest'
import { createBudget } from '../../../server/live/budget.ts'
import { parseBytes } from '../../../server/live/bytes.ts'
import type { ReadResult } from '../../../server/live/ports.ts'
import type { LiveTopic } from '../../../server/live/topic.ts'
import type { Watcher } from '../../../server/live/watcher.ts'
import { standing } from '../../../wire/cursors.ts'
import type { Cursor, Gap } from '../../../wire/protocol.ts'
import type { createTwin } from './twin.ts'

/** What arrives in a frame, of a topic whose state is the list of its values. */
type Part = Cursor & { after?: number; value?: number; snapshot?: number[] }

/** A client by the book: it applies what follows, and fails on anything that does not. */
export const createReader = () => {
  let cursor: Cursor | null = null
  let values: number[] = []
  const gaps: Gap[] = []
  let told: Gap[] = []
  /** Whether what a resync skips was told before it. */
  const isTold = (from: Cursor, to: Cursor): boolean =>
    // A topic without updates is at 0 of whatever epoch comes.
    from.epoch === to.epoch || from.seq === 0
      ? from.seq >= to.seq || told.some((gap) => gap.from <= from.seq + 1 && gap.to >= to.seq)
      : told.some(({ reason }) => reason === 'epoch')
  const take = (part: Part): void => {
    if (cursor === null) throw new Error('an update before the answer')
    if (part.snapshot) {
      expect(isTold(cursor, part), `${JSON.stringify(part)} after ${JSON.stringify(cursor)}, untold`).toBe(true)
      values = part.snapshot
    } else {
      expect(standing(cursor, part), `${JSON.stringify(part)} after ${JSON.stringify(cursor)}`).toBe('next')
      values = [...values, part.value ?? Number.NaN]
    }
    cursor = { epoch: part.epoch, seq: part.seq }
    told = []
  }
  const watcher: Watcher = {
    push: (message) => take(parseBytes<Part>(message.text)),
    gap: (gap) => {
      gaps.push(gap)
      told.push(gap)
    },
  }
  return {
    watcher,
    gaps,
    answered: (result: ReadResult): boolean => {
      if (result.kind === 'missing') return false
      if (result.kind === 'snapshot') values = JSON.parse(result.snapshot) as number[]
      if (result.kind === 'replay')
        for (const part of result.updates.map(parseBytes<Part>)) values = [...values, part.value ?? Number.NaN]
      cursor = result.cursor
      return true
    },
    state: () => ({ cursor, values }),
  }
}
export type Reader = ReturnType<typeof createReader>

/** Delivers and answers until nothing is left to do. */
export const settle = async (twin: ReturnType<typeof createTwin>): Promise<void> => {
  for (let i = 0; i < 200; i++) {
    twin.deliver()
    twin.answer()
    await Promise.resolve()
    await Promise.resolve()
    await Promise.resolve()
  }
}

export const join = (topic: LiveTopic, reader: Reader, after: Cursor | null = null): void => {
  topic.join(reader.watcher, after, { budget: createBudget(1e9), use: reader.answered, done: () => {} })
}
