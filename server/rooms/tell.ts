import { callFunction } from '../../redis/call.ts'
import type { Message } from '../../wire/rooms.ts'
import type { Topic } from '../../wire/topics.ts'
import type { Commands } from '../redis/deployment.ts'
import { type Told, tellCall } from './calls.ts'
import { previewOf } from './clean.ts'

/** Inboxes that are written together: Redis is not held up by an announcement to thousands. */
const AT_ONCE = 100

/**
 * Puts a message, as it is now, into the inboxes of those whom it mentions and, an announcement, of everybody. Harmless
 * to repeat. Nobody is told of what they wrote themselves.
 */
export const tellMessage = async (
  redis: Commands,
  room: Topic,
  { n, by, text, to = [], announced }: Message,
  everybody: () => Promise<ReadonlySet<string>>,
): Promise<void> => {
  const item: Omit<Told, 'kind'> = { room, message: n, from: by, text: previewOf(text) }
  const kinds = new Map<string, Told['kind']>()
  if (announced) for (const handle of await everybody()) kinds.set(handle, 'announcement')
  for (const handle of to) kinds.set(handle, 'mention')
  kinds.delete(by.id)
  const calls = Array.from(kinds, ([handle, kind]) => tellCall(handle, { ...item, kind }))
  for (let i = 0; i < calls.length; i += AT_ONCE)
    await Promise.all(calls.slice(i, i + AT_ONCE).map((call) => callFunction(redis, call)))
}
