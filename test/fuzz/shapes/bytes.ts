import fc from 'fast-check'

/** Characters that stand for bytes: latin1, as everywhere in the fuzzer. */
const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))

/** Any bytes. */
export const anyBytes = (maxLength = 200): fc.Arbitrary<string> => fc.string({ unit: byte, maxLength })

/** Numbers as people, programs and attackers write them. */
export const oddNumber = fc.constantFrom(
  ...['0', '-0', '-1', '1.5', '1e3', '1e308', '1e999', '-1e999', '1e-400', '0x10', '00', '1.', '.5', '+1', ' 1', '1 '],
  ...['NaN', 'Infinity', '-Infinity', 'null', 'true', '', '9007199254740991', '9007199254740993', '4294967296'],
  ...['2147483648', '-2147483649', '18446744073709551616', '1e15', '1e21', '123456789012345678901234567890'],
  ...['99999999999999999999e-5', '0.1e1', '1_000', '１２', '٣', '1,5', '1e', '--1', '8640000000000001'],
)

/** Texts that have tripped programs, as characters. */
export const oddText = fc.constantFrom(
  ...['', ' ', '\u0000', '\u0000a', '\n', '\r\n', '\u2028', '\ufeff', '\ud800', '\udc00x', '\ud83d\ude00', 'e\u0301'],
  ...['\u202eabc', '\uffff', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'then'],
  ...[
    'undefined',
    '[object Object]',
    '../../etc/passwd',
    '%00',
    '%',
    '%s%n',
    '$(1)',
    '{{1}}',
    "'",
    '"',
    '\\',
    '\\u0000',
  ],
  ...['<script>', '{', '}', '[', ']', ':', 's:', 'd:', 'c:', 's::', 's:.', 's:..', '*', '?', '#', '&', '='],
  ...['a'.repeat(64), 'a'.repeat(65), 'é'.repeat(33), '0'.repeat(13), '\u{1F600}'.repeat(17), 'x'.repeat(5000)],
)

/** Any text: what trips programs, any characters, half a surrogate. */
export const anyText = fc.oneof(
  oddText,
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ maxLength: 30 }),
  fc.array(oddText, { maxLength: 4 }).map((parts) => parts.join('')),
)

export const toLatin1 = (text: string): string => Buffer.from(text.toWellFormed()).toString('latin1')

type Change = {
  do: 'flip' | 'cut' | 'insert' | 'repeat' | 'number' | 'swap' | 'end'
  at: number
  length: number
  with: string
}

const change: fc.Arbitrary<Change> = fc.record({
  do: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom<Change['do'][]>('flip', 'cut', 'insert', 'repeat', 'number', 'swap') },
    { weight: 1, arbitrary: fc.constant<Change['do']>('end') },
  ),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 60 })),
  with: fc.oneof(anyBytes(6), oddNumber, oddText.map(toLatin1)),
})

/** The first number at or after a place, in its place another. */
const otherNumber = (text: string, at: number, number: string): string =>
  text.slice(0, at) + text.slice(at).replace(/-?\d[\d.eE+]*/, () => number)

const applyChange = (text: string, { do: what, at: where, length, with: other }: Change): string => {
  const at = Math.floor(where * text.length)
  const [before, piece, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)]
  switch (what) {
    case 'flip':
      return before + other.slice(0, 1) + text.slice(at + 1)
    case 'cut':
      return before + after
    case 'insert':
      return before + other + piece + after
    case 'repeat':
      return before + piece.repeat(1 + (length % 7)) + after
    case 'number':
      return otherNumber(text, at, other)
    case 'swap':
      return before + after.slice(0, length) + piece + after.slice(length)
    case 'end':
      return before
  }
}

/** Bytes close to right ones: as they are, or changed in a place or some. */
export const changed = (base: fc.Arbitrary<string>, maxChanges = 4): fc.Arbitrary<string> =>
  fc
    .tuple(base, fc.array(change, { maxLength: maxChanges }))
    .map(([text, changes]) => changes.reduce(applyChange, text))
