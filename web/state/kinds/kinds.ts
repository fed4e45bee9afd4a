import type { KINDS, TopicKind } from '../../../wire/kinds/kinds.ts'
import type { Chart } from '../chart.ts'
import type { Fleet } from '../fleet.ts'
import type { Market } from '../market.ts'
import type { Selection } from '../selection.ts'
import { cellStore } from './cell.ts'
import { deviceStore } from './device.ts'
import type { KindStore } from './kind-store.ts'
import { symbolStore } from './symbol.ts'

/** null: no screen shows this kind. */
export type KindStores = { [K in TopicKind]: KindStore<(typeof KINDS)[K]['empty']> | null }

/** What the dashboard does with each kind of topic. A new kind is a file beside this one and a line here. */
export const createKindStores = (stores: { market: Market; chart: Chart; fleet: Fleet; selection: Selection }) =>
  ({ s: symbolStore(stores), c: cellStore(stores), d: deviceStore(stores), r: null }) satisfies KindStores
