import type { z } from 'zod'
import type { Kind } from '../../wire/kinds/kind.ts'

/** Fields of a hash as they were asked for; null for each that is not there. */
export type Values = readonly (string | null)[]

/**
 * A text of the library as an object; null where it is none of that shape, which is logged. `part`: where it lies, the
 * state where it is left out.
 */
export type Readable<Part extends string> = (
  text: string | null | undefined,
  shape: z.ZodType,
  part?: Part,
) => object | null

/** How a state is read field by field, where the library's reader gave something that it never wrote. */
export type Salvage<Part extends string> = {
  /** Fields of the state's hash. */
  fields: readonly string[]
  /** A further hash that is read: the one field that the state's fields choose, or all of it. */
  part?: { name: Part; field?: (fields: Values) => string }
  /** The state, made of these fields, of what was read of the part, and of nothing that cannot be read. */
  state: (fields: Values, part: Values, readable: Readable<Part>) => object
}

/**
 * What a text must be. `known`: an expression for what the library writes, which is fast. `shape`: what is taken
 * besides, for a newer library may say more; a text that is none of both costs its topic a resync.
 */
type Texts = { known: string; shape: z.ZodType }

/**
 * What guests, who came by a share, see of a kind. `known`: an expression for updates that are theirs as they are, after
 * the head. `update`: what they see of any other, without its head. Fields that are not named here they do not see.
 */
type GuestTexts = { known: string; update(update: object): object; state(state: object): object }

/** What a node knows of a kind of topic. */
export type ServerKind<Of extends Kind = Kind, Part extends string = Of['parts'][number]> = {
  /** Its functions in the library: a file of Lua, or a folder of such files. */
  library: URL
  /** The library's function that reads a topic, and the parts that it is given. */
  reader: { name: string; parts: readonly Part[] }
  /** The part that updates are replayed from; null where none are. */
  log: Part | null
  /** An update's fields after the head. */
  update: Texts
  snapshot: Texts
  salvage: Salvage<Part>
  /** Left out where guests see all of it. */
  guests?: GuestTexts
}
