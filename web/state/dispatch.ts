import { cellOf, groupOfCell } from '../../wire/cells.ts'
import type { CellSnapshot, DeviceSnapshot, Fix } from '../../wire/fleet.ts'
import type { SymbolSnapshot } from '../../wire/market.ts'
import { topicId, topicKind } from '../../wire/topics.ts'
import type { Chart } from './chart.ts'
import type { Fleet } from './fleet.ts'
import type { Link } from './link.ts'
import type { Market } from './market.ts'
import type { Selection } from './track.ts'
import type { Emit, WatchEvent } from './watch.ts'

export type Stores = {
  market: Market
  chart: Chart
  fleet: Fleet
  selection: Selection
  link: Link
  now: () => number
  steady: () => number
}

/** The cell that a device is in with a fix: the one of its group, which its last cell tells. */
const cellAfter = ({ lat, lon }: Fix, before: string | null): string =>
  before ? cellOf(lat, lon, groupOfCell(before)) : cellOf(lat, lon)

/** Hands each event of a watched topic to the stores that it concerns. */
export const createDispatch = ({ market, chart, fleet, selection, link, now, steady }: Stores): Emit => {
  const times = () => ({ steady: steady(), now: now(), serverNow: link.clock.serverTime(now()) })

  const snapshot = ({ topic, cursor, snapshot }: Extract<WatchEvent, { kind: 'snapshot' }>): void => {
    const id = topicId(topic)
    const kind = topicKind(topic)
    const at = times()
    if (kind === 'c') fleet.snapshot(id, snapshot as CellSnapshot, at)
    else if (kind === 'd') selection.snapshot(id, snapshot as DeviceSnapshot, at.now, at.serverNow)
    else {
      market.snapshot(id, snapshot as SymbolSnapshot, at.now, at.serverNow)
      chart.snapshot(id, cursor)
    }
  }

  const update = ({ update }: Extract<WatchEvent, { kind: 'update' }>): void => {
    const id = topicId(update.topic)
    const kind = topicKind(update.topic)
    const at = times()
    // A replayed update was published before it arrives: nobody was heard just now.
    const heardAt = at.now - Math.max(0, at.serverNow - update.at)
    if (kind === 'c') fleet.update(id, update, { steady: at.steady, now: heardAt })
    else if (kind === 'd') selection.update(id, update.fixes ?? [], cellAfter, heardAt)
    else {
      market.update(id, update, heardAt)
      chart.update(id, update)
    }
  }

  return (event) => {
    if (event.kind === 'update') update(event)
    else if (event.kind === 'snapshot') snapshot(event)
    else if (event.kind === 'gap') {
      link.gap(event.gap)
      if (topicKind(event.gap.topic) === 's') market.gap(topicId(event.gap.topic), now())
    } else if (event.kind === 'refused' && event.error.code !== 'unavailable') {
      if (topicKind(event.topic) === 's') market.refuse(topicId(event.topic), event.error.message)
      if (topicKind(event.topic) === 'd') selection.refuse(topicId(event.topic), event.error.message)
    }
  }
}
