import { access } from './access.ts'
import { cell } from './cell.ts'
import { device } from './device.ts'
import { patternOf } from './id.ts'
import { inbox } from './inbox.ts'
import type { Kind } from './kind.ts'
import { order } from './order.ts'
import { presence } from './presence.ts'
import { register } from './register.ts'
import { room } from './room.ts'
import { screen } from './screen.ts'
import { symbol } from './symbol.ts'

/** All kinds of topics, by their letters. */
export const KINDS = {
  [access.letter]: access,
  [symbol.letter]: symbol,
  [cell.letter]: cell,
  [device.letter]: device,
  [register.letter]: register,
  [room.letter]: room,
  [inbox.letter]: inbox,
  [presence.letter]: presence,
  [screen.letter]: screen,
  [order.letter]: order,
} as const satisfies Record<string, Kind>

export type TopicKind = keyof typeof KINDS
type Known = (typeof KINDS)[TopicKind]
export type Part = Known['parts'][number]
export type Snapshot = Known['empty']
/** What an update of any kind may say. */
export type UpdateBody = AllOf<ReturnType<Known['conflate']>>
type AllOf<T> = (T extends unknown ? (one: Partial<T>) => void : never) extends (all: infer All) => void ? All : never

/** `pattern`: that of its ids, null where they are names. */
type Entry = { kind: Kind; pattern: RegExp | null }
const known = new Map<string, Entry>()

/** Makes a kind known to this process, before it parses the first topic of it. Those of {@link KINDS} are. */
export const addKind = (kind: Kind): void => {
  known.set(kind.letter, { kind, pattern: kind.id === 'name' ? null : patternOf(kind.id) })
}
for (const kind of Object.values(KINDS)) addKind(kind)

export const allKinds = (): Kind[] => Array.from(known.values(), ({ kind }) => kind)
export const kindAt = (letter: string): Entry | undefined => known.get(letter)
