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

/** What an order knows of some of its devices, in their order; null where nothing. */
export const entriesOf = async (
  redis: Commands,
  order: string,
  devices: readonly string[],
): Promise<(OrderEntry | null)[]> => {
  const texts = await redis.hmget(orderDevicesKey(orderTopic(order)), ...devices)
  return texts.map((text) => readEntries(`[${text ?? ''}]`)[0] ?? null)
}
