import type { Logger } from 'pino'
import { isOwnFault } from '../../faults.ts'
import { wireError } from '../../live/requests.ts'
import type { LineDrop } from '../../metrics/lines.ts'
import type { Answering, Heard, Intake, SignOfLife } from '../ports.ts'
import { AWAY, type Failed, type Insist, isFailed } from './insist.ts'
import type { IsKnown } from './known.ts'
import { createMerging } from './merging.ts'
import type { BrokerFormat, ForBroker, ToldByBroker } from './mqtt-format.ts'

export type MqttTakePorts = {
  formats: readonly BrokerFormat[]
  intake: Pick<Intake, 'report'>
  answering: Answering
  signOfLife: SignOfLife
  isKnown: IsKnown
  insist: Insist
  dropped: (why: LineDrop) => void
  log: Logger
  /** Unix milliseconds; and milliseconds by a clock that never goes back. */
  now: () => number
  clock: () => number
}

/** A message of a broker. `isOld`: the broker kept it, so that it says nothing of the device being there. */
export type BrokerMessage = { topic: string; text: string; isOld: boolean }

/** Unknown devices are logged so often at the most. */
const LOG_EVERY_MS = 60_000

/**
 * Takes messages of a broker: resolves once Redis has what one says, with what is to be published for its device. What
 * nobody can use is counted and done with, or the broker would send it for ever. `isOver`: nobody wants it any more.
 */
export const createMqttTake = (ports: MqttTakePorts, isOver: () => boolean) => {
  const { formats, dropped, insist, answering, signOfLife, now } = ports
  const patience = { forMs: Number.POSITIVE_INFINITY, passing: AWAY, isOver }
  const report = createMerging((id, told) => insist(() => ports.intake.report(id, told, 'mqtt'), patience))
  const logUnknown = createLogUnknown(ports)

  const isKnown = async (id: string): Promise<{ isThere: boolean } | Failed> => {
    try {
      return { isThere: await ports.isKnown(id) }
    } catch (error) {
      if (isOwnFault(error)) throw error
      return { error: wireError('unavailable') }
    }
  }
  /** Answers first: what is done need not be sent again. */
  const takeTold = async (id: string, { report: told, answers }: ToldByBroker): Promise<Heard | null> => {
    for (const answer of answers) {
      const answered = await insist(() => answering(id, answer), patience)
      if (isFailed(answered) && !isOver()) dropped('mqtt_refused')
    }
    if (told === null) return null
    const reply = await report(id, told)
    if (isFailed(reply)) {
      if (!isOver()) dropped('mqtt_refused')
      return null
    }
    for (const _ of reply.refused) dropped('mqtt_refused')
    return reply
  }

  return async ({ topic, text, isOld }: BrokerMessage): Promise<ForBroker[]> => {
    const found = readTopic(formats, topic)
    const told = found === null ? { wrong: 'not a topic of a device' } : found.format.read(text)
    if (found === null || 'wrong' in told) {
      dropped('mqtt_malformed')
      ports.log.debug({ topic, why: 'wrong' in told && told.wrong }, 'A message of the MQTT broker could not be read')
      return []
    }
    const { id, format } = found
    const known = await insist(() => isKnown(id), patience)
    if (isFailed(known)) return []
    if (!known.isThere) {
      dropped('mqtt_unknown')
      logUnknown(id)
      return []
    }
    const heard = await takeTold(id, told)
    if (heard === null || heard.open === 0 || isOld || isOver()) return []
    return format.write(topic, await signOfLife(id), now())
  }
}

const readTopic = (
  formats: readonly BrokerFormat[],
  topic: string,
): { id: string; format: BrokerFormat } | null => {
  for (const format of formats) {
    const id = format.idOf(topic)
    if (id !== null) return { id, format }
  }
  return null
}

const createLogUnknown = ({ log, clock }: MqttTakePorts) => {
  let loggedAt = Number.NEGATIVE_INFINITY
  return (id: string): void => {
    if (clock() - loggedAt < LOG_EVERY_MS) return
    loggedAt = clock()
    log.warn({ device: id }, 'A device that nobody has added publishes to the MQTT broker: add it to the list of devices')
  }
}
