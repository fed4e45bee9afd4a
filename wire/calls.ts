import { checkSymbol } from './descriptions.ts'
import type { DeviceDescription, Fix } from './fleet.ts'
import { GROUPS_KEY, OTHER } from './groups.ts'
import type { Quote, SymbolDescription, Trade } from './market.ts'
import type { DeviceEntry } from './register.ts'
import { cellTopic, deviceTopic, REGISTER, SYMBOLS_KEY, symbolTopic, topicKey, topicKeys } from './topics.ts'

/**
 * The calls by which feeds write: `FCALL name <number of keys> keys... args...`. Here they are built; what they do and
 * answer stands in the function library (server/redis/library). A feed in any other language makes the same calls.
 * Their keys are all that they may touch, so that a Cluster in which a slot is moving can tell whether it has them all.
 */
export type Call = { name: string; keys: string[]; args: (string | number)[] }

/** Trades and quotes, or fixes, that one call may hold; more are refused, with the whole call (`WFARG`). */
export const MOST_ITEMS = 200
/** The same for fixes that are placed in a cell. */
export const MOST_PLACED = 500

/**
 * Describes a symbol, so that it can be found and watched before its first trade. Two calls: the topic's and the list's
 * slot. What is wrong in the description is left out. With nothing but the name, what was described before besides
 * stays.
 */
export const describeSymbol = (symbol: string, name: string, more: Omit<SymbolDescription, 'name'> = {}): Call[] => {
  const { sound } = checkSymbol(more)
  const described = Object.keys(sound).length > 0 ? [JSON.stringify(sound)] : []
  return [
    { name: 'wf1_describe', keys: [topicKey(symbolTopic(symbol))], args: [name, ...described] },
    { name: 'wf1_list', keys: [SYMBOLS_KEY], args: [symbol, name] },
  ]
}

/**
 * Publishes trades and quotes of one symbol as one update. Returns `[seq, epoch, accepted, repeats, ...refused]`, each
 * refused as `"<place>:<reason>"`, where the place counts trades first, then quotes, from 0. The reason `old` is no
 * fault of the item: it is older than all that the topic keeps, so that nobody can tell whether it came before, and no
 * candle or track could hold it.
 */
export const publishMarket = (symbol: string, trades: readonly Trade[], quotes: readonly Quote[]): Call => {
  const args: (string | number)[] = []
  for (const { id, t, price, size, side } of trades) args.push('T', id, t, price, size, side ?? '')
  for (const { t, bid, bidSize, ask, askSize } of quotes) args.push('Q', t, bid ?? '', bidSize, ask ?? '', askSize)
  return { name: 'wf1_market', keys: topicKeys(symbolTopic(symbol)), args }
}

/** The keys of a device that calls about its fixes name. Those about its commands name two more. */
export const deviceKeys = (id: string): string[] => topicKeys(deviceTopic(id)).slice(0, 4)

const plainFix = ({ n, t, lat, lon, speed, heading, battery, route }: Fix): (string | number)[] => [
  n,
  t,
  lat,
  lon,
  speed ?? '',
  heading ?? '',
  battery ?? '',
  route ?? '',
]
const isPlain = ({ parked, readings }: Fix): boolean => parked === undefined && readings === undefined
const wholeFix = (fix: Fix): (string | number)[] => [
  ...plainFix(fix),
  fix.parked ? '1' : '',
  fix.readings ? JSON.stringify(fix.readings) : '',
]

/**
 * Step 1 of a fix, in the device's slot: stores fixes of one device, newest decides. Returns `[seq, epoch, accepted,
 * repeats, fix, cell, from, ...refused]`: `fix` is the device's newest as JSON, `cell` where it is, `from` the cell to
 * clear of it ('' for none). Steps 2 and 3 follow from that answer, also when all was repeats (a retry).
 */
export const publishFixes = (id: string, fixes: readonly Fix[]): Call =>
  fixes.every(isPlain)
    ? { name: 'wf1_device', keys: deviceKeys(id), args: fixes.flatMap(plainFix) }
    : { name: 'wf2_device', keys: deviceKeys(id), args: fixes.flatMap(wholeFix) }

/**
 * Says what a device is called and which group it belongs to. Where the group changes, the device moves into that
 * group's cell: the call answers as {@link publishFixes} does, and steps 2 and 3 follow.
 */
export const describeDevice = (id: string, { name, group, category, attributes }: DeviceDescription): Call => ({
  name: 'wf1_describe_device',
  keys: deviceKeys(id),
  args: [name ?? '', group ?? OTHER, category ?? '', attributes ? JSON.stringify(attributes) : ''],
})

/** Lists a group, in the list's own slot: views that name no groups cover those that are listed. */
export const listGroup = (group: string): Call => ({ name: 'wf1_list_group', keys: [GROUPS_KEY], args: [group] })

/**
 * Step 2, in the new cell's slot: places devices in a cell, by the fixes (JSON) that step 1 answered. Returns `[seq,
 * epoch, accepted]`.
 */
export const placeInCell = (cell: string, fixes: readonly string[]): Call => ({
  name: 'wf1_place',
  keys: topicKeys(cellTopic(cell)),
  args: [...fixes],
})

/**
 * Step 3, in the old cell's slot: takes a device out unless it has come back since the fix `{t, n}`; `to` is the cell
 * it went to, '' for nowhere. Returns `[seq, epoch, accepted]`.
 */
export const leaveCell = (cell: string, id: string, t: number, n: number, to: string): Call => ({
  name: 'wf1_leave',
  keys: topicKeys(cellTopic(cell)),
  args: [id, t, n, to],
})

/** Devices that one call may register or mark as reaped. */
export const MOST_LISTED = 100

/**
 * Puts devices into the register, in its own slot: after a device's first fix (step 1 answers number 1) with its id
 * alone, which leaves what the register knows of it, and with what it is called after it was described. Harmless to
 * repeat. Returns `[seq, epoch, changed]`.
 */
export const registerDevices = (entries: readonly DeviceEntry[]): Call => ({
  name: 'wf1_register',
  keys: topicKeys(REGISTER),
  args: entries.flatMap(({ id, name = '', group = '', category = '' }) => [id, name, group, category]),
})

/** Marks devices in the register that were reaped; any fix brings them back. Returns `[seq, epoch, changed]`. */
export const unregisterDevices = (ids: readonly string[]): Call => ({
  name: 'wf1_unregister',
  keys: topicKeys(REGISTER),
  args: [...ids],
})
