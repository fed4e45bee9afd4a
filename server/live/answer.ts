import type { Cursor, ErrorCode, ViewResult, WatchResult, WireError } from '../../wire/protocol.ts'
import type { Topic } from '../../wire/topics.ts'
import { toText, Written } from './bytes.ts'
import type { ReadResult } from './ports.ts'
import { wireError } from './requests.ts'

/** The answer for one topic. `text`: a WatchResult as JSON, made of Redis's text, which is not parsed. */
export type Answered = { topic: string; kind: WatchResult['kind']; error?: WireError; text: string }

/** The answer for a topic that could not be watched. */
export const toError = (topic: string, error: WireError): Answered => ({
  topic,
  kind: 'error',
  error,
  text: JSON.stringify({ topic, kind: 'error', error } satisfies WatchResult),
})

/** The same with the code alone. */
export const refusal = (topic: string, code: ErrorCode): Answered => toError(topic, wireError(code))

/** The answer made of what Redis said of a topic. */
export const toAnswer = (topic: Topic, result: Exclude<ReadResult, { kind: 'missing' }>): Answered => {
  const { kind, cursor } = result
  const head = `{"topic":${JSON.stringify(topic)},"kind":"${kind}","cursor":${writeCursor(cursor)}`
  switch (result.kind) {
    case 'current':
      return { topic, kind, text: `${head}}` }
    case 'replay':
      return { topic, kind, text: `${head},"updates":[${toText(result.updates.join(','))}]}` }
    case 'snapshot':
      return { topic, kind, text: `${head},"snapshot":${toText(result.snapshot)}}` }
  }
}

const writeCursor = ({ epoch, seq }: Cursor): string => `{"epoch":${JSON.stringify(epoch)},"seq":${seq}}`

/** The whole answer to `watch`. */
export type WatchAnswer = { results: Answered[]; view?: ViewResult }

export const writeAnswer = (answer: WatchAnswer): Written<WatchAnswer> => {
  const results = answer.results.map(({ text }) => text).join(',')
  const view = answer.view ? `,"view":${JSON.stringify(answer.view)}` : ''
  return new Written(answer, `{"results":[${results}]${view}}`)
}
