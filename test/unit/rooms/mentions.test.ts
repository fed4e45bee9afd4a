import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MOST_MENTIONED, mentionsIn } from '../../../server/rooms/mentions.ts'
import { isHandle } from '../../../wire/people.ts'

const KNOWN = new Set(['ann', 'bob', 'j.doe', 'anna-maria', 'x', 'mr.'])
const found = (text: string): string[] => mentionsIn(text, (handle) => KNOWN.has(handle))

it.each([
  ['@ann', ['ann']],
  ['Hi @ann, @Bob!', ['ann', 'bob']],
  ['(@ann)', ['ann']],
  ['"@ann"', ['ann']],
  ['@ann.', ['ann']],
  ['@ann...', ['ann']],
  ['@j.doe.', ['j.doe']],
  ['@mr.', ['mr.']],
  ['@anna-maria and @anna', ['anna-maria']],
  ['@ann @ann @ann', ['ann']],
  ['line\n@ann', ['ann']],
  ["@ann's", ['ann']],
  ['mail ann@x or x@bob', []],
  ['@@ann @ann@bob', []],
  ['@annx @ännä @annä', []],
  ['日@ann', []],
  ['https://example.com/@ann see', []],
  ['https://example.com/ @ann', ['ann']],
  ['ftp://@ann', []],
  ['/@ann', []],
  ['@nobody', []],
  ['@', []],
  ['@ ann', []],
  ['Buy 100 @ 42', []],
])('finds in %j whom it mentions', (text, handles) => {
  expect(found(text)).toEqual(handles)
})

it('mentions at most so many', () => {
  const text = Array.from({ length: MOST_MENTIONED + 5 }, (_, i) => `@p${i}`).join(' ')
  expect(mentionsIn(text, () => true)).toHaveLength(MOST_MENTIONED)
})

it('finds handles that are known, each once, in any text', () => {
  const part = fc.oneof(
    fc.constantFrom('@', 'ann', '@ann', '@bob.', '.', '-', '_', ' ', '/', 'https://', '\n', 'é', '@x', '\u0301'),
    fc.string({ unit: 'binary', maxLength: 5 }),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      const text = parts.join('')
      const handles = found(text)
      expect(handles.every((handle) => KNOWN.has(handle) && isHandle(handle))).toBe(true)
      expect(new Set(handles).size).toBe(handles.length)
      for (const handle of handles) expect(text.toLowerCase()).toContain(`@${handle}`)
    }),
    { numRuns: 500 },
  )
})

it.each(['@'.repeat(4000), '@a'.repeat(2000), 'a.'.repeat(2000), `@${'a-'.repeat(2000)}`, 'https://'.repeat(500)])(
  'comes to an end with a text that is made to take long',
  (text) => {
    expect(found(text)).toEqual([])
  },
)

it('a name that goes on in a thousand dots is looked for a few times only', () => {
  let asked = 0
  const count = (text: string): string[] =>
    mentionsIn(text, (handle) => {
      asked++
      return KNOWN.has(handle)
    })
  expect(count(`@ann${'.'.repeat(1000)}`)).toEqual(['ann'])
  expect(count(`@nobody${'.'.repeat(1000)}`)).toEqual([])
  expect(count(`@${'ann-'.repeat(250)}`)).toEqual([])
  expect(asked).toBeLessThan(100)
})
