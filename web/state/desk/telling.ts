import type { DoneReply, HereRequest } from '../../../wire/rooms.ts'
import { isPassing } from './passing.ts'

export type TellingOptions = {
  here: (request: HereRequest) => Promise<DoneReply>
  /** Whether there is a connection, one has a name, and this page is seen: of two tabs the seen one tells. */
  ready: () => boolean
  /** Milliseconds of a clock that never jumps. */
  steady: () => number
}

/** What others may know of one; null: they do not. */
export type Told = { on: string | null; place: string | null }

const NOTHING: Told = { on: null, place: null }
const isNothing = ({ on, place }: Told): boolean => on === null && place === null

/** A screen is told at most so often, and that one writes, in milliseconds. */
const SCREEN_EVERY = 300
const TYPING_EVERY = 3_000

/** Tells the node what others may know of one: what has changed, all of it on a new connection, and never often. */
export const createTelling = ({ here, ready, steady }: TellingOptions) => {
  let wanted: Told = NOTHING
  let told: Partial<Told> = { ...NOTHING }
  /** Whether anything was shown that may have to be taken back. */
  let shown = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let busy = false
  const typed = { room: '', at: Number.NEGATIVE_INFINITY }

  const changes = (): HereRequest => ({
    ...(wanted.on !== told.on && { on: wanted.on }),
    ...(wanted.place !== told.place && { place: wanted.place }),
  })
  const flush = async (): Promise<void> => {
    timer = undefined
    const request = changes()
    if (busy || !ready() || Object.keys(request).length === 0) return
    busy = true
    const before = told
    told = { ...wanted }
    shown = true
    try {
      const reply = await here(request)
      if ('error' in reply && isPassing(reply.error.code)) told = before
    } catch {
      told = before
    } finally {
      busy = false
    }
  }

  return {
    tell: (next: Told): void => {
      wanted = next
      timer ??= setTimeout(flush, SCREEN_EVERY)
    },
    /** One writes in a room. */
    typing: (room: string): void => {
      if (!ready() || (typed.room === room && steady() - typed.at < TYPING_EVERY)) return
      typed.room = room
      typed.at = steady()
      // Nobody misses it where it is lost.
      here({ typing: room }).catch(() => {})
    },
    /** What was written was sent: the next letter is told at once. */
    wrote: (): void => {
      typed.at = Number.NEGATIVE_INFINITY
    },
    /** A new connection: the node knows nothing of us. */
    connected: (): void => {
      told = shown || !isNothing(wanted) ? {} : { ...NOTHING }
      timer ??= setTimeout(flush, SCREEN_EVERY)
    },
    /** Comes once a second: what could not be told is told again. */
    tick: (): void => {
      timer ??= setTimeout(flush, 0)
    },
    stop: (): void => clearTimeout(timer),
  }
}
export type Telling = ReturnType<typeof createTelling>
