import type { Logger } from 'pino'
import type { Answer } from '../../../wire/devices.ts'
import { isOwnFault } from '../../faults.ts'
import { wireError } from '../../live/requests.ts'
import type { LineDrop } from '../../metrics/lines.ts'
import type { Answering, Clock, Heard, Intake, SignOfLife } from '../ports.ts'
import { AWAY, type Failed, type Insist, isFailed } from './insist.ts'
import type { IsKnown } from './known.ts'
import { createMerging } from './merging.ts'
import type { BrokerFormat, ForBroker, ToldByBroker } from './mqtt-format.ts'
import type { IsDone } from './owntracks-commands.ts'

export type MqttTakePorts = {
  formats: readonly BrokerFormat[]
  intake: Pick<Intake, 'report'>
  answering: Answering
  signOfLife: SignOfLife
  /** Closes the commands of a device that were carried out. Rejects where Redis cannot be asked. */
  close: (id: string, isDone: IsDone) => Promise<void>
  isKnown: IsKnown
  insist: Insist
  dropped: (why: LineDrop) => void
  log: Logger
  /** The floor's clock. */
  now: Clock
  /** Milliseconds, by a clock that never goes back. */
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
  const { formats, dropped, intake, close, signOfLife, now } = ports
  const insist = createAsking(ports, isOver)
  const report = createMerging((id, told) => insist(() => intake.report(id, told, 'mqtt')))
  const logUnknown = createLogUnknown(ports)
  const refuse = (): void => {
    if (!isOver()) dropped('mqtt_refused')
  }
  const answer = async (id: string, answers: readonly Answer[]): Promise<void> => {
    for (const each of answers) if (isFailed(await insist(() => ports.answering(id, each)))) refuse()
  }
  /** Answers first: what is done need not be sent again. */
  const takeTold = async (id: string, { report: told, answers, isDone }: ToldByBroker): Promise<Heard | null> => {
    await answer(id, answers)
    if (isDone) await insist(() => close(id, isDone).then(() => ({})))
    if (told === null) return null
    const reply = await report(id, told)
    if (isFailed(reply)) {
      refuse()
      return null
    }
    for (const _ of reply.refused) refuse()
    return reply
  }
  const isThere = async (id: string): Promise<boolean> => {
    const known = await insist(async () => ({ isThere: await ports.isKnown(id) }))
    if (isFailed(known)) return false
    if (known.isThere) return true
    dropped('mqtt_unknown')
    logUnknown(id)
    return false
  }

  return async ({ topic, text, isOld }: BrokerMessage): Promise<ForBroker[]> => {
    const read = readMessage(formats, topic, text)
    if ('wrong' in read) {
      dropped('mqtt_malformed')
      ports.log.debug({ topic, why: read.wrong }, 'A message of the MQTT broker could not be read')
      return []
    }
    const { id, told, format } = read
    if ((isOld && isLongAgo(told, now())) || !(await isThere(id))) return []
    const heard = await takeTold(id, told)
    if (heard === null || heard.open === 0 || isOld || isOver()) return []
    const { messages, refused } = format.write(topic, await signOfLife(id), now())
    await answer(id, refused)
    return messages
  }
}

/** What a broker kept of a device that has been silent for longer (ms) would make it heard just now. */
const LONG_AGO_MS = 15 * 60_000
const isLongAgo = ({ report }: ToldByBroker, now: number): boolean =>
  report !== null && (report.fixes ?? []).every(({ t }) => t < now - LONG_AGO_MS)

/** Tries for as long as Redis is away; rejections mean that it is. */
const createAsking =
  ({ insist }: MqttTakePorts, isOver: () => boolean) =>
  <T extends object>(work: () => Promise<T | Failed>): Promise<T | Failed> => {
    const asked = (): Promise<T | Failed> =>
      work().catch((error) => {
        if (isOwnFault(error)) throw error
        return { error: wireError('unavailable') }
      })
    return insist(asked, { forMs: Number.POSITIVE_INFINITY, passing: AWAY, isOver })
  }

type ReadMessage = { id: string; told: ToldByBroker; format: BrokerFormat }

const readMessage = (
  formats: readonly BrokerFormat[],
  topic: string,
  text: string,
): ReadMessage | { wrong: string } => {
  for (const format of formats) {
    const id = format.idOf(topic)
    if (id === null) continue
    const told = format.read(text)
    return 'wrong' in told ? told : { id, told, format }
  }
  return { wrong: 'no device publishes at such a topic' }
}

const createLogUnknown = ({ log, clock }: MqttTakePorts) => {
  let loggedAt = Number.NEGATIVE_INFINITY
  return (id: string): void => {
    if (clock() - loggedAt < LOG_EVERY_MS) return
    loggedAt = clock()
    log.warn(
      { device: id },
      'A device that nobody has added publishes to the MQTT broker: add it to the list of devices',
    )
  }
}
