import type { Cursor } from '../../wire/protocol.ts'
import { byPieces, type Work } from '../pieces.ts'

/**
 * A body as text, of a topic as of a cursor. `partial`: what the archive has could not be read, so that it is right for
 * this once only.
 */
export type Written = { cursor: Cursor; text: string; partial: boolean }

/** Rows that are written in one piece of work: half a millisecond. */
const AT_ONCE = 200

/** An object of these fields as JSON, the list `name` among them, which is written in pieces. */
export const writeList = async <T>(
  fields: object,
  name: string,
  items: readonly T[],
  work: Work,
  textOf: (item: T) => string = (item) => JSON.stringify(item),
): Promise<string> => {
  const texts = await byPieces(items, AT_ONCE, work, textOf)
  const others = JSON.stringify(fields).slice(1, -1)
  return `{${others}${others && ','}"${name}":[${texts.join(',')}]}`
}
