import { type ReadonlySignal, signal } from '@preact/signals'
import type { ClockReply, ClockRequest, PastStand } from '../../../wire/past.ts'
import type { PastClock } from './past-clock.ts'

export type TravelOptions = {
  clock: Pick<PastClock, 'move' | 'tell'>
  /** Asks the node to move the clock. Rejects where no answer comes in time. */
  ask: (request: ClockRequest) => Promise<ClockReply>
  /** Watches nothing while something is done, and all of it anew afterwards. */
  anew: (work: () => Promise<void>) => Promise<void>
  /** What is known is of another moment. */
  rewind: () => void
  connected: () => boolean
  /** Makes the connection anew: the new one begins where the clock is. */
  restart: () => void
  wait: (ms: number) => Promise<unknown>
  /** Hears where the clock stands, unless it is to be moved again. */
  onStand: (stand: PastStand) => void
}

/** A node that could not move the clock just now is asked again after so long, in milliseconds. */
const AGAIN = 1_000

/**
 * Moves the clock of the past: one request at a time, and of several moments that are wanted meanwhile only the last
 * one. Nothing is watched on the way to another moment, so that nothing of before comes after it.
 */
export const createTravel = (options: TravelOptions) => {
  const { clock, ask, anew, rewind, connected, restart, wait, onStand } = options
  /** Whether the clock is on its way to another moment. */
  const underWay = signal(false)
  /** Whether the archive cannot be asked, as far as a node has said. */
  const away = signal(false)
  /** Whether the clock came as far as the archive goes, and stands there. */
  const atEdge = signal(false)
  let next: ClockRequest | null = null
  let busy = false

  const stand = (told: PastStand): void => {
    away.value = told.held === 'away'
    atEdge.value = told.speed === 0 && told.at >= told.edge
    // What is about to be asked for is shown already.
    if (next !== null) return
    clock.tell(told)
    onStand(told)
  }
  const move = async (request: ClockRequest): Promise<void> => {
    while (connected()) {
      const reply = await ask(request)
      if (!('error' in reply)) return stand(reply)
      away.value = reply.error.code !== 'rate_limited'
      if (next !== null) return
      await wait(AGAIN)
    }
  }
  const turn = async (request: ClockRequest): Promise<void> => {
    if (request.at === undefined) return move(request)
    await anew(async () => {
      await move(request)
      rewind()
    })
  }
  const pump = async (): Promise<void> => {
    if (busy) return
    busy = true
    try {
      for (let request = next; request !== null && connected(); request = next) {
        next = null
        await turn(request)
      }
    } catch {
      restart()
    } finally {
      busy = false
      underWay.value = false
    }
  }
  const want = (change: ClockRequest): void => {
    next = { ...next, ...change }
    if (change.at !== undefined) {
      clock.move(change.at)
      underWay.value = true
    }
    void pump()
  }
  return {
    underWay: underWay as ReadonlySignal<boolean>,
    away: away as ReadonlySignal<boolean>,
    atEdge: atEdge as ReadonlySignal<boolean>,
    /** The node says by itself where the clock stands. While it is asked for something, its answer counts. */
    notice: (told: PastStand): void => {
      if (!busy) stand(told)
    },
    /** The node does not let this page in. */
    refused: (): void => {
      away.value = true
    },
    want,
  }
}
export type Travel = ReturnType<typeof createTravel>
