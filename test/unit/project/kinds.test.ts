import { expect, test } from 'vitest'
import { serverKindOf } from '../../../server/kinds/kinds.ts'
import { librarySource } from '../../../server/redis/library.ts'
import { KINDS } from '../../../wire/kinds/kinds.ts'
import type { Topic } from '../../../wire/topics.ts'

/** What the compiler cannot see of a kind of topic. */
const kinds = Object.values(KINDS).map((kind) => ({ ...kind, own: serverKindOf(`${kind.letter}:any` as Topic) }))
const source = librarySource('PUBLISH')

test.each(kinds)('the name of a topic begins with one letter: $letter', ({ letter }) => {
  expect(letter).toMatch(/^[a-z]$/)
})

test.each(kinds)('the library has the function that reads a topic: $letter', ({ own }) => {
  expect(source).toContain(`register('${own.reader.name}', READS,`)
})

test.each(kinds)('a node knows the state of a topic that does not exist: $letter', ({ own }) => {
  expect(own.empty).toMatch(own.isSnapshot)
  expect(own.snapshot.shape.safeParse(JSON.parse(own.empty)).success).toBe(true)
})
