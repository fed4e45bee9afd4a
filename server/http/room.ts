import { ApiError } from './errors.ts'

/** Room for the bodies that are read at the same time: each may be long, and there may be many. */
export type Room = <T>(bytes: number, run: () => Promise<T>) => Promise<T>

/** Room for so many bytes. Where there is none, whoever asks is told to come again. */
export const createRoom = (most: number): Room => {
  let taken = 0
  return async (bytes, run) => {
    if (taken + bytes > most) throw new ApiError('unavailable', { headers: { 'Retry-After': '5' } })
    taken += bytes
    try {
      return await run()
    } finally {
      taken -= bytes
    }
  }
}
