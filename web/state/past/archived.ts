import { type ReadonlySignal, signal } from '@preact/signals'
import type { PastReply, SlicesReply } from '../../../wire/past.ts'
import type { Api } from '../api.ts'

/** What there is of the past. */
export type Archived = {
  /** From when there is anything, and up to when; null until it is known, or where it cannot be asked. */
  span: ReadonlySignal<PastReply | null>
  /** Where there is data in the stretch that `look` named; null until it was read. */
  slices: ReadonlySignal<SlicesReply | null>
  /** Reads the slices of a stretch (Unix ms). */
  look: (from: number, to: number) => void
  /** Asks for the span anew. */
  ask: () => void
}

/** Reads something again and again; of several readings at once only the newest counts. Null where it failed. */
const createReading = <T>() => {
  const shown = signal<T | null>(null)
  let turn = 0
  const read = async (load: () => Promise<T>): Promise<void> => {
    const own = ++turn
    const found = await load().catch(() => null)
    if (own === turn) shown.value = found
  }
  return { shown, read }
}

export const createArchived = (api: Pick<Api, 'past' | 'slices'>): Archived => {
  const span = createReading<PastReply>()
  const slices = createReading<SlicesReply>()
  return {
    span: span.shown,
    slices: slices.shown,
    look: (from, to) => void slices.read(() => api.slices(from, to)),
    ask: () => void span.read(api.past),
  }
}
