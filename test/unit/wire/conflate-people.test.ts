import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inbox } from '../../../wire/kinds/inbox.ts'
import { presence } from '../../../wire/kinds/presence.ts'
import { room } from '../../../wire/kinds/room.ts'
import { screen } from '../../../wire/kinds/screen.ts'
import type {
  InboxItem,
  InboxUpdate,
  Message,
  Presence,
  PresenceUpdate,
  RoomUpdate,
  ScreenUpdate,
} from '../../../wire/rooms.ts'

/** What somebody knows after updates: everything by its name, as it was told last. */
type Known = Record<string, unknown>
const ann = { id: 'ann', name: 'Ann' }
const text = fc.string({ maxLength: 3 })
const numbers = fc.integer({ min: 1, max: 5 })

const message: fc.Arbitrary<Message> = fc.record({ n: numbers, t: fc.nat(9), by: fc.constant(ann), text })
const roomUpdate: fc.Arbitrary<RoomUpdate> = fc.oneof(
  fc.record({ messages: fc.array(message, { minLength: 1, maxLength: 3 }) }),
  fc.record({ typing: fc.array(fc.constantFrom(ann, { id: 'bob', name: 'Bob' }), { maxLength: 2 }) }),
)
const item: fc.Arbitrary<InboxItem> = fc.record({
  n: numbers,
  id: text,
  t: fc.nat(9),
  kind: fc.constantFrom('mention', 'announcement'),
  room: fc.constant('m:desk'),
  message: numbers,
  from: fc.constant(ann),
  text,
})
const inboxUpdate: fc.Arbitrary<InboxUpdate> = fc.record(
  {
    items: fc.array(item, { minLength: 1, maxLength: 3 }),
    read: fc.dictionary(fc.constantFrom('m:a', 'm:b'), numbers),
  },
  { requiredKeys: [] },
)
const handle = fc.constantFrom('ann', 'bob', 'eve')
const person: fc.Arbitrary<Presence> = fc.record({ id: handle, name: text, since: fc.nat(9) })
const presenceUpdate: fc.Arbitrary<PresenceUpdate> = fc
  .record(
    { here: fc.uniqueArray(person, { selector: ({ id }) => id }), gone: fc.uniqueArray(handle) },
    { requiredKeys: [] },
  )
  // Nobody comes and goes in one update.
  .map(({ here = [], gone = [] }) => ({ here, gone: gone.filter((id) => !here.some((one) => one.id === id)) }))
const screenUpdate: fc.Arbitrary<ScreenUpdate> = fc.record({
  screen: fc.option(fc.record({ t: fc.nat(9), place: text }), { nil: null }),
})

const foldRoom = (known: Known, { messages = [], typing = [] }: RoomUpdate): Known => ({
  ...known,
  ...Object.fromEntries(messages.map((one) => [one.n, one])),
  ...Object.fromEntries(typing.map((one) => [one.id, one])),
})
const foldInbox = (known: Known, { items = [], read = {} }: InboxUpdate): Known => ({
  ...known,
  ...Object.fromEntries(items.map((one) => [one.n, one])),
  ...read,
})
const foldPresence = (known: Known, { here = [], gone = [] }: PresenceUpdate): Known => {
  const next = { ...known, ...Object.fromEntries(here.map((one) => [one.id, one])) }
  for (const id of gone) delete next[id]
  return next
}
const foldScreen = (_known: Known, update: ScreenUpdate): Known => ({ ...update })

const asOne = <Update extends object>(
  update: fc.Arbitrary<Update>,
  fold: (known: Known, update: Update) => Known,
  conflate: (updates: readonly Update[]) => Update,
): void =>
  fc.assert(
    fc.property(fc.array(update, { minLength: 1, maxLength: 8 }), fc.array(update), (updates, before) => {
      const known = before.reduce(fold, {})
      expect(fold(known, conflate(updates))).toEqual(updates.reduce(fold, known))
    }),
    { numRuns: 500 },
  )

it('updates of a room, an inbox, presence and a screen lead as one to where they lead one by one', () => {
  asOne(roomUpdate, foldRoom, room.conflate)
  asOne(inboxUpdate, foldInbox, inbox.conflate)
  asOne(presenceUpdate, foldPresence, presence.conflate)
  asOne(screenUpdate, foldScreen, screen.conflate)
})

it('keeps messages and items in the order of their numbers', () => {
  const by = (n: number, t: number) => ({ n, t, by: ann, text: '' })
  expect(room.conflate([{ messages: [by(2, 1)] }, { messages: [by(1, 1), by(2, 2)] }])).toEqual({
    messages: [by(1, 1), by(2, 2)],
  })
})
