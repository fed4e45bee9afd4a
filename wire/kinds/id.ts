/**
 * A piece of an id: `least` to `most` letters of a class, which is written as between the brackets of a regular
 * expression. A pattern of Lua reads it the same way, as long as it has ranges and plain letters only: no `%`, `\`, `]`
 * or `^`, and a `-` comes last.
 */
export type Piece = { letters: string; least: number; most: number }

/**
 * How the ids of a kind are written: any name (`isName` of topics.ts), or pieces one after the other. A piece takes as
 * many letters as it may, so a piece whose length varies must not be followed by one of its own letters.
 */
export type IdShape = 'name' | readonly Piece[]

export const exactly = (count: number, letters: string): Piece => ({ letters, least: count, most: count })

const quantifier = ({ least, most }: Piece): string => {
  if (least !== most) return `{${least},${most}}`
  return least === 1 ? '' : `{${least}}`
}

/** The pieces as a regular expression of a whole id. The function library checks the same (library/1-topic.lua). */
export const patternOf = (pieces: readonly Piece[]): RegExp =>
  new RegExp(`^${pieces.map((piece) => `[${piece.letters}]${quantifier(piece)}`).join('')}$`)
