import { randomBytes } from 'node:crypto'

/** An id of an invitation, a share or a sign-in: 96 bits by chance, which nobody guesses. */
export const newId = (): string => randomBytes(12).toString('base64url')
