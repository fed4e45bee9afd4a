import { isName, MAX_NAME_BYTES } from '../wire/topics.ts'

/** What a person can mend, in one line. */
export class Mistake extends Error {}

export type Range = { least: number; most: number; whole?: boolean }

export const numberFlag = (flag: string, text: string, { least, most, whole }: Range): number => {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value
  throw new Mistake(`--${flag} takes a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not "${text}"`)
}

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A span of time such as `10s`, `90m`, `24h` or `2d` in milliseconds; NaN where it is none. */
export const spanOf = (text: string): number => {
  const [, digits = '', unit = ''] = /^(\d{1,5})([smhd])$/.exec(text) ?? []
  return Number(digits || Number.NaN) * (UNITS[unit] ?? Number.NaN)
}

export const nameFlag = (flag: string, text: string | undefined, like: string): string | null => {
  if (text === undefined) return null
  if (isName(text)) return text
  const rule = `of at most ${MAX_NAME_BYTES} bytes and without braces, quotation marks and backslashes`
  throw new Mistake(`--${flag} takes a name like ${like}, ${rule}, not "${text}"`)
}
