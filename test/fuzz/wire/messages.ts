import { LEAK } from './errors.ts'
import { readFrames } from './frames.ts'
import { readResponses } from './responses.ts'

const EVENTS = ['hello', 'updates', 'heartbeat', 'notice', 'gap', 'commands']

export type Spoken = {
  refusals: string[]
  faults: string[]
  /** Answers by the number that they were asked under, each as often as it came. */
  answers: Map<number, unknown[]>
}

const parse = (text: string): unknown => JSON.parse(Buffer.from(text, 'latin1').toString())

const readPacket = (text: string, spoken: Spoken): void => {
  const [, type = '', id = '', body = ''] = /^4([0-6])(?:\/[^,]*,)?(\d*)(.*)$/su.exec(text) ?? []
  if (type === '') {
    if (!/^(0\{.*\}|1|2|3.*|6)$/s.test(text)) spoken.faults.push(`a packet that is none: ${text.slice(0, 100)}`)
    return
  }
  try {
    const value = body === '' ? null : parse(body)
    if (type === '3') spoken.answers.set(Number(id), [...(spoken.answers.get(Number(id)) ?? []), value])
    else if (type === '4') spoken.refusals.push('connect error')
    else if (type === '2' && !(Array.isArray(value) && EVENTS.includes(value[0])))
      spoken.faults.push(`an event that no node sends: ${text.slice(0, 100)}`)
  } catch {
    spoken.faults.push(`a packet that is no JSON: ${text.slice(0, 200)}`)
  }
}

/** Reads all that came on a connection that asked for an upgrade first. */
export const readConversation = (text: string): Spoken => {
  const spoken: Spoken = { refusals: [], faults: [], answers: new Map() }
  const upgraded = text.startsWith('HTTP/1.1 101 ')
  if (text === '') return spoken
  if (LEAK.test(text)) spoken.faults.push(`it shows its insides: ${LEAK.exec(text)?.[0]}`)
  if (!upgraded) {
    const { refusals, faults } = readResponses(text, ['GET'], false)
    spoken.refusals.push(...refusals)
    spoken.faults.push(...faults)
    return spoken
  }
  const { texts, closed, faults } = readFrames(text.slice(text.indexOf('\r\n\r\n') + 4))
  spoken.faults.push(...faults)
  for (const each of texts) readPacket(each, spoken)
  if (closed !== null) spoken.refusals.push(`close ${closed}`)
  return spoken
}
