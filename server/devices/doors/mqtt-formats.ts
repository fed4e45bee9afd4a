import { z } from 'zod'
import { isName } from '../../../wire/topics.ts'
import { listOf } from '../../live/first-fault.ts'
import { answerShape, reportShape } from '../shapes.ts'
import type { BrokerFormat } from './mqtt-format.ts'
import { OWNTRACKS_TAKES, readOwnTracks } from './owntracks.ts'
import { doneBy, toOwnTracks } from './owntracks-commands.ts'
import { isWrong, packAttributes } from './told.ts'
import { parseJson } from './traccar.ts'

const OWNTRACKS_TOPIC = /^owntracks\/([^/]+\/[^/]+)$/
const PLAIN_TOPIC = /^watchfloor\/([^/]+)$/

/** The device that a topic names, if that can be one. */
const idIn =
  (pattern: RegExp) =>
  (topic: string): string | null => {
    const [, id = ''] = pattern.exec(topic) ?? []
    return isName(id) ? id : null
  }

/** Phones with OwnTracks: their topics are set by the app. */
const ownTracks: BrokerFormat = {
  topics: 'owntracks/+/+',
  idOf: idIn(OWNTRACKS_TOPIC),
  read: (text) => {
    const read = readOwnTracks(text)
    if (isWrong(read)) return read
    const report = read.report && { ...read.report, takes: OWNTRACKS_TAKES }
    return { report, answers: [], isDone: doneBy(read) }
  },
  write: (topic, commands) => {
    const { messages, refused } = toOwnTracks(commands)
    const toMessage = ({ message, until }: (typeof messages)[number]) => ({
      topic: `${topic}/cmd`,
      payload: JSON.stringify(message),
      until,
    })
    return { messages: messages.map(toMessage), refused }
  },
}

const MOST_ANSWERS = 100
const messageShape = reportShape.and(z.object({ answers: listOf(answerShape, MOST_ANSWERS).exactOptional() }))

/** Programs of one's own: as over HTTP, but that the topic says which device it is, and the broker who may publish. */
const plain: BrokerFormat = {
  topics: 'watchfloor/+',
  idOf: idIn(PLAIN_TOPIC),
  read: (text) => {
    const parsed = messageShape.safeParse(parseJson(text))
    if (!parsed.success) return { wrong: parsed.error.issues[0]?.message ?? 'not what the topic takes' }
    const { answers = [], attributes, ...told } = parsed.data
    const report = { ...told, ...(attributes && { attributes: packAttributes(Object.entries(attributes)) }) }
    return { report, answers, isDone: null }
  },
  write: (topic, commands, at) => {
    if (commands.length === 0) return { messages: [], refused: [] }
    const until = Math.max(...commands.map((command) => command.until))
    return { messages: [{ topic: `${topic}/commands`, payload: JSON.stringify({ at, commands }), until }], refused: [] }
  },
}

export const BROKER_FORMATS: readonly BrokerFormat[] = [ownTracks, plain]
