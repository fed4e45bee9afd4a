import type { Faults } from '../faults.ts'
import type { ReadKey } from './doorkeeper.ts'

export type KeyCheck = {
  check: () => void
  /** Checks again where Redis could not be asked. */
  tick: () => void
  close: () => void
}

/** Compares the key that let a device in (its hash; null: none did) with the one that it has now. */
export const createKeyCheck = (
  { readKey, faults }: { readKey: ReadKey; faults: Faults },
  id: string,
  keyed: string | null,
  changed: () => void,
): KeyCheck => {
  let wanted = false
  let checking = false
  let closed = false

  const run = async (): Promise<void> => {
    checking = true
    try {
      while (wanted && !closed) {
        wanted = false
        const kept = await readKey(id).catch(() => undefined)
        if (closed) return
        if (kept === undefined) {
          wanted = true
          return
        }
        if (kept !== keyed) {
          closed = true
          changed()
        }
      }
    } finally {
      checking = false
    }
  }
  const guarded = faults.guard('device.connection', run, undefined, id)
  const check = (): void => {
    if (keyed === null || closed) return
    wanted = true
    if (!checking) guarded()
  }
  return {
    check,
    tick: () => {
      if (wanted) check()
    },
    close: () => {
      closed = true
    },
  }
}
