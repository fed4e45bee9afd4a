import { within } from '../../redis/within.ts'
import type { Deployment, Primaries } from './deployment.ts'
import type { Subscriptions } from './subscriptions.ts'

const HEARD_WITHIN_MS = 2000
/** Enough to meet a primary that owns a single slot. */
const MOST_TRIES = 200_000

/** For each primary that holds anything a key of ours, which nobody writes, that lives there. */
export const probeKeys = ({ owning, of }: Primaries): string[] => {
  const keys = new Map<string, string>()
  for (let n = 0; n < MOST_TRIES && keys.size < owning.length; n++) {
    const key = `wf:{probe:${n}}`
    const primary = of(key)
    if (primary !== undefined && !keys.has(primary)) keys.set(primary, key)
  }
  return [...keys.values()]
}

/**
 * Hears its own message from every primary before a node starts: a proxy, an access list or a client that is set up
 * wrongly would otherwise show as a floor on which nothing moves. Throws, with the remedy. `name`: not used by any
 * other node.
 */
export const hearOneself = async (deployment: Deployment, own: Subscriptions, name: string): Promise<void> => {
  await Promise.all(probeKeys(own.primaries()).map((key) => hear(deployment, own, `${key}:${name}`)))
}

const hear = async ({ command, publish }: Deployment, own: Subscriptions, channel: string): Promise<void> => {
  let heard = (): void => {}
  const arrival = new Promise<void>((resolve) => {
    heard = resolve
  })
  const release = await own.subscribe(channel, heard).catch((error) => {
    throw new Error(
      `Redis does not let this user subscribe (${error.message}). Its access list needs the channels: ACL SETUSER <user> &wf:*`,
    )
  })
  try {
    await (publish === 'SPUBLISH' ? command.spublish(channel, '') : command.publish(channel, ''))
    await within(HEARD_WITHIN_MS, arrival, () => {
      throw new Error(
        `A message that this node published did not come back to it (${publish}). REDIS_URL must lead to a Redis whose messages reach ` +
          'its subscribers: name the servers themselves and not a proxy, and a Cluster by redis+cluster://',
      )
    })
  } finally {
    release()
  }
}
