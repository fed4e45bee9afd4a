import { topicKey, topicKind } from '../../wire/topics.ts'
import { type Faults, isOwnFault } from '../faults.ts'
import { isNoHash } from '../redis/fields.ts'
import { pullDevice } from './device.ts'
import type { Pull, Pulled, PullPorts } from './pull.ts'
import { pullRoom } from './room.ts'
import { pullSymbol } from './symbol.ts'
import type { Tended } from './tended.ts'

const PULLS: Record<string, Pull> = { s: pullSymbol, d: pullDevice, m: pullRoom }
/** A topic that cannot be read is left alone for so long (ms). */
const LEFT_MS = 60_000

/** Pulls what is new of one topic. One that cannot be read is told, and none of the others has to wait for it. */
export const pullOne = async (ports: PullPorts, faults: Faults, tended: Tended): Promise<Pulled | null> => {
  const { topic, mark, cursor } = tended
  const pull = PULLS[topicKind(topic)]
  if (cursor === null || pull === undefined) return null
  try {
    return await pull(ports, topic, mark, cursor)
  } catch (error) {
    if (isNoHash(error as Error)) ports.unreadable(topicKey(topic), String(error))
    else if (isOwnFault(error)) faults.caught('archive.turn', error, topic)
    else throw error
    tended.look.due += LEFT_MS
    // It must not hold up what is told of the archive as a whole.
    tended.doneAt = Number.POSITIVE_INFINITY
    return null
  }
}
