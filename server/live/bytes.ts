/** JSON travels through a node as bytes in a string (latin1), so that it need not be decoded and encoded on its way. */

/** The value of JSON that is bytes in a string. */
export const parseBytes = <T>(bytes: string): T => JSON.parse(Buffer.from(bytes, 'latin1').toString()) as T

/** A value as JSON, as bytes in a string. */
export const toBytes = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('latin1')
