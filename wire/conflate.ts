import { foldTrade, intervalStart, mergeCandles, newestTrade } from './candles.ts'
import type { Command } from './commands.ts'
import { type CellUpdate, type DeviceUpdate, type Fix, isNewer, type Left } from './fleet.ts'
import { type Candle, MINUTE, type SymbolUpdate, type Trade } from './market.ts'
import type { DeviceEntry, RegisterUpdate } from './register.ts'

/**
 * Updates of one symbol, in order, as one: the newest quote, the newest trade, and the candles of all trades. In the
 * past an update may be candles already, of minutes whose trades are not kept.
 */
export const conflateMarket = (updates: readonly SymbolUpdate[]): SymbolUpdate => {
  const candles = new Map<number, Candle>()
  let last: Trade | null = null
  let merged: SymbolUpdate = {}
  for (const { trades = [], candles: told = [], last: newest, quote } of updates) {
    if (quote) merged = { quote }
    for (const candle of told) {
      const before = candles.get(candle.t)
      candles.set(candle.t, before ? mergeCandles(before, candle) : candle)
    }
    if (newest) last = newestTrade(last, newest)
    for (const trade of trades) {
      const minute = intervalStart(trade.t, MINUTE)
      candles.set(minute, foldTrade(candles.get(minute) ?? null, trade, MINUTE))
      last = newestTrade(last, trade)
    }
  }
  if (last) merged = { ...merged, candles: [...candles.values()], last }
  return merged
}

/** Updates of one cell, in order, as one: each device's newest fix, or that it left. */
export const conflateCell = (updates: readonly CellUpdate[]): CellUpdate => {
  const fixes = new Map<string, Fix>()
  const left = new Map<string, Left>()
  for (const update of updates) {
    for (const fix of update.fixes ?? []) {
      fixes.set(fix.id, fix)
      left.delete(fix.id)
    }
    for (const gone of update.left ?? []) {
      fixes.delete(gone.id)
      left.set(gone.id, gone)
    }
  }
  return {
    ...(fixes.size > 0 && { fixes: [...fixes.values()] }),
    ...(left.size > 0 && { left: [...left.values()] }),
  }
}

/** Updates of the register, in order, as one: what became of each device last. */
export const conflateRegister = (updates: readonly RegisterUpdate[]): RegisterUpdate => {
  const devices = new Map<string, DeviceEntry>()
  const gone = new Set<string>()
  for (const update of updates) {
    for (const entry of update.devices ?? []) {
      devices.set(entry.id, entry)
      gone.delete(entry.id)
    }
    for (const id of update.gone ?? []) {
      devices.delete(id)
      gone.add(id)
    }
  }
  return {
    ...(devices.size > 0 && { devices: [...devices.values()] }),
    ...(gone.size > 0 && { gone: [...gone] }),
  }
}

const newestOf = (fixes: readonly Fix[]): Fix[] =>
  fixes.length === 0 ? [] : [fixes.reduce((newest, fix) => (isNewer(fix, newest) ? fix : newest))]

/** A doubtful fix says nothing of where the device is: it stands only where all are. */
const lastFix = (fixes: readonly Fix[]): Fix[] => {
  const certain = fixes.filter(({ doubtful }) => !doubtful)
  return newestOf(certain.length > 0 ? certain : fixes)
}

/** Updates of one device, in order, as one: its newest fix, and all else as it is last. */
export const conflateDevice = (updates: readonly DeviceUpdate[]): DeviceUpdate => {
  const fixes = lastFix(updates.flatMap((update) => update.fixes ?? []))
  const commands = new Map<string, Command>()
  for (const update of updates) for (const command of update.commands ?? []) commands.set(command.id, command)
  const life = updates.findLast((update) => update.life)?.life
  const keyed = updates.findLast((update) => update.keyed)?.keyed
  return {
    ...(fixes.length > 0 && { fixes }),
    ...(life && { life }),
    ...(commands.size > 0 && { commands: [...commands.values()] }),
    ...(keyed !== undefined && { keyed }),
  }
}
