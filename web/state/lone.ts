import { effect, type ReadonlySignal } from '@preact/signals'
import { isNewer } from '../../wire/fleet.ts'
import type { Device } from './fleet.ts'
import { atRest, moveTo } from './motion.ts'
import type { Selected } from './selection.ts'

/** A single device as it goes, for a map that shows no other. `steady`: a clock that never jumps, in milliseconds. */
export const createLone = (selected: ReadonlySignal<Selected | null>, steady: () => number) => {
  let device: Device | null = null
  const follow = ({ id, last, cell, heardAt }: Selected): void => {
    if (last === null) device = null
    else if (device?.id !== id) {
      const motion = atRest(last, steady())
      device = { id, cell: cell ?? '', fix: last, known: last, motion, heardAt, awaited: null }
    } else {
      const { fix, motion } = device
      const moved = isNewer(last, fix) ? moveTo(motion, fix, last, steady()) : motion
      device = { ...device, fix: last, known: last, motion: moved, heardAt }
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
