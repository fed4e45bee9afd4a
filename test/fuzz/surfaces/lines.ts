import fc from 'fast-check'
import { corpus } from '../corpus/lines.ts'
import { anyBytes, anyText, changed, toLatin1 } from '../shapes/bytes.ts'
import { FUZZED, key, RIGHT_KEY } from '../shapes/device-requests.ts'
import { defineSurface } from '../surface.ts'
import { converse, type Step, sentBy } from '../wire/connection.ts'
import { keyFor } from '../wire/device-key.ts'
import { LEAK } from '../wire/errors.ts'

/** What a receiver sends on a connection: its first line, and then pieces of bytes (latin1). */
export type LinesCase = { first: string; pieces: string[]; pause: number }

const sentence = (text: string): string => {
  let sum = 0
  for (let i = 0; i < text.length; i++) sum ^= text.charCodeAt(i)
  return `$${text}*${sum.toString(16).toUpperCase().padStart(2, '0')}\r\n`
}
const SENTENCES = [
  'GPRMC,120000.00,A,0030.0000,N,16030.0000,W,0.5,90.0,301126,,,A',
  'GPGGA,120000.00,0030.0000,N,16030.0000,W,1,08,0.9,12.0,M,,M,,',
  'GPVTG,90.0,T,,M,0.5,N,0.9,K,A',
  'GPRMC,120001.00,V,,,,,,,301126,,,N',
  'GNGNS,120002.00,0030.0000,N,16030.0000,W,AA,12,0.8,11.0,,,',
  'GPGSV,1,1,01,01,40,083,46',
  'PGRME,15.0,M,45.0,M,25.0,M',
].map(sentence)

const right = fc.constantFrom(...SENTENCES)
const piece = fc.oneof(
  { weight: 8, arbitrary: changed(right, 2) },
  { weight: 3, arbitrary: right },
  { weight: 1, arbitrary: anyBytes(100) },
  { weight: 1, arbitrary: fc.integer({ min: 900, max: 5000 }).map((length) => 'x'.repeat(length)) },
  { weight: 1, arbitrary: fc.tuple(right, fc.integer({ min: 10, max: 300 })).map(([one, times]) => one.repeat(times)) },
)
const first = fc.oneof(
  { weight: 6, arbitrary: fc.constant(`${FUZZED} ${RIGHT_KEY}\r\n`) },
  { weight: 3, arbitrary: key.map((shown) => toLatin1(`${FUZZED} ${shown}\r\n`)) },
  { weight: 1, arbitrary: anyText.map((text) => toLatin1(`${text}\r\n`)) },
  fc.constantFrom('', '\r\n', 'x'.repeat(3000), `${FUZZED}\r\n`, '\0\r\n', 'GET / HTTP/1.1\r\n\r\n'),
)

const shapes: fc.Arbitrary<LinesCase> = fc.record({
  first,
  pieces: fc.array(piece, { maxLength: 6 }),
  pause: fc.constantFrom(0, 0, 0, 5),
})

/** All that a node says here. */
const TOLD = /^(\$WF,error,[a-z]+,[^,\r\n]*\r\n)*$/
/** A node ends the connection once the receiver has ended its side and Redis has all of it. */
const ENDS_MS = 60_000

export const lines = defineSurface('lines', {
  about: 'NMEA 0183 on TCP, right and wrong',
  lanes: 4,
  shapes,
  corpus,
  run: async ({ port, linesPort, from }, { first, pieces, pause }: LinesCase) => {
    const shown = await keyFor(port)
    const steps: Step[] = [
      { send: first.replace(RIGHT_KEY, shown) },
      ...pieces.flatMap((bytes): Step[] => [{ pause }, { send: bytes }]),
      { half: true },
    ]
    const limits = { quietMs: ENDS_MS, limitMs: ENDS_MS, done: () => false }
    const { text, cut } = await converse({ port: linesPort, from, steps, ...limits })
    const refusals = [...text.matchAll(/^\$WF,error,([a-z]+)/gm)].map(([, why = '']) => why)
    return {
      refusals,
      cut,
      sent: sentBy(steps),
      faults: [
        ...(TOLD.test(text) ? [] : [`it says ${text.slice(0, 200)}`]),
        ...(LEAK.test(text) ? ['it shows its insides'] : []),
        ...(cut ? [] : ['the connection stays']),
      ],
    }
  },
})
