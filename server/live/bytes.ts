/** JSON travels through a node as bytes in a string (latin1), so that it need not be decoded and encoded on its way. */

/** Bytes in a string as text. */
export const toText = (bytes: string): string => Buffer.from(bytes, 'latin1').toString()

/** The value of JSON that is bytes in a string. */
export const parseBytes = <T>(bytes: string): T => JSON.parse(toText(bytes)) as T

/** A text as bytes in a string; no other text where all of it is ASCII. */
export const asBytes = (text: string): string => Buffer.from(text).toString('latin1')

/** A value as JSON, as bytes in a string. */
export const toBytes = (value: unknown): string => asBytes(JSON.stringify(value))

/** A value whose JSON is written already; `value` holds as much of it as is of use here. */
export class Written<T> {
  readonly value: T
  readonly text: string

  constructor(value: T, text: string) {
    this.value = value
    this.text = text
  }

  toJSON(): unknown {
    return JSON.parse(this.text)
  }
}
