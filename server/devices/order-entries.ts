import type { OrderEntry } from '../../wire/commands.ts'
import { orderTopic } from '../../wire/order-calls.ts'
import type { Commands } from '../redis/deployment.ts'
import { orderDevicesKey } from './keys-of-commands.ts'
import { readEntries } from './read-commands.ts'

const AT_ONCE = 1000

/** The devices of an order, some at a time: other work goes on in between. One may come twice. */
export const scanEntries = async function* (redis: Commands, order: string): AsyncGenerator<OrderEntry[]> {
  let at = '0'
  do {
    const [next, flat] = await redis.hscan(orderDevicesKey(orderTopic(order)), at, 'COUNT', AT_ONCE)
    yield readEntries(`[${flat.filter((_, i) => i % 2 === 1).join(',')}]`)
    at = next
  } while (at !== '0')
}
