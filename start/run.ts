import type { Failure } from './failure.ts'
import { openFloor, type Settings, type Stage } from './floor.ts'

const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/**
 * Runs the floor until `signal` asks it to stop, also while it still starts, or until a part of it breaks; then stops
 * the parts, the last started first, so that none loses what it stands on. Throws why it could not start or go on;
 * resolves where it was asked to stop.
 */
export const runFloor = async (settings: Settings, say: Stage['say'], signal: AbortSignal): Promise<void> => {
  const releases: Stage['releases'] = []
  const broken = Promise.withResolvers<never>()
  broken.promise.catch(() => {}) // it may break while nobody waits; the one wait below sees it all the same
  const closing = new AbortController()
  const stage: Stage = {
    say,
    signal: AbortSignal.any([signal, closing.signal]),
    releases,
    broken: (why: Failure) => broken.reject(why),
  }
  const opening = openFloor(settings, stage)
  try {
    say(`the floor is open at ${await Promise.race([opening, broken.promise])} (Ctrl-C closes it)`)
    await Promise.race([whenAborted(signal), broken.promise])
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    if (signal.aborted) say('closing')
    closing.abort()
    await opening.catch(() => {}) // what it still starts, it hands over before it ends
    for (const release of releases.reverse()) await release()
  }
}
