import type { KINDS, TopicKind } from '../../../wire/kinds/kinds.ts'
import type { Chart } from '../chart.ts'
import type { DeskStores } from '../desk/stores.ts'
import type { Fleet } from '../fleet.ts'
import type { Groups } from '../groups.ts'
import type { Market } from '../market.ts'
import type { Orders } from '../orders.ts'
import type { Selection } from '../selection.ts'
import { cellStore } from './cell.ts'
import { deviceStore } from './device.ts'
import { inboxStore } from './inbox.ts'
import type { KindStore } from './kind-store.ts'
import { orderStore } from './order.ts'
import { presenceStore } from './presence.ts'
import { registerStore } from './register.ts'
import { roomStore } from './room.ts'
import { screenStore } from './screen.ts'
import { symbolStore } from './symbol.ts'

export type KindStores = { [K in TopicKind]: KindStore<(typeof KINDS)[K]['empty']> }

/** Browsers never get it: what is taken back is between nodes. */
const NOTHING: KindStore<(typeof KINDS)['a']['empty']> = {
  snapshot: () => {},
  update: () => {},
  gap: () => {},
  refused: () => {},
}

/** What the dashboard does with each kind of topic. A new kind is a file beside this one and a line here. */
export const createKindStores = (stores: {
  market: Market
  chart: Chart
  fleet: Fleet
  groups: Groups
  selection: Selection
  orders: Orders
  deskStores: DeskStores
}) =>
  ({
    a: NOTHING,
    s: symbolStore(stores),
    c: cellStore(stores),
    d: deviceStore(stores),
    r: registerStore(stores),
    m: roomStore(stores.deskStores),
    i: inboxStore(stores.deskStores),
    p: presenceStore(stores.deskStores),
    v: screenStore(stores.deskStores),
    o: orderStore(stores),
  }) satisfies KindStores
