import { withoutPasswords } from '../../redis/address.ts'
import { within } from '../../redis/within.ts'
import type { Deployment } from './deployment.ts'
import type { Line } from './lines.ts'

const OPENED_WITHIN_MS = 5000

/** Connects for the first time; throws, with the remedy, where there is no usable Redis. */
export const openFirst = async (deployment: Deployment, url: string): Promise<void> => {
  try {
    await within(OPENED_WITHIN_MS, deployment.connect(), () => {
      throw new Error(`no answer within ${OPENED_WITHIN_MS / 1000} s`)
    })
  } catch (error) {
    throw new Error(
      `No Redis answers at ${withoutPasswords(url)} (${(error as Error).message}). Start one, or name another with REDIS_URL.`,
    )
  }
}

/** Waits for the first connection of a line; throws, with the remedy, where there is none. */
export const reachFirst = ({ primary, opened }: Line): Promise<void> =>
  opened.catch((error) => {
    throw new Error(
      `No connection to ${primary} (${error.message}). A node must reach every primary by the address that it announces.`,
    )
  })

const REMEDIES = [
  [/^MOVED|^CROSSSLOT/, 'It is part of a Cluster: name it by redis+cluster:// in REDIS_URL.'],
  [/^READONLY/, 'It is a replica: name its primary in REDIS_URL, or its Sentinels by redis+sentinel://'],
  [/^CLUSTERDOWN/, 'See redis-cli CLUSTER INFO: some slots have no primary.'],
] as const

/** What Redis itself said at the start, in words that help. */
export const withRemedy = (error: Error): Error => {
  const [, remedy] = REMEDIES.find(([said]) => said.test(error.message)) ?? []
  return remedy ? new Error(`Redis answers "${error.message}". ${remedy}`) : error
}
