import { batch, computed, effect, type Signal, signal, untracked } from '@preact/signals'
import type { ClockReply, ClockRequest, PastStand } from '../../../wire/past.ts'
import type { Link } from '../link.ts'
import type { Place } from '../place.ts'
import type { Archived } from './archived.ts'
import type { Past, PastPhase } from './past.ts'
import type { Pace, PastClock } from './past-clock.ts'
import { createTravel } from './travel.ts'

export type PastOptions = {
  clock: PastClock
  place: Signal<Place>
  pace: Signal<Pace>
  asSeen: Signal<boolean>
  archived: Archived
  link: Pick<Link, 'health'>
  ask: (request: ClockRequest) => Promise<ClockReply>
  anew: (work: () => Promise<void>) => Promise<void>
  /** What the stores know is of another moment; or what is read of history is to be read otherwise. */
  rewind: () => void
  reread: () => void
  connected: () => boolean
  /** Unix milliseconds of this browser: now, not the moment. */
  here: () => number
  restart: () => void
  wait: (ms: number) => Promise<unknown>
}

/** The moment is told so often while it moves, in milliseconds. */
const TOLD_EVERY = 200
/** Where nobody says how fast. */
const AS_IT_WAS = 1
/** An archive that ends so long ago (ms) ends now: whoever plays to its end goes on into what happens. */
const NOW_MS = 90_000

/**
 * The clock of a floor that shows the past. The place and the pace say where it is to be; the place goes with it where
 * it jumps or stands still, but not while it plays, so that a link leads to where somebody stopped to look.
 */
export const createPast = (options: PastOptions) => {
  const { clock, place, pace, asSeen, archived, link, here, rewind, reread } = options
  const moment = signal(clock.now())
  /** The moment of the place, as far as the clock has been told of it; and the pace likewise. */
  let settled = place.peek().at
  let paced = pace.peek()
  let resting = false
  let begun = false

  const show = (): void => {
    moment.value = clock.now()
  }
  const settle = (at: number): void => {
    settled = at
    if (place.peek().at !== at) place.value = { ...place.peek(), at }
  }
  const live = (): void =>
    batch(() => {
      pace.value = 0
      place.value = { ...place.peek(), at: undefined }
    })
  const onStand = ({ at, speed, edge }: PastStand): void => {
    show()
    if (resting) return
    if (speed === 0 && at >= edge && pace.peek() !== 0 && here() - edge < NOW_MS) {
      live()
      return
    }
    paced = speed
    batch(() => {
      pace.value = speed
      if (speed === 0) settle(clock.now())
    })
  }
  const travel = createTravel({ ...options, onStand })
  const go = (at: number): void => {
    const whole = Math.max(0, Math.floor(at))
    settle(whole)
    travel.want({ at: whole })
    show()
  }
  const turnTo = (next: Pace): void =>
    batch(() => {
      settle(clock.now())
      pace.value = next
    })
  const phase = computed<PastPhase>(() => {
    if (travel.away.value) return 'away'
    if (travel.underWay.value || link.health.value !== 'live') return 'loading'
    return travel.atEdge.value ? 'edge' : 'ready'
  })
  const past: Past = {
    ...{ moment, speed: pace, phase, asSeen, go, live },
    ...{ span: archived.span, slices: archived.slices, look: archived.look },
    play: (speed = AS_IT_WAS) => turnTo(speed),
    pause: () => turnTo(0),
    step: (ms) => go(clock.now() + ms),
  }
  /** The place was moved by others: the address, or a colleague who is followed. */
  const followPlace = () => {
    const { at } = place.value
    if (at !== undefined && at !== settled) untracked(() => go(at))
  }
  const followPace = () => {
    const speed = pace.value
    if (speed === paced) return
    paced = speed
    untracked(() => travel.want({ speed }))
  }
  let seen = asSeen.peek()
  const followSwitch = () => {
    if (asSeen.value === seen) return
    seen = asSeen.value
    untracked(reread)
  }

  return {
    past,
    /** What a connection begins with. */
    auth: () => ({ at: clock.now(), speed: resting ? 0 : pace.peek() }),
    notice: travel.notice,
    refused: travel.refused,
    /** A node runs the clock: how far the archive goes is asked. What was known came by another connection. */
    connected: (): void => {
      if (begun) rewind()
      begun = true
      travel.want({})
    },
    disconnected: clock.lose,
    /** Nobody looks: the clock stands still meanwhile, for nobody is to miss what they came to see. */
    rest: (): void => {
      if (resting) return
      resting = true
      travel.want({ speed: 0 })
    },
    goOn: (): void => {
      if (!resting) return
      resting = false
      travel.want({ speed: pace.peek() })
    },
    /** Follows the place as long as the floor lives. Returns a function that ends it. */
    start: (): (() => void) => {
      const ends = [followPlace, followPace, followSwitch].map((each) => effect(each))
      const timer = setInterval(show, TOLD_EVERY)
      return () => {
        for (const end of ends) end()
        clearInterval(timer)
      }
    },
  }
}
export type PastFloor = ReturnType<typeof createPast>
