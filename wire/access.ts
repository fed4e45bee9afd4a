/**
 * What is taken back, told to every node. `what` is a credential (`c:` and the id of an invitation, share, sign-in or
 * token) or a person (`p:` and their handle: all that was issued to them up to `t`). `until`: when all that it ends
 * would have ended by itself, so that it may be forgotten. Both in Unix milliseconds.
 */
export type Revocation = { what: string; t: number; until: number }
/** State of `a:access`: what is taken back and would still let in otherwise. */
export type AccessSnapshot = { revoked: Revocation[] }
export type AccessUpdate = { revoked?: Revocation[] }
