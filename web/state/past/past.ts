import type { ReadonlySignal, Signal } from '@preact/signals'
import type { PastReply, SlicesReply, Speed } from '../../../wire/past.ts'

/**
 * The clock of a floor that shows the past. `loading`: the moment is being read. `edge`: it has come as far as the archive
 * goes. `away`: the archive cannot be asked.
 */
export type PastPhase = 'loading' | 'ready' | 'edge' | 'away'

export type Past = {
  /** The moment that is shown (Unix ms), told some times a second while it moves. */
  moment: ReadonlySignal<number>
  /** 0: it stands still. */
  speed: ReadonlySignal<Speed | 0>
  phase: ReadonlySignal<PastPhase>
  /** From when there is anything, and up to when; null until it is known. */
  span: ReadonlySignal<PastReply | null>
  /** Where there is data in the stretch that `look` named; null until it was read. */
  slices: ReadonlySignal<SlicesReply | null>
  /** Reads the slices of a stretch. */
  look: (from: number, to: number) => void
  /** Whether all is shown as it was seen then, without what came late. */
  asSeen: Signal<boolean>
  go: (at: number) => void
  play: (speed?: Speed) => void
  pause: () => void
  /** Moves the clock by so many milliseconds. */
  step: (ms: number) => void
  /** Back to now. */
  live: () => void
}
