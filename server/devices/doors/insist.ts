import type { ErrorCode, WireError } from '../../../wire/protocol.ts'

export type Failed = { error: WireError }
export const isFailed = (reply: object): reply is Failed => 'error' in reply

export type InsistPorts = {
  /** Resolves after so many milliseconds. */
  wait: (ms: number) => Promise<unknown>
  /** Milliseconds, by a clock that never goes back. */
  clock: () => number
}

/** For how long it is tried (ms), what is waited for to pass, and whether nobody wants it any more. */
export type Patience = { forMs: number; passing: readonly ErrorCode[]; isOver: () => boolean }

/** Redis is away, or too much waits for it. */
export const AWAY: readonly ErrorCode[] = ['unavailable']
/** The device says too much at once, besides. */
export const AWAY_OR_BUSY: readonly ErrorCode[] = ['unavailable', 'rate_limited']

const AGAIN_MS = 1000

/** Tries again, once a second, while what is in the way may pass. Returns what came of the last try. */
export const createInsist =
  ({ wait, clock }: InsistPorts) =>
  async <T extends object>(
    work: () => Promise<T | Failed>,
    { forMs, passing, isOver }: Patience,
  ): Promise<T | Failed> => {
    const end = clock() + forMs
    for (;;) {
      const reply = await work()
      const isPassing = isFailed(reply) && passing.includes(reply.error.code)
      if (!isPassing || isOver() || clock() >= end) return reply
      await wait(AGAIN_MS)
    }
  }
export type Insist = ReturnType<typeof createInsist>
