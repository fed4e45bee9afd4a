import type { CellSnapshot, DeviceSnapshot } from '../../wire/fleet.ts'
import type { SymbolSnapshot } from '../../wire/market.ts'
import type { TopicKind } from '../../wire/topics.ts'
import type { Chart } from './chart.ts'
import type { Fleet } from './fleet.ts'
import { cellKind } from './kinds/cell.ts'
import { deviceKind } from './kinds/device.ts'
import type { Kind } from './kinds/kind.ts'
import { symbolKind } from './kinds/symbol.ts'
import type { Market } from './market.ts'
import type { Selection } from './selection.ts'

type Snapshots = { s: SymbolSnapshot; c: CellSnapshot; d: DeviceSnapshot }
export type Kinds = { [K in TopicKind]: Kind<Snapshots[K]> }

/** Every kind of topic, and what the stores do with it. A new kind is a file in kinds/ and a line here. */
export const createKinds = (stores: { market: Market; chart: Chart; fleet: Fleet; selection: Selection }) =>
  ({
    s: symbolKind(stores),
    c: cellKind(stores),
    d: deviceKind(stores),
  }) satisfies Kinds
