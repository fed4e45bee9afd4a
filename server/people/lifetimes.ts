const DAY_MS = 86_400_000

/** Whatever lets somebody in ends within so long of when it was issued: then its revocation may be forgotten. */
export const LONGEST_MS = 366 * DAY_MS
/** The longest life of a share: who has it is known by nobody. */
export const LONGEST_SHARE_MS = 31 * DAY_MS
/**
 * The clocks of nodes may differ by so much. What is taken back from a person is all that was issued until so long
 * after, or a node whose clock is ahead could renew it.
 */
export const CLOCKS_MS = 5000
