import fc from 'fast-check'
import { corpus } from '../corpus/events.ts'
import { anyJson, editedJson } from '../shapes/json.ts'
import { REQUESTS } from '../shapes/requests.ts'
import { defineSurface } from '../surface.ts'
import { converse, type Step, sentBy } from '../wire/connection.ts'
import { errorCode } from '../wire/errors.ts'
import { saysClose, textFrame, UPGRADE } from '../wire/frames.ts'
import { readConversation } from '../wire/messages.ts'

/** Events of a client that has connected; `json` is the one argument. Each asks for an answer, under its place. */
export type EventsCase = { events: { name: 'watch' | 'unwatch' | 'tune'; json: string }[] }

const request = (name: 'watch' | 'unwatch' | 'tune') =>
  fc.oneof({ weight: 8, arbitrary: editedJson(REQUESTS[name]) }, anyJson).map((json) => ({ name, json }))

const shapes: fc.Arbitrary<EventsCase> = fc.record({
  events: fc.array(fc.oneof({ weight: 3, arbitrary: request('watch') }, request('unwatch'), request('tune')), {
    minLength: 1,
    maxLength: 8,
  }),
})

/** A request that waits because its client owes something waits no longer than this. */
const ANSWERED_MS = 60_000
const KINDS = { watch: ['current', 'replay', 'snapshot'], unwatch: ['unwatched'], tune: ['tuned'] } as const

type Asked = EventsCase['events'][number]

/** How many results are due for what was asked, at the least; null where it has no such shape. */
const topicsAsked = (json: string): number | null => {
  const { topics } = (JSON.parse(json) ?? {}) as { topics?: unknown }
  return Array.isArray(topics) ? topics.length : null
}

const faultOfResults = (results: unknown[], { name, json }: Asked): string | null => {
  const due = topicsAsked(json)
  if (due !== null && results.length < due) return `${results.length} results for ${due} topics`
  const wrong = results.find((result) => {
    const { kind } = (result ?? {}) as { kind?: unknown }
    return kind === 'error' ? errorCode(result) === null : !(KINDS[name] as readonly unknown[]).includes(kind)
  })
  return wrong === undefined ? null : `a result of ${name} that is none: ${JSON.stringify(wrong).slice(0, 200)}`
}

/** What the answer to one event refused, and what is wrong with it. */
const judge = (asked: Asked, answers: unknown[], cut: boolean): { refusals: string[]; faults: string[] } => {
  if (answers.length === 0)
    return { refusals: [], faults: cut ? [] : [`no answer to ${asked.name} ${asked.json.slice(0, 200)}`] }
  if (answers.length > 1) return { refusals: [], faults: [`${answers.length} answers to ${asked.name}`] }
  const [answer] = answers[0] as [unknown]
  const code = errorCode(answer)
  if (code !== null) return { refusals: [code], faults: [] }
  const { results } = (answer ?? {}) as { results?: unknown }
  if (!Array.isArray(results)) return { refusals: [], faults: [`an answer that is none: ${JSON.stringify(answer)}`] }
  const fault = faultOfResults(results, asked)
  const codes = new Set(results.flatMap((result) => errorCode(result) ?? []))
  return { refusals: [...codes], faults: fault === null ? [] : [fault] }
}

const stepsOf = ({ events }: EventsCase): Step[] => [
  { send: UPGRADE },
  { hear: '0{' },
  { send: textFrame('40') },
  { hear: '40{' },
  ...events.map(({ name, json }, place) => ({ send: textFrame(`42${place}["${name}",${json}]`) })),
]

/** Answers pings: one that comes while the client waits is to be answered at once. */
const pong = () => {
  let seen = 0
  return (text: string): string => {
    const pings = text.slice(seen).split('\x81\x012').length - 1
    seen = Math.max(0, text.length - 2)
    return textFrame('3').repeat(pings)
  }
}

export const events = defineSurface('events', {
  about: 'watch, unwatch and tune with nearly right requests',
  lanes: 6,
  shapes,
  corpus,
  run: async ({ port, from }, value: EventsCase) => {
    const steps = stepsOf(value)
    // A long answer comes in pieces: what has begun is looked for first, which costs less.
    const began = (text: string): boolean => value.events.every((_, place) => text.includes(`43${place}[`))
    const done = (text: string): boolean =>
      saysClose(text) || (began(text) && readConversation(text).answers.size >= value.events.length)
    const limits = { quietMs: ANSWERED_MS, limitMs: ANSWERED_MS, done, reply: pong() }
    const heard = await converse({ port, from, steps, ...limits })
    const { text } = heard
    const cut = heard.cut || saysClose(text)
    const spoken = readConversation(text)
    const judged = value.events.map((asked, place) => judge(asked, spoken.answers.get(place) ?? [], cut))
    return {
      refusals: [...spoken.refusals, ...judged.flatMap(({ refusals }) => refusals)],
      faults: [...spoken.faults, ...judged.flatMap(({ faults }) => faults)],
      cut,
      sent: sentBy(steps),
    }
  },
})
