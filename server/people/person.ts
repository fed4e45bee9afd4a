import { ALL_GRANTS, type Grants } from '../../wire/grants.ts'
import type { WayIn } from '../../wire/people.ts'

/** Who asks: somebody who was let in, and what they may do. */
export type Person = {
  /** Their handle, as in `@ann`; null for a share, and for one who has not given a name on an open floor. */
  id: string | null
  name: string
  grants: Grants
  via: WayIn
  /**
   * The id of what let them in: an invitation, a share, a sign-in or a token. A revocation may name it. Null where
   * nothing did (open floor).
   */
  credential: string | null
  /** The id of this one sign-in, where what let them in lets them in again elsewhere: signing out ends this one only. */
  session?: string
  /** The handle of whoever made the share that lets them in; the share ends with its maker's rights. */
  by: string | null
  /** When it was issued, and when it ends; null: never. In Unix milliseconds. */
  since: number
  until: number | null
}

/** Whether somebody came by a share: a guest sees what is shared, and nothing of the desk's work. */
export const isGuest = ({ via }: Person): boolean => via === 'share'

/** Anybody on an open floor who has not given a name. */
export const ANYBODY: Person = {
  id: null,
  name: '',
  grants: ALL_GRANTS,
  via: 'open',
  credential: null,
  by: null,
  since: 0,
  until: null,
}
