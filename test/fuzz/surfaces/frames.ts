import fc from 'fast-check'
import { corpus } from '../corpus/frames.ts'
import { anyBytes, changed } from '../shapes/bytes.ts'
import { defineSurface } from '../surface.ts'
import { converse, type Step, sentBy } from '../wire/connection.ts'
import { type ClientFrame, frameBytes, UPGRADE } from '../wire/frames.ts'
import { readConversation } from '../wire/messages.ts'

/** Steps on a TCP connection. */
export type FramesCase = { steps: Step[] }

const MESSAGES = [
  '40',
  '41',
  '2',
  '3',
  '40',
  '42["tune",{}]',
  '421["watch",{"topics":[]}]',
  '42["x"]',
  '',
  '2probe',
  '5',
  '6',
]
const CLOSES = ['\x03\xe8', '\x03\xe8bye', '\x00', '\x00\x00', '\xff\xff', '\x03\xed', '\x0b\xb8\xff\xfe']

const payload = fc.oneof(
  { weight: 4, arbitrary: changed(fc.constantFrom(...MESSAGES), 2) },
  fc.constantFrom(...CLOSES),
  anyBytes(200),
  fc
    .tuple(fc.constantFrom('4', '\xff', '\xc3', '['), fc.constantFrom(125, 126, 1000, 65_535, 65_536, 524_289))
    .map(([letter, times]) => letter.repeat(times)),
)
const mask = fc.oneof(
  { weight: 8, arbitrary: fc.constant('\0\0\0\0') },
  anyBytes(4).map((bytes) => bytes.padEnd(4, '\x55')),
)
const length = fc.record({
  value: fc.oneof(fc.nat({ max: 300 }), fc.constantFrom(65_535, 65_536, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 63)),
  bits: fc.constantFrom(7, 16, 64),
}) as fc.Arbitrary<NonNullable<ClientFrame['length']>>

const often = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, other)
const frame: fc.Arbitrary<string> = fc
  .record<ClientFrame>({
    fin: often(true, fc.boolean()),
    rsv: often(0, fc.nat({ max: 7 })),
    opcode: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.constantFrom(0, 2, 8, 9, 10), fc.nat({ max: 15 })),
    mask: fc.oneof({ weight: 12, arbitrary: mask }, fc.constant(null)),
    payload,
    length: often<ClientFrame['length']>(null, length),
  })
  .map(frameBytes)

/** Bytes that come whole, in two pieces, or one by one. */
const pieces = (bytes: fc.Arbitrary<string>): fc.Arbitrary<Step[]> =>
  fc.tuple(bytes, fc.nat({ max: 9 }), fc.nat()).map(([text, how, at]) => {
    if (how < 7 || text.length < 2) return [{ send: text }]
    const cut = 1 + (at % (text.length - 1))
    if (how < 9) return [{ send: text.slice(0, cut) }, { pause: 10 }, { send: text.slice(cut) }]
    return [...text.slice(0, 12)].flatMap((send): Step[] => [{ send }, { pause: 3 }])
  })

const ending: fc.Arbitrary<Step[]> = fc.constantFrom([], [], [], [{ half: true as const }])
/** Frames behind a right upgrade, an upgrade that is none, and bytes that speak no HTTP at all. */
const shapes: fc.Arbitrary<FramesCase> = fc
  .tuple(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant<Step[]>([{ send: UPGRADE }, { pause: 5 }]) },
      { weight: 2, arbitrary: pieces(changed(fc.constant(UPGRADE), 3)) },
      { weight: 1, arbitrary: pieces(anyBytes(400)) },
    ),
    fc.array(pieces(frame), { maxLength: 8 }),
    ending,
  )
  .map(([opening, frames, end]) => ({ steps: [...opening, ...frames.flat(), ...end] }))

export const frames = defineSurface('frames', {
  about: 'bytes on TCP, WebSocket upgrades and frames',
  lanes: 6,
  shapes,
  corpus,
  run: async ({ port, from }, { steps }: FramesCase) => {
    const { text, cut } = await converse({ port, from, steps, done: () => false, quietMs: 60, limitMs: 20_000 })
    const { refusals, faults } = readConversation(text)
    return { refusals, faults, cut, sent: sentBy(steps) }
  },
})
