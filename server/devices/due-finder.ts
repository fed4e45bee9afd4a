import { DUE_KEY } from '../../wire/command-calls.ts'
import { deviceTopic } from '../../wire/topics.ts'
import type { Register } from '../fleet/register.ts'
import type { Commands } from '../redis/deployment.ts'
import { readFields } from '../redis/fields.ts'

/** Devices that one round looks at. */
const AT_ONCE = 500

/**
 * Looks through the register, some devices a round, for those with commands under way that nobody will ask whether they
 * are due: a Redis that failed over may have lost just that. Returns how many it found.
 */
export const createDueFinder = (redis: Commands, register: () => Promise<Register>, clock: () => number) => {
  let place = 0
  return async (): Promise<number> => {
    const { ids } = await register()
    const some = ids.slice(place, place + AT_ONCE)
    place = place + AT_ONCE >= ids.length ? 0 : place + AT_ONCE
    const states = await readFields(redis, some.map(deviceTopic), ['open'])
    const open = some.filter((_, i) => states[i]?.[0])
    if (open.length === 0) return 0
    return Number(await redis.zadd(DUE_KEY, 'NX', ...open.flatMap((id) => [clock(), id])))
  }
}
