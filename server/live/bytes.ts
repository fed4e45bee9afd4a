/** JSON travels through a node as bytes in a string (latin1), so that it need not be decoded and encoded on its way. */

/** The value of JSON that is bytes in a string. */
export const parseBytes = <T>(bytes: string): T => JSON.parse(Buffer.from(bytes, 'latin1').toString()) as T

/** A text as bytes in a string; no other text where all of it is ASCII. */
export const asBytes = (text: string): string => Buffer.from(text).toString('latin1')

/** A value as JSON, as bytes in a string. */
export const toBytes = (value: unknown): string => asBytes(JSON.stringify(value))
