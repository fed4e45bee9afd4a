import type { Steps } from '../live/work.ts'

export type Tasks = {
  /** Does this once all that was added before is done: the first piece at once where there is nothing. */
  add: (steps: Steps) => void
  /** Goes on after a wait. */
  goOn: () => void
  /** Whether something is not done yet. */
  busy: () => boolean
  /** Forgets what is not done. */
  close: () => void
}

export type TasksPorts = {
  /** Steps in a piece. */
  atOnce: number
  /** Does a piece, and has whoever asked for it pay. */
  measured: (piece: () => void) => void
  /** Whether the next piece may be done; otherwise `goOn` is to be called once it may. */
  mayGoOn: () => boolean
  /** Calls something when all else that is to do has had its turn. */
  later: (run: () => void) => void
  /** Called when all is done that could not be done at once. */
  done: () => void
}

/**
 * What one client asked for, in the order in which it asked. It is done in pieces, between which everybody else has a
 * turn.
 */
export const createTasks = ({ atOnce, measured, mayGoOn, later, done }: TasksPorts): Tasks => {
  let waiting: Steps[] = []
  /** Whether the next piece is due to be done later: it may be gone on with before that, after a wait. */
  let due = false

  const piece = (): void => {
    for (let left = atOnce; left > 0; ) {
      const [first] = waiting
      if (!first) return
      if (first.next().done) waiting.shift()
      else left--
    }
  }
  const goOn = (): void => {
    if (waiting.length === 0 || !mayGoOn()) return
    measured(piece)
    if (waiting.length === 0) done()
    else if (!due) {
      due = true
      later(goOnLater)
    }
  }
  const goOnLater = (): void => {
    due = false
    goOn()
  }

  return {
    add: (steps) => {
      if (waiting.push(steps) === 1) goOn()
    },
    goOn,
    busy: () => waiting.length > 0,
    close: () => {
      waiting = []
    },
  }
}
