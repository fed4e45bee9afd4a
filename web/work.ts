import { batch, type ReadonlySignal } from '@preact/signals'
import type { FloorOptions } from './floor-parts.ts'
import type { Ground } from './ground.ts'
import type { createStream } from './socket/stream.ts'
import { createCommanding } from './state/commands/commanding.ts'
import { createDesk, type DeskPorts } from './state/desk/desk.ts'
import { parseScreen } from './state/desk/screen-place.ts'
import type { Place } from './state/place.ts'
import type { createStores } from './state/stores.ts'

type WorkPorts = {
  ground: Ground
  stores: ReturnType<typeof createStores>
  stream: ReturnType<typeof createStream>
  set: (change: Partial<Place>) => void
  asleep: ReadonlySignal<boolean>
}

/** What people do with each other and with devices. */
export const createWork = (
  { people, prefs, steady }: FloorOptions,
  ports: DeskPorts,
  { ground: { api, now, place, pace, aims }, stores, stream, set, asleep }: WorkPorts,
) => {
  const { acts } = stream.connection
  const { link } = stores
  /** To a colleague's screen. */
  const move = (address: string): void => {
    const screen = parseScreen(address, place.peek())
    batch(() => {
      place.value = screen.place
      pace.value = screen.speed
    })
    if (screen.map !== null) aims.map.value = screen.map
  }
  return {
    desk: createDesk({
      ...{ ...ports, stores: stores.deskStores, person: people, acts, api, link, place, pace },
      ...{ map: aims.seen, asleep, move, now, steady },
    }),
    commands: createCommanding({
      ...{ acts, calls: people.calls, me: people.me, place, go: set, link },
      ...{ orders: stores.orders, selected: stores.selection.selected, kept: prefs.orders },
      ...{ newId: ports.newId, now },
    }),
  }
}
