import type { Registry } from 'prom-client'
import { WAYS_IN, type WayIn } from '../../wire/people.ts'
import { SIGN_IN_REFUSALS } from '../people/sign-in.ts'
import type { SignInFailure } from '../people/sign-in-events.ts'
import { slots } from './slots.ts'

const FAILURES: readonly SignInFailure[] = [...SIGN_IN_REFUSALS, 'limited', 'unavailable', 'denied', 'away']

/** Counts who signed in, and who could not. */
export const countSignIns = (registry: Registry) => {
  const signIns = slots(registry, {
    name: 'watchfloor_sign_ins_total',
    help: 'People who signed in, by the way they came in',
    label: 'via',
    values: WAYS_IN,
  })
  const refused = slots(registry, {
    name: 'watchfloor_sign_ins_refused_total',
    help: 'Sign-ins that were tried and refused, by reason',
    label: 'reason',
    values: FAILURES,
  })
  return {
    signedIn: (via: WayIn): void => {
      signIns[via].n++
    },
    signInRefused: (reason: SignInFailure): void => {
      refused[reason].n++
    },
  }
}
