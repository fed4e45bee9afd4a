import { effect, type ReadonlySignal } from '@preact/signals'
import { isNewer } from '../../wire/fleet.ts'
import { clocksOfSelected } from './clocks.ts'
import { NO_GAPS } from './every.ts'
import type { Device, FixClocks } from './fleet.ts'
import { atRest, moveTo } from './motion.ts'
import type { Selected } from './selection.ts'

/**
 * A single device as it goes, for a map that shows no other. `steady`: a clock that never jumps, in milliseconds;
 * `offset`: how far this browser's clock is ahead of the server's.
 */
export const createLone = (selected: ReadonlySignal<Selected | null>, steady: () => number, offset: () => number) => {
  let device: Device | null = null
  const follow = (shown: Selected): void => {
    const { id, last, cell } = shown
    if (last === null) {
      device = null
      return
    }
    const { fixed, heard, ...more } = clocksOfSelected(shown, offset())
    const made = fixed ?? last.t
    const clocks: FixClocks = { ...more, fixed: made, heard: heard ?? made }
    if (device?.id !== id) {
      const motion = atRest(last, steady())
      const unseen = { gaps: NO_GAPS, told: null, awaited: null }
      device = { id, cell: cell ?? '', fix: last, known: last, motion, clocks, ...unseen }
    } else {
      const { fix, motion } = device
      const moved = isNewer(last, fix) ? moveTo(motion, fix, last, steady()) : motion
      device = { ...device, fix: last, known: last, motion: moved, clocks }
    }
  }
  const stop = effect(() => {
    const shown = selected.value
    if (shown === null) device = null
    else follow(shown)
  })
  return { device: (): Device | null => device, stop }
}
export type Lone = ReturnType<typeof createLone>
