import fc from 'fast-check'
import { corpus } from '../corpus/packets.ts'
import { anyText, changed, toLatin1 } from '../shapes/bytes.ts'
import { anyJson, editedJson } from '../shapes/json.ts'
import { REQUESTS } from '../shapes/requests.ts'
import { defineSurface } from '../surface.ts'
import { converse, type Step, sentBy } from '../wire/connection.ts'
import { frameBytes, textFrame, UPGRADE } from '../wire/frames.ts'
import { readConversation } from '../wire/messages.ts'

/**
 * Engine.IO packets, each in a right frame; those of `binary` in binary ones. `patient`: it waits until it has joined
 * before it goes on.
 */
export type PacketsCase = { patient: boolean; packets: { text: string; binary?: boolean }[] }

const EVENTS = ['watch', 'unwatch', 'tune', 'report', 'answer', 'hello', 'updates', 'x', '']
/** Names that Socket.IO, or the emitters beneath it, keep for themselves. */
const RESERVED = [
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
  'error',
  'stats',
]
const eventName = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...EVENTS) },
  { weight: 1, arbitrary: fc.constantFrom(...RESERVED) },
  fc.constantFrom('__proto__', 'constructor', 'toString', 'emit', 'on', 'close', 'message', 'data'),
  anyText,
)
/** How many arguments an event has: mostly few, sometimes what no call takes. */
const argumentsOf = (argument: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 30,
      arbitrary: fc.array(argument, { maxLength: 4 }).map((all) => all.map((each) => `,${each}`).join('')),
    },
    fc.constantFrom(10, 1000, 30_000, 65_534, 65_536, 120_000, 240_000).map((count) => ',0'.repeat(count)),
  )
const argument = fc.oneof({ weight: 2, arbitrary: anyJson }, editedJson(REQUESTS.watch), editedJson(REQUESTS.unwatch))
const event = fc.tuple(eventName, argumentsOf(argument)).map(([name, rest]) => `[${JSON.stringify(name)}${rest}]`)

const namespace = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  fc.constantFrom('/,', '/device,', '/x,', '/x?a=b,', '/__proto__,', '/,,', '/admin', `/${'x'.repeat(5000)},`),
)
const ackId = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('', '', '1', '0') },
  fc.constantFrom('-1', '1e3', '9007199254740993', '9'.repeat(400), '01', '1.5'),
)
const attachments = fc.constantFrom(
  '',
  '',
  '',
  '0-',
  '1-',
  '2-',
  '100000-',
  '99999999999999999999-',
  '-',
  '1',
  '-1-',
  'x-',
)
const socketPacket = fc
  .record({
    type: fc.oneof({ weight: 4, arbitrary: fc.constant('2') }, fc.constantFrom(...'0123456789', 'x', '')),
    attachments,
    namespace,
    ackId,
    body: fc.oneof({ weight: 4, arbitrary: event }, anyJson, anyText, fc.constant('')),
  })
  .map(
    ({ type, attachments, namespace, ackId, body }) =>
      `4${type}${type === '5' || type === '6' ? attachments || '1-' : attachments.slice(0, type === '2' ? 0 : 9)}${namespace}${ackId}${body}`,
  )
const enginePacket = fc.oneof(
  fc.constantFrom(
    '0',
    '1',
    '2',
    '2probe',
    '3',
    '3probe',
    '5',
    '6',
    '7',
    '',
    'b',
    'bAAAA',
    '4',
    '40',
    '41',
    '40/x,',
    '43',
    '431[]',
  ),
  anyText,
)
/** A right packet, but for its event, its arguments and what it asks to be answered under. */
const eventPacket = fc.tuple(fc.constantFrom('', '', '1', '77'), event).map(([id, body]) => `42${id}${body}`)
const packet = fc.oneof(
  { weight: 14, arbitrary: eventPacket.map((text) => ({ text })) },
  { weight: 6, arbitrary: socketPacket.map((text) => ({ text })) },
  { weight: 2, arbitrary: enginePacket.map((text) => ({ text })) },
  changed(socketPacket.map(toLatin1), 3).map((text) => ({ text })),
  anyText.map((text) => ({ text: toLatin1(text), binary: true })),
)

const shapes: fc.Arbitrary<PacketsCase> = fc
  .tuple(
    fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.constantFrom(['40'], ['40'], ['40'], ['40'], ['40', '40'], ['40', '41'], ['40', '41', '40'], []),
      },
      fc.oneof(anyText, fc.constantFrom('x', 'a.b.c', '')).map((token) => [toLatin1(`40${JSON.stringify({ token })}`)]),
      fc.tuple(anyText, anyText).map(([id, key]) => [toLatin1(`40/device,${JSON.stringify({ id, key })}`)]),
    ),
    fc.array(packet, { minLength: 1, maxLength: 5 }),
  )
  .map(([patient, opening, packets]) => ({ patient, packets: [...opening.map((text) => ({ text })), ...packets] }))

const binaryFrame = (payload: string): string =>
  frameBytes({ fin: true, rsv: 0, opcode: 2, mask: '\0\0\0\0', payload, length: null })

const stepsOf = ({ patient, packets }: PacketsCase): Step[] => [
  { send: UPGRADE },
  { hear: '0{' },
  ...packets.flatMap(({ text, binary }, place): Step[] => [
    { send: binary ? binaryFrame(text) : textFrame(text) },
    ...(patient && place === 0 && text === '40' ? [{ hear: '40{' }] : []),
  ]),
]

export const packets = defineSurface('packets', {
  about: 'Engine.IO and Socket.IO packets',
  lanes: 6,
  shapes,
  corpus,
  run: async ({ port, from }, value: PacketsCase) => {
    const steps = stepsOf(value)
    const { text, cut } = await converse({ port, from, steps, done: () => false, quietMs: 60, limitMs: 20_000 })
    const { refusals, faults } = readConversation(text)
    return { refusals, faults, cut, sent: sentBy(steps) }
  },
})
