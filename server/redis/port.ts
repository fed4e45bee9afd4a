import { Cluster } from 'ioredis'
import { callTogether } from '../../feed/call-together.ts'
import { clusterPort } from '../../feed/cluster-port.ts'
import type { Port } from '../../feed/port.ts'
import type { Commands } from './deployment.ts'

/**
 * The way by which a node publishes, over its own connection for commands: calls of one server in one pipeline. Unlike a
 * feed, it does not give that connection up where a call takes too long: the watchdog judges that.
 */
export const portOf = (redis: Commands): Port =>
  redis instanceof Cluster
    ? clusterPort(redis)
    : {
        run: (calls) => callTogether(redis, calls),
        groups: (calls) => (calls.length > 0 ? [calls.map((_, place) => place)] : []),
      }
