import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { messageReader } from '../../../server/redis/messages.ts'

type Part = { bytes: Buffer; heard?: [channel: string, text: string] }

const bulk = (type: string, content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content)
  return Buffer.concat([Buffer.from(`${type}${bytes.length}\r\n`), bytes, Buffer.from('\r\n')])
}
const line = (text: string): Buffer => Buffer.from(`${text}\r\n`)
const many = (type: string, parts: readonly Buffer[], count = parts.length): Buffer =>
  Buffer.concat([line(`${type}${count}`), ...parts])

const content = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => Buffer.from(text)),
)
const message = (kind: string) =>
  fc.tuple(content, content).map(
    ([channel, text]): Part => ({
      bytes: many('>', [bulk('$', kind), bulk('$', channel), bulk('$', text)]),
      // What is not UTF-8 must not get into a frame.
      heard: [channel.toString('latin1'), isUtf8(text) ? text.toString('latin1') : ''],
    }),
  )

/** Any reply of RESP3, those included that look like a message but are none. */
const { reply } = fc.letrec<{ reply: Buffer }>((again) => ({
  reply: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('+OK', '-ERR no', ':-7', '_', ',-1.5e3', '#t', '(123456789012345678901', '$-1', '*-1').map(line),
    fc.tuple(fc.constantFrom('$', '=', '!'), content).map(([type, bytes]) => bulk(type, bytes)),
    fc.constantFrom('*', '>').map((type) => many(type, [bulk('$', 'smessages'), bulk('$', 'a'), bulk('$', 'b')])),
    fc.constant(many('*', [bulk('$', 'smessage'), bulk('$', 'a'), bulk('$', 'b')])),
    fc.tuple(fc.constantFrom('*', '~', '>'), fc.array(again('reply'), { maxLength: 3 })).map((one) => many(...one)),
    fc.array(again('reply'), { maxLength: 4 }).map((parts) => {
      const pairs = parts.slice(0, parts.length - (parts.length % 2))
      return many('%', pairs, pairs.length / 2)
    }),
  ),
}))

const stream = fc.array(
  fc.oneof(
    message('smessage'),
    reply.map((bytes): Part => ({ bytes })),
  ),
  { maxLength: 20 },
)

const read = (bytes: Buffer, cuts: readonly number[]) => {
  const log: (string | [string, string])[] = []
  const add = (text: string): void => {
    if (typeof log.at(-1) === 'string') log.push(`${log.pop()}${text}`)
    else log.push(text)
  }
  const take = messageReader(
    'smessage',
    (...heard) => log.push(heard),
    (chunk) => add(chunk.toString('latin1')),
  )
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  for (const [i, place] of places.entries()) if (i > 0) take(bytes.subarray(places[i - 1], place))
  return log
}

test('messages are taken out of any stream, cut anywhere, and everything else is passed on, in order', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(10_000), { maxLength: 12 }), (parts, cuts) => {
      const expected: (string | [string, string])[] = []
      for (const { bytes, heard } of parts) {
        const text = bytes.toString('latin1')
        if (heard) expected.push(heard)
        else if (typeof expected.at(-1) === 'string') expected.push(`${expected.pop()}${text}`)
        else expected.push(text)
      }
      expect(read(Buffer.concat(parts.map(({ bytes }) => bytes)), cuts)).toEqual(expected)
    }),
    { numRuns: 2000 },
  )
})

test('what is no RESP3 is left to the other reader, with all that follows', () => {
  const text = Buffer.concat([line('+OK'), line('?what'), many('>', [bulk('$', 'smessage'), line(':1'), line(':2')])])
  expect(read(text, [3, 11])).toEqual([text.toString('latin1')])
})
