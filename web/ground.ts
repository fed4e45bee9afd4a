import { type Signal, signal } from '@preact/signals'
import { type Aims, createAims } from './state/aims.ts'
import type { Api } from './state/api.ts'
import { type Clock, createClock } from './state/clock.ts'
import type { Follow } from './state/desk/follow.ts'
import { createPastApi } from './state/past/past-api.ts'
import { createPastClock, type Pace, type PastClock } from './state/past/past-clock.ts'
import type { Place } from './state/place.ts'

/** What a floor of the past has of the live floor that it lies over, which goes on without being seen. */
export type Under = {
  place: Signal<Place>
  /** How fast the past goes on. */
  pace: Signal<Pace>
  aims: Aims
  /** A person moves this screen by themselves. */
  touch: () => void
  takeShared: () => string | null
  follow: Follow | null
}

export type GroundOptions = {
  api: Api
  /** Unix milliseconds of this browser. */
  now: () => number
  steady: () => number
  first: Place
  /** The live floor over which this one lies, to show the moment that the place names. */
  under?: Under | undefined
}

/** What a floor stands on: what happens now, or what happened at a moment. `now`: Unix milliseconds, of that moment. */
export type Ground = Pick<Under, 'place' | 'pace' | 'aims'> & {
  now: () => number
  api: Api
  clock: Clock
  past: { clock: PastClock; asSeen: Signal<boolean> } | null
}

export const createGround = ({ api, now, steady, first, under }: GroundOptions): Ground => {
  if (under === undefined)
    return {
      place: signal(first),
      pace: signal<Pace>(0),
      aims: createAims(),
      now,
      api,
      clock: createClock(),
      past: null,
    }
  const { place, pace, aims } = under
  const clock = createPastClock(place.peek().at ?? now(), pace, steady)
  const asSeen = signal(false)
  const ofMoment = createPastApi(api, clock.now, () => asSeen.peek())
  return { place, pace, aims, now: clock.now, api: ofMoment, clock: clock.ofLink, past: { clock, asSeen } }
}
