import { applyMarket } from '../../../wire/candles.ts'
import { type CellSnapshot, type DeviceSnapshot, type Fix, isNewer } from '../../../wire/fleet.ts'
import type { SymbolSnapshot } from '../../../wire/market.ts'
import type { Snapshot, UpdateBody } from '../../../wire/protocol.ts'
import { type Topic, topicKind } from '../../../wire/topics.ts'

/**
 * What a topic's state comes to, in a form that can be compared: a symbol's snapshot but its description, the fixes of
 * a cell by device, a device's last fix.
 */
export type State = SymbolSnapshot | { [device: string]: Fix } | { last: Fix | null }

type Cell = { [device: string]: Fix }
type Device = { last: Fix | null }

export const stateOf = (topic: Topic, snapshot: Snapshot): State => {
  const kind = topicKind(topic)
  if (kind === 's') {
    const { last, quote, day, prev, candle } = snapshot as SymbolSnapshot
    return { last, quote, day, prev, candle }
  }
  if (kind === 'd') return { last: (snapshot as DeviceSnapshot).last }
  return Object.fromEntries((snapshot as CellSnapshot).fixes.map((fix) => [fix.id, fix]))
}

const applyCell = (state: Cell, { fixes = [], left = [] }: UpdateBody): Cell => {
  const next = { ...state }
  for (const fix of fixes) {
    const known = next[fix.id]
    if (!known || isNewer(fix, known)) next[fix.id] = fix
  }
  for (const gone of left) {
    const known = next[gone.id]
    if (known && !isNewer(known, gone)) delete next[gone.id]
  }
  return next
}

const applyDevice = ({ last }: Device, { fixes = [] }: UpdateBody): Device => ({
  last: fixes.reduce(
    (newest, fix) => (!fix.doubtful && (newest === null || isNewer(fix, newest)) ? fix : newest),
    last,
  ),
})

/** The state after one update, by the rules of `wire`. */
export const fold = (topic: Topic, state: State, update: UpdateBody): State => {
  const kind = topicKind(topic)
  if (kind === 's') return applyMarket(state as SymbolSnapshot, update)
  return kind === 'c' ? applyCell(state as Cell, update) : applyDevice(state as Device, update)
}
