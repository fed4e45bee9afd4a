import type { Fix } from './fleet.ts'
import type { WireError } from './protocol.ts'

/** The namespace of clients that look at a moment of the past: the protocol of the live floor, over the archive. */
export const PAST_NAMESPACE = '/past'

/** How many times as fast as it was. */
export const SPEEDS = [1, 2, 4, 8, 16, 32, 64] as const
export type Speed = (typeof SPEEDS)[number]

/** Where a clock stands: a moment (Unix milliseconds), and how fast it goes on; 0 where it stands still. */
export type PastClock = { at: number; speed: Speed | 0 }

/** A client of the past says in its `auth` where its clock begins, besides its token: `{ at, speed }`. */
export type PastAuth = Partial<PastClock>

/**
 * The event `clock`, which moves this client's clock and no other: what is left out stays. Another moment is told as a
 * resync of all that is watched. The answer says where it stands now: never after `edge`, up to where the archive has all.
 */
export type ClockRequest = Partial<PastClock>
export type ClockReply = (PastClock & { edge: number }) | { error: WireError }

/**
 * `GET /api/past`: from when there is anything, and up to when the archive has all (Unix milliseconds; null: nothing yet).
 * `archive`: whether it can be asked now; `none` where this floor keeps none.
 */
export type PastReply = { archive: 'up' | 'down' | 'none'; from: number | null; edge: number | null }

/** The length of a slice of `GET /api/past/slices?from=<ms>&to=<ms>` (ms). */
export const SLICE_MS = 600_000
/** The starts of the slices of time in which the market, or the fleet, told anything; oldest first. */
export type SlicesReply = { market: number[]; fleet: number[] }

/**
 * `GET /api/past/area?area=<w,s,e,n>&from=<ms>&to=<ms>`: the devices that had a fix there, with the first and the last of
 * these fixes; by the time of the first. `complete` false: there are more than one answer holds.
 */
export type AreaReply = { devices: { id: string; first: Fix; last: Fix }[]; complete: boolean }

/** `GET /api/past/fleet?at=<ms>`: where each device was that was heard lately then. */
export type FleetReply = { at: number; fixes: Fix[]; complete: boolean }

/** A stretch of time in which something may be missing, and why, in a few words for people. */
export type PastGap = { from: number; to: number; why: string }
/**
 * `GET /api/symbols/:symbol/complete` and `GET /api/devices/:id/complete`: since when all is there that Redis had taken,
 * but for these gaps. Null: nothing was archived yet.
 */
export type CompleteReply = { from: number | null; gaps: PastGap[] }
