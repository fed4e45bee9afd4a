import fc from 'fast-check'
import { corpus } from '../corpus/devices.ts'
import { DEVICE_REQUESTS, FUZZED, key, RIGHT_KEY } from '../shapes/device-requests.ts'
import { anyJson, editedJson } from '../shapes/json.ts'
import { defineSurface } from '../surface.ts'
import { converse, type Step, sentBy } from '../wire/connection.ts'
import { keyFor } from '../wire/device-key.ts'
import { errorCode } from '../wire/errors.ts'
import { saysClose, textFrame, UPGRADE } from '../wire/frames.ts'
import { readConversation } from '../wire/messages.ts'

type Name = keyof typeof DEVICE_REQUESTS
/** What a device shows to be let in, and what it sends then; `json` is the one argument. */
export type DevicesCase = { key: string; events: { name: Name; json: string }[] }

const request = (name: Name) =>
  fc.oneof({ weight: 8, arbitrary: editedJson(DEVICE_REQUESTS[name], 2) }, anyJson).map((json) => ({ name, json }))

const shapes: fc.Arbitrary<DevicesCase> = fc.record({
  key: fc.oneof({ weight: 3, arbitrary: fc.constant(RIGHT_KEY) }, key),
  events: fc.array(fc.oneof({ weight: 3, arbitrary: request('report') }, request('answer')), {
    minLength: 1,
    maxLength: 6,
  }),
})

const ANSWERED_MS = 60_000

const isReply = (name: Name, reply: unknown): boolean => {
  const { accepted, repeats, refused, done } = (reply ?? {}) as Record<string, unknown>
  if (name === 'answer') return done === true
  return Number.isInteger(accepted) && Number.isInteger(repeats) && Array.isArray(refused)
}

/** What the reply to one event refused, and what is wrong with it. */
const judge = ({ name, json }: DevicesCase['events'][number], replies: unknown[], cut: boolean) => {
  if (replies.length === 0) return { refusals: [], faults: cut ? [] : [`no reply to ${name} ${json.slice(0, 200)}`] }
  if (replies.length > 1) return { refusals: [], faults: [`${replies.length} replies to ${name}`] }
  const [reply] = replies[0] as [unknown]
  const code = errorCode(reply)
  if (code !== null) return { refusals: [code], faults: [] }
  return { refusals: [], faults: isReply(name, reply) ? [] : [`no reply to ${name}: ${JSON.stringify(reply)}`] }
}

export const devices = defineSurface('devices', {
  about: 'what devices report and answer on their own socket, with right and wrong keys',
  lanes: 4,
  shapes,
  corpus,
  run: async ({ port, from }, { key: shown, events }: DevicesCase) => {
    const isRight = shown === RIGHT_KEY
    const auth = { id: FUZZED, key: shown.replace(RIGHT_KEY, await keyFor(port)) }
    const steps: Step[] = [
      { send: UPGRADE },
      { hear: '0{' },
      { send: textFrame(`40/device,${JSON.stringify(auth)}`) },
      { hear: '40/device,{' },
      ...events.map(({ name, json }, place) => ({ send: textFrame(`42/device,${place}["${name}",${json}]`) })),
    ]
    const done = (said: string): boolean => saysClose(said) || readConversation(said).answers.size >= events.length
    const heard = await converse({ port, from, steps, quietMs: ANSWERED_MS, limitMs: ANSWERED_MS, done })
    const cut = heard.cut || saysClose(heard.text)
    const isIn = heard.text.includes('42/device,["hello"')
    const spoken = readConversation(heard.text)
    const judged = events.map((asked, place) => judge(asked, spoken.answers.get(place) ?? [], cut))
    return {
      refusals: [...spoken.refusals, ...judged.flatMap(({ refusals }) => refusals)],
      faults: [
        ...spoken.faults,
        ...judged.flatMap(({ faults }) => faults),
        ...(isIn && !isRight ? [`a device is in by ${JSON.stringify(shown.slice(0, 200))}`] : []),
      ],
      cut,
      sent: sentBy(steps),
    }
  },
})
