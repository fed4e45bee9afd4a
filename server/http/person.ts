import type { Response } from 'express'
import type { Person } from '../people/person.ts'
import { ApiError } from './errors.ts'
import { localsOf } from './handler.ts'

/** Who asks; throws where it is nobody who may. */
export const personOf = (response: Response): Person => {
  const { person } = localsOf(response)
  if (person === null) throw new ApiError('not_signed_in')
  return person
}
