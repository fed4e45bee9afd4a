import type { Logger } from 'pino'
import { parseRedisAddress } from '../../redis/address.ts'
import type { Faults } from '../faults.ts'
import { openCluster } from './cluster.ts'
import type { Deployment } from './deployment.ts'
import { openSentinel } from './sentinel.ts'
import { openSingle } from './single.ts'

/** Opens the kind of Redis that a REDIS_URL names; nothing is connected yet. */
export const openDeployment = (url: string, log: Logger, faults: Faults): Deployment => {
  const address = parseRedisAddress(url)
  if (address.mode === 'cluster') return openCluster(address, log, faults)
  return address.mode === 'sentinel' ? openSentinel(address, log, faults) : openSingle(address, log, faults)
}
