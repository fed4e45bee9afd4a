import type { Signal } from '@preact/signals'
import type { FloorOptions } from './floor.ts'
import type { createStream } from './socket/stream.ts'
import { createCommanding } from './state/commands/commanding.ts'
import { createDesk, type DeskPorts } from './state/desk/desk.ts'
import { parseScreen } from './state/desk/screen-place.ts'
import type { Place } from './state/place.ts'
import type { createStores } from './state/stores.ts'

type WorkPorts = {
  stores: ReturnType<typeof createStores>
  stream: ReturnType<typeof createStream>
  place: Signal<Place>
  set: (change: Partial<Place>) => void
  asleep: Signal<boolean>
}

/** What people do with each other and with devices. */
export const createWork = (
  { api, people, prefs, now, steady }: FloorOptions,
  ports: DeskPorts,
  { stores, stream, place, set, asleep }: WorkPorts,
) => {
  const { acts } = stream.connection
  const { link } = stores
  /** To a colleague's screen. */
  const move = (address: string): void => {
    const screen = parseScreen(address, place.peek())
    place.value = screen.place
    if (screen.map !== null) stores.aims.map.value = screen.map
  }
  return {
    desk: createDesk({
      ...{ ...ports, stores: stores.deskStores, person: people, acts, api, link, place },
      ...{ map: stores.aims.seen, asleep, move, now, steady },
    }),
    commands: createCommanding({
      ...{ acts, calls: people.calls, me: people.me, place, go: set, link },
      ...{ orders: stores.orders, selected: stores.selection.selected, kept: prefs.orders },
      ...{ newId: ports.newId, now },
    }),
  }
}
