import type { Response } from 'express'
import type { Archive } from '../../archive/archive.ts'
import { type Past, paidBy } from '../archive/questions.ts'
import { isGuest } from '../people/person.ts'
import { ApiError } from './errors.ts'
import { payOf } from './handler.ts'
import { personOf } from './person.ts'

/** The archive, as far as answers about now may use it: guests get what Redis holds. */
export const archiveFor = (archive: Archive | null, response: Response): Past | null =>
  archive === null || isGuest(personOf(response)) ? null : paidBy(archive, payOf(response))

/** The same for questions about the past, which are not for guests; throws where there is nothing to ask. */
export const pastFor = (archive: Archive | null, response: Response): Past => {
  noGuests(response)
  if (archive === null) throw new ApiError('not_found', { more: 'This floor keeps no archive.' })
  return paidBy(archive, payOf(response))
}

/** Of the past guests learn nothing, not even whether it is kept. */
export const noGuests = (response: Response): void => {
  if (isGuest(personOf(response))) throw new ApiError('not_allowed')
}
