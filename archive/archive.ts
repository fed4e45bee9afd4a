import type { Bounds } from '../wire/cells.ts'
import type { Fix } from '../wire/fleet.ts'
import type { Candle, Trade } from '../wire/market.ts'
import type { PastGap } from '../wire/past.ts'
import type { RecordEntry } from '../wire/people.ts'
import type { Cursor } from '../wire/protocol.ts'
import type { Message } from '../wire/rooms.ts'
import type { Topic } from '../wire/topics.ts'

/**
 * A minute of a symbol. `changed`: when late trades changed it last (Unix ms), which came after the minute had been shown
 * as whole; `seen`: what it was before the first of them, where that is known. The archive keeps the first `seen`.
 */
export type MinuteRow = { symbol: string; candle: Candle; changed?: number; seen?: Candle }
/** `at`: when Redis took it (Unix ms). */
export type TradeRow = { symbol: string; trade: Trade; at: number }
export type FixRow = { fix: Fix; at: number }
/** Something that happened to a device: of one `id` the newest by `at` is kept. `body`: JSON, a `Command` by now. */
export type EventRow = { device: string; id: string; at: number; kind: 'command'; body: string }
export type MessageRow = { room: string; message: Message }
/** What is known of a device besides its fixes; the group is what its cells are named by. */
export type DeviceRow = { id: string; name: string; group: string }

/** How far a topic is archived, and when Redis was read for that (Unix ms). */
export type Mark = { topic: Topic; cursor: Cursor; at: number }
/** Something may be missing of a topic between these two moments. */
export type GapRow = PastGap & { topic: Topic }

/** What is written at once: all of it and its marks, or nothing. Writing the same again changes nothing. */
export type Batch = {
  minutes?: readonly MinuteRow[]
  trades?: readonly TradeRow[]
  fixes?: readonly FixRow[]
  events?: readonly EventRow[]
  messages?: readonly MessageRow[]
  record?: readonly RecordEntry[]
  devices?: readonly DeviceRow[]
  gaps?: readonly GapRow[]
  marks?: readonly Mark[]
  /** All that Redis had taken before this moment is archived (Unix ms). */
  edge?: number
}

/** A value of a table as it is stored. */
export type Value = number | string | null

/** Kinds of rows that are kept for a time of their own. */
export const KEPT = ['trades', 'minutes', 'candles', 'fixes', 'events', 'messages', 'record'] as const
export type Kept = (typeof KEPT)[number]

/** Candles of an interval (ms: a minute, an hour and a day are stored, others are folded from these), oldest first. */
export type CandlesWanted = {
  symbol: string
  interval: number
  /** Those that start at `from` or later, and before `before` (Unix ms). */
  from?: number | undefined
  before?: number | undefined
  /** So many at the most: the newest of them, or the oldest where `oldest`. */
  limit: number
  oldest?: boolean
}
export type Stored = { candle: Candle; changed?: number; seen?: Candle }

/** Fixes of a device made in [from, to] (Unix ms), by time: the newest `limit` of them, or the oldest where `oldest`. */
export type TrackWanted = { device: string; from: number; to: number; limit: number; oldest?: boolean }

/** Visits of an area: see wire/past.ts `AreaReply`. */
export type Visit = { id: string; first: Fix; last: Fix }

/**
 * History in SQL. Each call rejects where the database cannot be asked ({@link ArchiveAway}); nothing of one call is read
 * half. Everything is bounded by a limit that the caller gives.
 */
