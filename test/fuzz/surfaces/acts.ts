import fc from 'fast-check'
import { signIn } from '../../support/talkers/sign-in.ts'
import { corpus } from '../corpus/acts.ts'
import { anyJson, editedJson } from '../shapes/json.ts'
import { ACT_REQUESTS } from '../shapes/people-requests.ts'
import { defineSurface } from '../surface.ts'
import { converse, type Step, sentBy } from '../wire/connection.ts'
import { errorCode } from '../wire/errors.ts'
import { saysClose, textFrame, UPGRADE } from '../wire/frames.ts'
import { readConversation } from '../wire/messages.ts'

type Name = keyof typeof ACT_REQUESTS
/** What somebody with a name sends; `json` is the one argument. Each asks for an answer, under its place. */
export type ActsCase = { events: { name: Name; json: string }[] }

const request = (name: Name) =>
  fc.oneof({ weight: 8, arbitrary: editedJson(ACT_REQUESTS[name], 2) }, anyJson).map((json) => ({ name, json }))

const shapes: fc.Arbitrary<ActsCase> = fc.record({
  events: fc.array(
    fc.oneof({ weight: 4, arbitrary: request('say') }, request('mark'), request('here'), request('renew')),
    { minLength: 1, maxLength: 8 },
  ),
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
  if (typeof answer !== 'object' || answer === null) return false
  const { message, done } = answer as { message?: { n?: unknown; text?: unknown }; done?: unknown }
  if (name === 'renew') return 'until' in answer
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
  about: 'say, mark, here and renew with nearly right requests',
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
