import { callFunction as call } from '../../redis/call.ts'
import {
  describeDevice,
  describeSymbol,
  leaveCell,
  listGroup,
  MOST_ITEMS,
  placeInCell,
  publishFixes,
  publishMarket,
  registerDevices,
  unregisterDevices,
} from '../../wire/calls.ts'
import type { DeviceDescription, Fix } from '../../wire/fleet.ts'
import { OTHER } from '../../wire/groups.ts'
import type { Quote, SymbolDescription, Trade } from '../../wire/market.ts'
import type { DeviceEntry } from '../../wire/register.ts'
import type { RedisClient } from './redis-client.ts'

/**
 * Steps 2 and 3 after what `wf1_device` or `wf1_describe_device` answered. Returns the cell that the device is in, ''
 * for none.
 */
const placeDevice = async (redis: RedisClient, id: string, reply: unknown): Promise<string> => {
  const [, , , , newest, cell = '', from] = reply as string[]
  if (!newest || !cell) return ''
  const { t, n } = JSON.parse(newest) as Fix
  await call(redis, placeInCell(cell, [newest]))
  if (from) await call(redis, leaveCell(from, id, t, n, cell))
  return cell
}

/** A feed by hand: every call is made at once and awaited. */
export const createFeed = (redis: RedisClient) => ({
  describe: async (...symbols: string[]): Promise<void> => {
    for (const symbol of symbols) for (const each of describeSymbol(symbol, `${symbol} Inc.`)) await call(redis, each)
  },
  describeAs: async (symbol: string, { name, ...more }: SymbolDescription): Promise<void> => {
    for (const each of describeSymbol(symbol, name, more)) await call(redis, each)
  },
  /** In as many calls as it takes; answers what the last one answers: `[seq, epoch, accepted, repeats, ...refused]`. */
  market: async (symbol: string, trades: Trade[], quotes: Quote[] = []): Promise<unknown> => {
    const most = MOST_ITEMS - quotes.length
    let from = 0
    for (; from + most < trades.length; from += most)
      await call(redis, publishMarket(symbol, trades.slice(from, from + most), []))
    return call(redis, publishMarket(symbol, trades.slice(from), quotes))
  },
  register: (...devices: DeviceEntry[]): Promise<unknown> => call(redis, registerDevices(devices)),
  unregister: (...ids: string[]): Promise<unknown> => call(redis, unregisterDevices(ids)),
  /** Step 1 alone, for as many fixes as one call may hold. */
  device: (id: string, fixes: Fix[]): Promise<unknown> => call(redis, publishFixes(id, fixes)),
  /**
   * Describes a device and lists its group; answers the cell that the device is in, '' where it has reported nothing
   * yet.
   */
  describeDevice: async (id: string, description: DeviceDescription): Promise<string> => {
    const { attributes, group = OTHER, ...entry } = description
    if (description.group !== undefined) await call(redis, listGroup(description.group))
    const reply = await call(redis, describeDevice(id, description))
    await call(redis, registerDevices([{ id, group, ...entry }]))
    return placeDevice(redis, id, reply)
  },
  /** All three steps, and the register after a first fix; answers the cell that the device is in. */
  fix: async (fix: Fix): Promise<string> => {
    const reply = await call(redis, publishFixes(fix.id, [fix]))
    if (Number((reply as unknown[])[0]) === 1) await call(redis, registerDevices([{ id: fix.id }]))
    const cell = await placeDevice(redis, fix.id, reply)
    if (cell === '') throw new Error(`refused: ${JSON.stringify(fix)}`)
    return cell
  },
})

export type Feed = ReturnType<typeof createFeed>
