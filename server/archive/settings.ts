import { z } from 'zod'
import { list, setting } from '../setting.ts'

const ADDRESS = /^(none|sqlite:[^?#]+|postgres(ql)?:\/\/.+)$/
/** Some symbols: a name, or the beginning of names and a star. */
const PATTERN = /^[^*]*\*?$/

const number = z.coerce.number().int()
const days = number.min(1)

/** Where history goes, and how much of it is kept where. */
export const archiveSettings = {
  /** The archive: `sqlite:` and a file, `postgres://`, or `none`. */
  ARCHIVE_URL: setting(
    z
      .string()
      .regex(ADDRESS, 'takes sqlite: and a file (sqlite:.data/archive.db), postgres://user@host/database, or none')
      .default('sqlite:.data/archive.db'),
  ),
  /** The file of the password for `postgres://`. */
  ARCHIVE_PASSWORD_FILE: setting(z.string().optional()),
  /** Symbols of which each trade is archived, besides candles. */
  ARCHIVE_TRADES: setting(
    list
      .refine((all) => all.every((pattern) => PATTERN.test(pattern)), 'takes symbols, like AAPL,BTC* or * for all')
      .default([]),
  ),
  /** What stays in Redis of what is archived: hours of minutes of a symbol, minutes of a device's track. */
  KEEP_MINUTES_H: setting(number.min(1).max(48).default(6)),
  KEEP_TRACK_MIN: setting(number.min(10).max(1440).default(60)),
  /** How many days the archive keeps trades; candles of an hour and a day, and of a minute; and all else. */
  KEEP_TRADES_D: setting(days.default(30)),
  KEEP_CANDLES_D: setting(days.default(3650)),
  KEEP_1M_D: setting(days.default(730)),
  KEEP_FIXES_D: setting(days.default(365)),
  KEEP_EVENTS_D: setting(days.default(365)),
  KEEP_MESSAGES_D: setting(days.default(3650)),
  KEEP_RECORD_D: setting(days.default(3650)),
}

/** Whether a symbol is one of those that patterns name. */
export const isNamed = (patterns: readonly string[], symbol: string): boolean =>
  patterns.some((pattern) => (pattern.endsWith('*') ? symbol.startsWith(pattern.slice(0, -1)) : symbol === pattern))
