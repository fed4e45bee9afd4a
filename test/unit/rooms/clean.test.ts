import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cleanText, previewOf } from '../../../server/rooms/clean.ts'
import { MOST_MESSAGE_BYTES } from '../../../wire/rooms.ts'

/** Letters that are trouble: marks, joiners, those that turn the text around, lone surrogates, controls. */
const NASTY = [
  ...['\u0301', '\u0308', '\u0344', '\u0489', '\u20dd', '\u0bbe', '\u0bc6', '\u200d', '\u200c', '\ufe0f', '\u034f'],
  ...['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2069', '\u200e', '\u200f', '\u061c'],
  ...['\u200b', '\ufeff', '\u2060', '\u3164', '\u00ad', '\u{e0041}', '\ud800', '\udc00', '\uffff', '\ufffe'],
  ...['\u0000', '\u0007', '\u001b', '\u007f', '\u0085', '\u2028', '\u2029', '\r', '\n', '\t', '\v', ' ', '\u00a0'],
  ...['a', 'e\u0301', '\u1100', '\u1161', '\u11a8', '\uac00', '👩‍👩‍👧', '🏴', 'ש', 'ا', '<b>', '"', '\\'],
  ...['\u2126', '\u2000'],
]
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.array(fc.constantFrom(...NASTY), { maxLength: 300 }).map((letters) => letters.join('')),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 200 }).map((units) => String.fromCharCode(...units)),
)
const texts = { numRuns: 2000 }

it('gives text of one kind, with nothing that is not to be seen, whatever it was', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const clean = cleanText(text)
      if (clean === null) return
      expect(clean.isWellFormed()).toBe(true)
      expect(clean).toBe(clean.normalize('NFC'))
      expect(clean).toBe(clean.trim())
      expect(clean).not.toMatch(/(?!\n)\p{Cc}/u)
      expect(clean).not.toMatch(/[\u202a-\u202e\u200b\u2028\u2029\ufeff]/u)
      expect(clean).not.toMatch(/(?:\p{M}\p{Cf}*){9}/u)
      expect(clean).not.toMatch(/\n{3}/)
      expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(MOST_MESSAGE_BYTES)
    }),
    texts,
  )
})

it('leaves a clean text as it is', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const clean = cleanText(text)
      if (clean !== null) expect(cleanText(clean)).toBe(clean)
    }),
    texts,
  )
})

it.each([
  ['Buy 100 @ 42.5', 'Buy 100 @ 42.5'],
  ['  two\r\nlines\rand\u2028more \n\n\n\nend\t!', 'two\nlines\nand\nmore\n\nend !'],
  ['e\u0301', '\u00e9'],
  ['\u202egnp.exe', 'gnp.exe'],
  ['שלום \u200fworld', 'שלום \u200fworld'],
  ['👩‍👩‍👧 🏳️‍🌈', '👩‍👩‍👧 🏳️‍🌈'],
  ['नमस्ते', 'नमस्ते'],
  ['می‌خواهم', 'می‌خواهم'],
  ['a\u0000b\u001b[31mc\u007f', 'ab[31mc'],
  ['\ud83d alone', '\ufffd alone'],
  ['@a\u200bnn', '@ann'],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
])('cleans %j', (text, clean) => {
  expect(cleanText(text)).toBe(clean)
})

it.each(['', '   ', '\n', '\u200d', '\u3164', '\u00ad\u2060', '\u202e', '\u0000'])('sees nothing in %j', (text) => {
  expect(cleanText(text)).toBe('')
})

it('keeps eight marks of a letter, and the next letter', () => {
  const marks = '\u0316\u0317\u0318\u0319\u031c\u031d\u031e\u031f\u0320\u0323'
  expect(cleanText(`x${marks}y`)).toBe(`x${marks.slice(0, 8)}y`)
  expect(cleanText(`x${[...marks].join('\u200d')}y`)).toBe(`x${marks.slice(0, 8)}y`)
})

it('refuses what is too long, before and after', () => {
  expect(cleanText('x'.repeat(MOST_MESSAGE_BYTES))).toBe('x'.repeat(MOST_MESSAGE_BYTES))
  expect(cleanText('x'.repeat(MOST_MESSAGE_BYTES + 1))).toBeNull()
  expect(cleanText('ä'.repeat(MOST_MESSAGE_BYTES / 2 + 1))).toBeNull()
  expect(cleanText('\u0301'.repeat(32 * 1024))).toBeNull()
  // Three letters in composed form, of one: longer than it came.
  expect(cleanText('\ufb2c'.repeat(1300))).toBeNull()
})

it('shows the beginning of a message on one line', () => {
  expect(previewOf('one\ntwo')).toBe('one two')
  expect(previewOf('😀'.repeat(201))).toBe(`${'😀'.repeat(199)}…`)
  expect(previewOf('😀'.repeat(200))).toBe('😀'.repeat(200))
})
