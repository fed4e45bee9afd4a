import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, describeEnding } from './child.ts'
import { Failure } from './failure.ts'

/** Resolves when the server answers that it is ready; throws where it ends before, or takes longer than `limitMs`. */
export const untilReady = async (
  server: Child,
  address: string,
  signal: AbortSignal,
  limitMs = 60_000,
): Promise<void> => {
  const ended = server.ended.then((ending) => {
    throw new Failure(`The server ended while it started (${describeEnding(ending)}): see the reason above.`)
  })
  const polled = async (): Promise<void> => {
    const end = performance.now() + limitMs
    while (performance.now() < end) {
      const answer = await fetch(`${address}/readyz`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]),
      }).catch(() => null)
      signal.throwIfAborted()
      if (answer?.ok) return
      await sleep(50)
    }
    throw new Failure(
      `The server was not ready within ${limitMs / 1000} s: run it with LOG_LEVEL=debug to see what it waits for.`,
    )
  }
  await Promise.race([polled(), ended])
}
