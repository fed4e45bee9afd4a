import type { Logger } from 'pino'
import { allOf } from './all-of.ts'
import { requireVersion } from './connection.ts'
import type { Deployment } from './deployment.ts'
import { installLibrary } from './library.ts'
import type { Line } from './lines.ts'
import { probeKeys } from './self-test.ts'
import { reachFirst } from './startup.ts'
import type { Subscriptions } from './subscriptions.ts'

/**
 * Returns a function that looks where everything is, has it connected, installed and subscribed, and then asks a key of
 * each primary. It rejects where a part of that fails; the rest is done all the same. `moved`: lines whose primaries
 * let channels go; it takes them out. `first`: at the start, where each line must be reached.
 */
export const puttingRight = (
  deployment: Deployment,
  subscriptions: Subscriptions,
  moved: Set<Line>,
  log: Logger,
): ((first?: boolean) => Promise<void>) => {
  const { command } = deployment
  const { lines } = subscriptions
  const prepare = preparing(deployment, log)
  return async (first = false) => {
    if (command.status !== 'ready') throw new Error('Redis takes no commands')
    const witnesses = [...moved]
    moved.clear()
    await subscriptions.locate(witnesses)
    if (first) await Promise.all(lines.all().map(reachFirst))
    await allOf([...lines.all().map(prepare), subscriptions.fill()])
    await allOf(probeKeys(subscriptions.primaries()).map((key) => command.exists(key)))
  }
}

/**
 * Makes sure that a server is what we need and has the library; once for each connection to it, for it may be another
 * server by then.
 */
const preparing = ({ check, publish }: Deployment, log: Logger): ((line: Line) => Promise<void>) => {
  const prepared = new WeakMap<Line, unknown>()
  return async (line) => {
    const { redis, primary } = line
    const { stream } = redis
    if (redis.status !== 'ready' || prepared.get(line) === stream) return
    await check(redis)
    await requireVersion(redis)
    if (await installLibrary(redis, publish)) log.info({ server: primary }, 'Function library installed in Redis')
    prepared.set(line, stream)
  }
}
