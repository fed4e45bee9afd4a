import type { KindKey } from '../abuse/kinds.ts'
import { ACTS } from './acts.ts'
import { createTally, type Outcome, type Tally } from './outcome.ts'
import { openScene, type Target } from './scene.ts'

export type AbuserCalls = {
  /** Begins an abuse, which ends by itself after so many milliseconds. */
  start: (options: { kind: KindKey; target: Target; script: string; limitMs: number }) => void
  /** Ends it; returns what became of it. */
  stop: (argument: null) => Outcome
}

/** One abuser. */
export const createAbuser = (): AbuserCalls => {
  let tally: Tally = createTally(() => performance.now())
  let end = (): void => {}
  return {
    start: ({ kind, target, script, limitMs }) => {
      tally = createTally(() => performance.now())
      const opened = openScene(target, tally)
      const limit = setTimeout(opened.end, limitMs)
      end = () => {
        clearTimeout(limit)
        opened.end()
      }
      ACTS[kind](opened.scene, script)
    },
    stop: () => {
      end()
      return tally.outcome()
    },
  }
}
