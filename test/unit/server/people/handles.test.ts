import fc from 'fast-check'
import { expect, it } from 'vitest'
import { handleOf, readName } from '../../../../server/people/handles.ts'
import { isHandle, MAX_PERSON_NAME } from '../../../../wire/people.ts'

it.each([
  ['Ann Lee', 'ann-lee'],
  ['Søren Ångström', 's-ren-angstrom'],
  ['Zoë  (night)', 'zoe-night'],
  ['ANN', 'ann'],
  ['--ann--', 'ann'],
  ['a'.repeat(60), 'a'.repeat(28)],
  [`${'a'.repeat(27)} b`, 'a'.repeat(27)],
])('the handle of %j is @%s', (name, handle) => {
  expect(handleOf(name)).toBe(handle)
})

it('every name has a handle, the same each time, with room behind it for a number', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      expect(isHandle(`${handleOf(name)}-99`)).toBe(true)
      expect(handleOf(name)).toBe(handleOf(name))
    }),
  )
  expect(handleOf('株式')).not.toBe(handleOf('会社'))
})

it.each([
  ['  Ann Lee ', 'Ann Lee'],
  ['Zoe\u0308', 'Zoë'],
  ['株', '株'],
  ['👩‍🚒', '👩‍🚒'],
  ['x'.repeat(MAX_PERSON_NAME), 'x'.repeat(MAX_PERSON_NAME)],
])('%j is a name', (text, name) => {
  expect(readName(text)).toBe(name)
})

it.each(['', ' ', '\u0000', 'a\nb', 'a\u202eb', 'a\u2066b', '\ud800', 'a\u2028b', 'x'.repeat(MAX_PERSON_NAME + 1)])(
  '%j is none',
  (text) => {
    expect(readName(text)).toBeNull()
  },
)