export type Archive = {
  /** What it is, for people: `sqlite` or `postgres`. */
  readonly engine: 'sqlite' | 'postgres'
  write: (batch: Batch) => Promise<void>
  /** All marks, in pieces. */
  marks: () => AsyncIterable<Mark[]>
  /** From when there is anything, by the start of its slice; null: empty. */
  begin: () => Promise<number | null>
  /** Up to when all is archived that Redis had taken; null: nobody has said yet. */
  edge: () => Promise<number | null>
  /** Starts of the slices (wire/past.ts `SLICE_MS`) in [from, to) in which something was told, oldest first. */
  slices: (from: number, to: number) => Promise<{ market: number[]; fleet: number[] }>
  candles: (wanted: CandlesWanted) => Promise<Stored[]>
  /** Minutes of these symbols that start in [from, to), by start. */
  minutes: (symbols: readonly string[], from: number, to: number, limit: number) => Promise<MinuteRow[]>
  /** Trades of these symbols made in [from, to), by time and number. */
  trades: (symbols: readonly string[], from: number, to: number, limit: number) => Promise<TradeRow[]>
  /** The newest trade of a symbol made before `before`; null for none, or where its trades are not kept. */
  lastTrade: (symbol: string, before: number) => Promise<TradeRow | null>
  track: (wanted: TrackWanted) => Promise<FixRow[]>
  /** Fixes of these devices made in [from, to), by time and number. */
  fixesOf: (devices: readonly string[], from: number, to: number, limit: number) => Promise<FixRow[]>
  /** Fixes made in [from, to) within these tiles (zoom 13, as in the names of cells), by time. */
  fixesIn: (tiles: readonly string[], from: number, to: number, limit: number) => Promise<FixRow[]>
  /** The newest fix made before `before` and not before `since` of each device, where it lies in one of these tiles. */
  lastIn: (tiles: readonly string[], since: number, before: number, limit: number) => Promise<FixRow[]>
  /** The same of all devices, wherever they are. Doubtful fixes move no device, here and there. */
  lastOfAll: (since: number, before: number, limit: number) => Promise<FixRow[]>
  /**
   * Devices with a fix made in [from, to) in this area, its edges included, by the time of the first of them; `west` above
   * `east`: across the antimeridian. Doubtful fixes do not count.
   */
  visits: (area: Bounds, from: number, to: number, limit: number) => Promise<Visit[]>
  /** Events of a device before `before`, newest first. */
  events: (device: string, before: number, limit: number) => Promise<EventRow[]>
  /** Events of these devices in [from, to), by time. */
  eventsOf: (devices: readonly string[], from: number, to: number, limit: number) => Promise<EventRow[]>
  /** Messages of a room (its topic, `m:desk`) made before `before`, the newest so many, oldest first. */
  messages: (room: string, before: number, limit: number) => Promise<Message[]>
  devices: () => Promise<DeviceRow[]>
  /** Names of all symbols that there is anything of, sorted. */
  symbols: () => Promise<string[]>
  /** Since when a topic is archived, and what may be missing of it; null: not at all. */
  complete: (topic: Topic) => Promise<{ from: number; gaps: PastGap[] } | null>
  /**
   * Deletes rows of a kind older than `before`, `most` at once (and what has the same moment as the last of them). Of
   * minutes whole hours go, of candles whole days. Returns how many went.
   */
  drop: (kind: Kept, before: number, most: number) => Promise<number>
  /** Gives freed room back to the disk, a piece of it at once. */
  vacuum: () => Promise<void>
  /** Rows and bytes, for people: it takes seconds where there are many millions. */
  size: () => Promise<{ rows: Record<Kept, number>; bytes: number }>
  close: () => Promise<void>
}

/** An archive with what its tool needs besides: rows as they are stored, for another archive to take. */
export type WholeArchive = Omit<Archive, 'size'> & {
  /** `bytesOf`: with what is there to find such rows. */
  size: () => Promise<{ rows: Record<Kept, number>; bytes: number; bytesOf: Record<Kept, number> }>
  /** All tables, in the order in which another archive takes them. */
  readonly tables: readonly string[]
  /** Rows of a table by key: those behind the row `after`, so many at the most. */
  page: (table: string, after: readonly Value[] | null, limit: number) => Promise<Value[][]>
  /** Puts such rows in, in place of those of the same key; throws where the archive holds something else. */
  load: (table: string, rows: readonly (readonly Value[])[]) => Promise<void>
}

/** The database cannot be asked now: it is away, full or locked. What it is, for the log. */
export class ArchiveAway extends Error {}
