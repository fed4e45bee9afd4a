/**
 * Pieces of the expressions by which texts of the function library are known. What it writes has always the same order
 * and no blanks, so an expression knows it at a tenth of what it would cost to parse.
 */
export const NUMBER = String.raw`-?(?:0|[1-9]\d{0,17})(?:\.\d{1,20})?(?:[eE][-+]?\d\d)?`
const WHOLE = String.raw`[1-9]\d{0,15}`
/** A text without escapes, such as names are. */
export const NAME = String.raw`"[^"\\\x00-\x1f]*"`
export const TEXT = String.raw`"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"`

export const orNull = (pattern: string): string => `(?:null|${pattern})`
export const maybe = (pattern: string): string => `(?:${pattern})?`
export const many = (pattern: string): string => String.raw`\[${pattern}(?:,${pattern})*\]`
/** The same, or none. */
export const any = (pattern: string): string => String.raw`\[(?:${pattern}(?:,${pattern})*)?\]`
/** An object with these fields, in this order; those with a `?` may lack. */
export const object = (fields: Record<string, string>): string => {
  const parts = Object.entries(fields).map(([name, pattern], i) => {
    const field = `${i > 0 ? ',' : ''}"${name.replace('?', '')}":${pattern}`
    return name.endsWith('?') ? maybe(field) : field
  })
  return String.raw`\{${parts.join('')}\}`
}

const HEAD = String.raw`\{"topic":${NAME},"epoch":${NAME},"seq":${WHOLE}(?:,"after":(?:0|${WHOLE}))?,"at":${NUMBER},`

/** Expressions for a whole text: an update whose fields after the head are these, and a state. */
export const wholeUpdate = (body: string): RegExp => new RegExp(`^${HEAD}${body}${String.raw`\}`}$`)
export const wholeState = (state: string): RegExp => new RegExp(`^${state}$`)
