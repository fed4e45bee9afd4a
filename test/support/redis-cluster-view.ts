import type { Member } from './redis-member.ts'

/** What a server of a cluster says of itself. */
export type Part = {
  member: Member
  id: string
  isPrimary: boolean
  /** Of two that claim a slot the one with the higher epoch owns it. */
  epoch: number
  /** Ranges of slots, both ends included. */
  slots: [first: number, last: number][]
}

/** `<id> <ip:port@cport> <flags> <primary> <ping> <pong> <epoch> <link> <slot> <slot> ...`. Source: CLUSTER NODES. */
const MYSELF = /^(\w+) \S+ \S*myself,(\w+)\S* \S+ \d+ \d+ (\d+) \S+ ?(.*)$/m

/** Asks one server; null where it is gone or hangs. Slots on the move (`[93-<-...]`) are their owner's still. */
const lookAt = async (member: Member): Promise<Part | null> => {
  const [, id, role, epoch, slots] = MYSELF.exec(await member.ask('CLUSTER NODES')) ?? []
  if (id === undefined) return null
  const ranges = (slots ?? '').split(/\s+/).filter((text) => /^\d/.test(text))
  return {
    member,
    id,
    isPrimary: role === 'master',
    epoch: Number(epoch),
    slots: ranges.map((range) => {
      const [first = Number.NaN, last = first] = range.split('-').map(Number)
      return [first, last]
    }),
  }
}

/** All that answer. */
export const lookAround = async (members: readonly Member[]): Promise<Part[]> =>
  (await Promise.all(members.map(lookAt))).filter((part) => part !== null)

const holds = (slot: number, { slots }: Part): boolean => slots.some(([first, last]) => first <= slot && slot <= last)

/** Who serves a slot; null where nobody does: its primary is gone and no replica has taken over yet. */
export const ownerOf = (slot: number, parts: readonly Part[]): Part | null =>
  parts
    .filter((part) => part.isPrimary && holds(slot, part))
    .reduce<Part | null>((best, part) => (best && best.epoch >= part.epoch ? best : part), null)

/** The primaries that serve at least one slot. */
export const servingParts = (parts: readonly Part[]): Part[] =>
  parts.filter((part) => part.slots.some(([first]) => ownerOf(first, parts) === part))
