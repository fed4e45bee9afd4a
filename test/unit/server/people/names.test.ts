import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nameOf } from '../../../../server/people/names.ts'
import { slugOf } from '../../../../server/people/slug.ts'
import { isHandle, MAX_PERSON_NAME } from '../../../../wire/people.ts'

it.each([
  ['Ann Lee', 'ann-lee'],
  ['Søren Ångström', 's-ren-angstrom'],
  ['Zoë  (night)', 'zoe-night'],
  ['ANN', 'ann'],
  ['--ann--', 'ann'],
  ['a'.repeat(60), 'a'.repeat(27)],
  [`${'a'.repeat(26)} b`, 'a'.repeat(26)],
])('the handle that suits %j is @%s', (name, handle) => {
  expect(slugOf(name)).toBe(handle)
})

it('every name has a handle, the same each time, with room behind it for a number', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      expect(isHandle(`${slugOf(name)}-9999`)).toBe(true)
      expect(slugOf(name)).toBe(slugOf(name))
    }),
  )
  expect(slugOf('株式')).not.toBe(slugOf('会社'))
})

it.each([
  ['  Ann Lee ', 'Ann Lee'],
  ['Zoe\u0308', 'Zoë'],
  ['株', '株'],
  // What turns the text around it, or is not seen, is taken out.
  ['a\u202eb\u0000', 'ab'],
  ['x'.repeat(MAX_PERSON_NAME), 'x'.repeat(MAX_PERSON_NAME)],
])('%j is a name', (text, name) => {
  expect(nameOf(1).parse(text)).toBe(name)
})

it.each(['', ' ', '\u0000', '\ud800', 'x'.repeat(MAX_PERSON_NAME + 1), 7, null])('%j is none', (text) => {
  expect(nameOf(1).safeParse(text).success).toBe(false)
})
