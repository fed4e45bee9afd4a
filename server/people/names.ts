import { z } from 'zod'
import { MAX_PERSON_NAME } from '../../wire/people.ts'

/** What turns writing around, or is not seen: a name must look the same as it is. */
const HIDDEN = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu

/** A name as it is kept: what cannot be seen of it is taken out. */
export const tidyName = (text: string): string => text.normalize('NFC').replace(HIDDEN, '').replace(/\s+/g, ' ').trim()

/** What people call somebody, or something that they share. */
export const nameOf = (least: 0 | 1) =>
  z
    .string()
    .max(10 * MAX_PERSON_NAME)
    .refine((text) => text.isWellFormed(), { error: 'must be Unicode' })
    .transform(tidyName)
    .refine((text) => text.length >= least && text.length <= MAX_PERSON_NAME, {
      error: `takes ${least} to ${MAX_PERSON_NAME} letters`,
    })
