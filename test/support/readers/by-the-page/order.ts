import { type Cursor, type Segment, standing } from '../../../../docs/client.ts'

// As all of this folder, from docs/protocol.md alone: its words, and the code that it shows. Nothing of the project's
// own.

/** Something that updates are applied to, and where it stands. */
export type Place = { cursor: Cursor }

/** Applies an update where it comes next; false where something before it is missing. */
export const follow = (place: Place, update: Segment, apply: () => void): boolean => {
  const stands = standing(place.cursor, update)
  if (stands === 'next') {
    apply()
    place.cursor = { epoch: update.epoch, seq: update.seq }
  }
  return stands !== 'gap'
}

/** From where to ask, so that all of them are led on: the lowest; nowhere, where they are of different lives. */
export const lowest = (places: readonly Place[]): Cursor | null => {
  const [first, ...rest] = places.map(({ cursor }) => cursor)
  if (first === undefined || rest.some(({ epoch }) => epoch !== first.epoch)) return null
  return rest.reduce((low, cursor) => (cursor.seq < low.seq ? cursor : low), first)
}

/** What a client makes of one topic. */
export type Subject = {
  topic: string
  /** Where it stands, as heartbeats are compared with; null: nothing is known yet. */
  stands: () => Cursor | null
  /** From where to ask; null: for everything. */
  asksFrom: () => Cursor | null
  /** Its state anew. */
  begin: (cursor: Cursor, snapshot: unknown) => void
  /** One update; false where the topic has to be asked for again. */
  take: (update: Segment) => boolean
}
