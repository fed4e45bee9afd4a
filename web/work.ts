import { batch, type ReadonlySignal } from '@preact/signals'
import type { FloorOptions } from './floor-parts.ts'
import type { Ground } from './ground.ts'
import type { createStream } from './socket/stream.ts'
import { createCommanding } from './state/commands/commanding.ts'
import { createDesk, type DeskPorts } from './state/desk/desk.ts'
import { NOTHING_KEPT, readerOf, startReading } from './state/desk/reading.ts'
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

/** What was written by a moment of the past. There is nothing to do in it. */
const createReading = (
  { people, steady, under }: FloorOptions,
  { prefs, ...ports }: DeskPorts,
  { ground: { api, now, place, pace, aims }, stores, stream, asleep }: WorkPorts,
) => {
  const desk = createDesk({
    ...{
      ...ports,
      prefs: { ...prefs, unsent: NOTHING_KEPT },
      stores: stores.deskStores,
      person: readerOf(people),
      api,
    },
    ...{ acts: stream.connection.acts, link: stores.link, place, pace, map: aims.seen, asleep, now, steady },
    ...{ move: () => {}, follow: under?.follow ?? undefined },
  })
  return { desk: { ...desk, start: () => startReading(desk) }, commands: null }
}

/** What people do with each other and with devices. */
const createDoing = (
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

export const createWork = (options: FloorOptions, desk: DeskPorts, ports: WorkPorts) =>
  ports.ground.past === null ? createDoing(options, desk, ports) : createReading(options, desk, ports)
