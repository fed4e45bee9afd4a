import { randomBytes } from 'node:crypto'

/**
 * An id of an invitation, a share or a sign-in: 95 bits by chance, which nobody guesses. It never begins with a `-`:
 * where it stands behind an option of a command (`--revoke ID`), it would be taken for another option.
 */
export const newId = (): string => randomBytes(12).toString('base64url').replace(/^-/, 'A')
