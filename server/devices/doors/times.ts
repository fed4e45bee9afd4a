/** Below this a number is in seconds, from it on in milliseconds. */
const SECONDS_BELOW = 2 ** 31 - 1
const COUNT = /^\d{1,16}(?:\.\d{1,9})?$/
const DATE = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):?(\d\d)?)?$/i

const MINUTE_MS = 60_000

/**
 * A time as devices write it, in Unix milliseconds: seconds or milliseconds since 1970, or a date with its time (ISO
 * 8601, or with a blank between the two), which is UTC where it says no zone. Null where it is none.
 */
export const readTime = (text: string): number | null => {
  if (COUNT.test(text)) {
    const count = Number(text)
    return Math.round(count < SECONDS_BELOW ? count * 1000 : count)
  }
  const found = DATE.exec(text)
  if (found === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // A day or an hour that there is not would be another one.
  if (at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return null
  const [, , , , , , , fraction = '', sign = '+', zoneHours = '0', zoneMinutes = '0'] = found
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * MINUTE_MS
  return at.getTime() + Number(fraction.padEnd(3, '0').slice(0, 3)) + (sign === '-' ? zone : -zone)
}
