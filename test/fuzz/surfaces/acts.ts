import fc from 'fast-check'
import { signIn } from '../../support/talkers/sign-in.ts'
import { corpus } from '../corpus/acts.ts'
import { anyText } from '../shapes/bytes.ts'
import { anyJson, editedJson, type Json } from '../shapes/json.ts'
import { defineSurface } from '../surface.ts'
import { converse, type Step, sentBy } from '../wire/connection.ts'
import { errorCode } from '../wire/errors.ts'
import { saysClose, textFrame, UPGRADE } from '../wire/frames.ts'
import { readConversation } from '../wire/messages.ts'

type Name = 'say' | 'mark' | 'here'
/** What somebody with a name sends; `json` is the one argument. Each asks for an answer, under its place. */
export type ActsCase = { events: { name: Name; json: string }[] }

const room = fc.oneof(
  { weight: 6, arbitrary: fc.constant('m:fuzz') },
  fc.constantFrom('m:', 's:AAPL', 'm:i:x'),
  anyText,
)
const number = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(0, -1, 0.5, 2 ** 53, 1e300))
/** Every sort of Unicode: right to left, half surrogates, and as many marks on one letter as there is room for. */
const text = fc.oneof(
  anyText,
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom('\u0301'.repeat(64 * 1024), `x${'\u0489\u200d'.repeat(900)}`, '\u202e<img src=x onerror=alert(1)>'),
  fc.constantFrom(
    '@fuzzer @fuzzer, @nobody https://x/@fuzzer',
    '@'.repeat(3000),
    '\u2067'.repeat(900),
    '\n'.repeat(3000),
  ),
)
const some = { requiredKeys: [] as never[] }
const REQUESTS: Record<Name, fc.Arbitrary<Json>> = {
  say: fc.record(
    { room, id: fc.oneof(fc.constantFrom('1', '2'), anyText), n: number, text, announce: fc.boolean() },
    some,
  ),
  mark: fc.record({ read: fc.dictionary(room, number), done: fc.array(number) }, some),
  here: fc.record({ on: fc.option(anyText), typing: room, place: fc.option(text) }, some),
} as never

const request = (name: Name) =>
  fc.oneof({ weight: 8, arbitrary: editedJson(REQUESTS[name], 2) }, anyJson).map((json) => ({ name, json }))

const shapes: fc.Arbitrary<ActsCase> = fc.record({
  events: fc.array(fc.oneof({ weight: 3, arbitrary: request('say') }, request('mark'), request('here')), {
    minLength: 1,
    maxLength: 8,
  }),
})

const ANSWERED_MS = 60_000
/** One person for all cases of a node. */
const cookies = new Map<number, Promise<string>>()
const cookieFor = (port: number): Promise<string> => {
  const known = cookies.get(port) ?? signIn(`http://127.0.0.1:${port}`, 'fuzzer')
  cookies.set(port, known)
  return known
}

const isReply = (name: Name, answer: unknown): boolean => {
  const { message, done } = (answer ?? {}) as { message?: { n?: unknown; text?: unknown }; done?: unknown }
  return name === 'say' ? Number.isInteger(message?.n) && typeof message?.text === 'string' : done === true
}

/** What the answer to one event refused, and what is wrong with it. */
const judge = ({ name, json }: ActsCase['events'][number], answers: unknown[], cut: boolean) => {
  if (answers.length === 0) return { refusals: [], faults: cut ? [] : [`no answer to ${name} ${json.slice(0, 200)}`] }
  if (answers.length > 1) return { refusals: [], faults: [`${answers.length} answers to ${name}`] }
  const [answer] = answers[0] as [unknown]
  const code = errorCode(answer)
  if (code !== null) return { refusals: [code], faults: [] }
  return { refusals: [], faults: isReply(name, answer) ? [] : [`no answer to ${name}: ${JSON.stringify(answer)}`] }
}

export const acts = defineSurface('acts', {
  about: 'say, mark and here with nearly right requests',
  lanes: 6,
  shapes,
  corpus,
  run: async ({ port, from }, { events }: ActsCase) => {
    const upgrade = UPGRADE.replace('\r\nHost:', `\r\nCookie: ${await cookieFor(port)}\r\nHost:`)
    const steps: Step[] = [
      { send: upgrade },
      { hear: '0{' },
      { send: textFrame('40') },
      { hear: '40{' },
      ...events.map(({ name, json }, place) => ({ send: textFrame(`42${place}["${name}",${json}]`) })),
    ]
    const done = (said: string): boolean => saysClose(said) || readConversation(said).answers.size >= events.length
    const heard = await converse({ port, from, steps, quietMs: ANSWERED_MS, limitMs: ANSWERED_MS, done })
    const cut = heard.cut || saysClose(heard.text)
    const spoken = readConversation(heard.text)
    const judged = events.map((asked, place) => judge(asked, spoken.answers.get(place) ?? [], cut))
    return {
      refusals: [...spoken.refusals, ...judged.flatMap(({ refusals }) => refusals)],
      faults: [...spoken.faults, ...judged.flatMap(({ faults }) => faults)],
      cut,
      sent: sentBy(steps),
    }
  },
})
