import type { TrackReply } from '../../wire/api.ts'

/** A track that could not be read is read again after so many ticks, and one with holes: seconds. */
const AGAIN = 4
const AFTER_HOLE = 10

export type LoadTrack = (id: string, since: number) => Promise<TrackReply>

export type TrackEvents = {
  done: (id: string, reply: TrackReply) => void
  /** It could not be read; why, for people. */
  failed: (id: string, reason: string) => void
  /** From when on something is missing between what was read since `since` and what came meanwhile; null: nothing is. */
  missing: (since: number) => number | null
}

/** Reads the track of one device after another. What was asked for before the last `begin` is not taken. */
export const createTrackReading = (load: LoadTrack, { done, failed, missing }: TrackEvents) => {
  let turn = 0
  /** Ticks since the track could not be read, and since the stream left fixes out. */
  let failedFor: number | null = null
  let holeFor: number | null = null

  /** `lead`: whether what came meanwhile, and is not in the answer, is read once more. */
  const read = async (id: string, since: number, lead = true): Promise<void> => {
    const own = turn
    try {
      const reply = await load(id, since)
      if (own !== turn) return
      failedFor = null
      done(id, reply)
      if (lead) leadOn(id, since)
    } catch (error) {
      if (own !== turn) return
      failedFor = 0
      failed(id, error instanceof Error ? error.message : 'The track can’t be loaded.')
    }
  }
  const leadOn = (id: string, since: number): void => {
    const from = missing(since)
    if (from !== null) void read(id, from, false)
  }

  return {
    /** Another device, or another moment. */
    begin: (): void => {
      turn++
      failedFor = null
      holeFor = null
    },
    /** What is under way is not taken. */
    drop: (): void => void turn++,
    read: (id: string, since: number): void => void read(id, since),
    /** Reads what is missing, if anything is. */
    leadOn,
    /** The stream left fixes out. */
    hole: (): void => {
      holeFor ??= 0
    },
    /** Once a second. Returns whether the track is to be read again. */
    tick: (): boolean => {
      const again = failedFor !== null && ++failedFor % AGAIN === 0
      const holes = holeFor !== null && ++holeFor >= AFTER_HOLE
      if (holes) holeFor = null
      return again || holes
    },
  }
}
