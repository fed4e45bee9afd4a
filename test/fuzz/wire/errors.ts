import { ERROR_CODES } from '../../../wire/protocol.ts'

/** What a program must never show of itself. */
export const LEAK = /\n {2,}at [^\n]*[:(]\d|node_modules|node:internal|TypeError|RangeError|ReferenceError|SyntaxError/

type Problem = { error?: { code?: unknown; message?: unknown } }

/** The code of a typed error; null where it is none. */
export const errorCode = (value: unknown): string | null => {
  const { error } = (value ?? {}) as Problem
  const isTyped = typeof error?.message === 'string' && Object.hasOwn(ERROR_CODES, String(error.code))
  return isTyped ? String(error?.code) : null
}
