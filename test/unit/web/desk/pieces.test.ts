import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chipText, withChip } from '../../../../web/state/desk/chip.ts'
import { type Piece, piecesOf } from '../../../../web/state/desk/pieces.ts'
import { MOST_MESSAGE_BYTES } from '../../../../wire/rooms.ts'
import { isName } from '../../../../wire/topics.ts'

const ORIGIN = 'https://floor.example'
const named = (text: string) => piecesOf(text, ORIGIN).filter(({ kind }) => kind !== 'text')
const kinds = (text: string) => named(text).map((piece) => `${piece.kind} ${piece.text}`)

describe('what a message names', () => {
  test.each([
    ['buy $AAPL, sell $BTC/USD.', ['symbol $AAPL', 'symbol $BTC/USD']],
    ['$BRK.B. and $^GSPC!', ['symbol $BRK.B', 'symbol $^GSPC']],
    ['#BUS-0001 is late (#user/phone)', ['device #BUS-0001', 'device #user/phone']],
    [`#{B-XY 1234}, \${A B}`, ['device #{B-XY 1234}', `symbol \${A B}`]],
    ['@ann: see @bob.', ['person @ann', 'person @bob']],
    ['at 51.5,-0.12 or 30.26720, -97.74310.', ['place 51.5,-0.12', 'place 30.26720, -97.74310']],
    [
      '2026-11-30T16:10:00Z or 2026-11-30T16:10+01:00',
      ['moment 2026-11-30T16:10:00Z', 'moment 2026-11-30T16:10+01:00'],
    ],
    ['(see https://example.org/a_(b)?c=d.)', ['link https://example.org/a_(b)?c=d']],
    ['https://floor.example/#/split/AAPL/5m?device=B', ['view https://floor.example/#/split/AAPL/5m?device=B']],
    ['look: #/fleet?device=BUS-1&map=30.1,-97.2,12', ['view #/fleet?device=BUS-1&map=30.1,-97.2,12']],
  ])('%s', (text, expected) => expect(kinds(text)).toEqual(expected))

  test.each([
    'it costs $5.30, or $ 7',
    'we are #1',
    'mail ann@example.org or a#b or x$y',
    'versions 1.2,3 and 91.5,10.5 and 1.5,2.5,3.5',
    'javascript:alert(1) data:text/html,<b> ftp://example.org file:///etc/passwd',
    'https://bank.example@evil.example/ http:// https://',
    '2026-13-45T99:99:99Z 2026-11-30T16:10',
    '#/elsewhere/x',
    '<b>bold</b> &amp; <script>alert(1)</script>',
  ])('nothing is named in: %s', (text) => {
    expect(named(text).filter(({ kind }) => kind !== 'device')).toEqual([])
  })

  test('a link of the dashboard names its place, another one leads away', () => {
    expect(named(`${ORIGIN}/#/markets/AAPL/1m`)).toMatchObject([{ kind: 'view', hash: '#/markets/AAPL/1m' }])
    expect(named('https://elsewhere.example/#/markets/AAPL/1m')).toMatchObject([{ kind: 'link' }])
    expect(named(`${ORIGIN}/api/symbols`)).toMatchObject([{ kind: 'link' }])
  })
})

/** Texts that are likely to hold something of everything, broken or not. */
const bits = fc.constantFrom(
  ...['$AAPL', '#BUS-1', '@ann', '51.5,-0.12', '2026-11-30T16:10:00Z', 'https://a.example/', '#/split/X', '{', '}'],
  ...[
    '<img src=x onerror=alert(1)>',
    'javascript:',
    'HTTPS://',
    '"',
    "'",
    '\\',
    '\n',
    ' ',
    '.',
    ',',
    ')',
    '\u202e',
    '\u0301',
  ],
  ...['http://x@y/', '//', ':', '$', '#', '@', '\ud800', '👩‍👩‍👧', '\u0000', 'é', '%2F', '?', '&', '-', '0'],
)
const texts = fc.oneof(
  fc.array(bits, { maxLength: 24 }).map((all) => all.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
)

const isSafe = (piece: Piece): boolean => {
  if (piece.kind === 'link') return ['http:', 'https:'].includes(new URL(piece.href).protocol)
  return piece.kind !== 'view' || piece.hash.startsWith('#/')
}

test('no text is lost, and no link leads anywhere but to http and https, whatever is written', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const pieces = piecesOf(text, ORIGIN)
      expect(pieces.map((piece) => piece.text).join('')).toBe(text)
      expect(pieces.every(({ text }) => text !== '')).toBe(true)
      expect(pieces.every(isSafe)).toBe(true)
    }),
    { numRuns: 3000 },
  )
})

test('a chip names what it was written for, wherever it is put', () => {
  const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(isName)
  fc.assert(
    fc.property(
      names,
      fc.constantFrom('symbol' as const, 'device' as const),
      texts,
      fc.nat(30),
      (name, kind, text, at) => {
        const chip = chipText(kind, name)
        const own = kind === 'symbol' ? { kind, symbol: name } : { kind, device: name }
        expect(piecesOf(chip, ORIGIN)).toEqual([{ ...own, text: chip }])
        const written = withChip(text, Math.min(at, text.length), chip)
        expect(written.text.replaceAll(' ', '')).toBe((text.slice(0, at) + chip + text.slice(at)).replaceAll(' ', ''))
        expect(written.text.slice(0, written.at)).toContain(chip)
      },
    ),
    { numRuns: 1000 },
  )
})

test('the longest message of signs only is read to its end', () => {
  for (const sign of ['$', '#', '@', '-', '1.1,', 'https://', '#/fleet', '(', '{', '$A.', '!)', '@a.']) {
    const text = sign.repeat(MOST_MESSAGE_BYTES / sign.length)
    expect(
      piecesOf(text, ORIGIN)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text)
  }
})
