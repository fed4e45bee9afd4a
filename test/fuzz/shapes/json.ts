import fc from 'fast-check'
import { anyText, oddNumber } from './bytes.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** JSON text: JSON has texts that no value gives back, such as a key twice, `__proto__` and 1e999. */
const oddJson = fc.oneof(
  oddNumber.filter((text) => /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text)),
  fc.constantFrom(
    ...['{"__proto__":{"topics":[]}}', '{"__proto__":null}', '{"constructor":{"prototype":{"x":1}}}', '{"a":1,"a":2}'],
    ...[
      '{"toString":1}',
      '{"toJSON":1}',
      '{"then":1}',
      '{"length":1e9}',
      '{"_placeholder":true,"num":0}',
      '[[[[[[]]]]]]',
    ],
    ...['{"topics":{"length":3}}', '[]', '{}', 'null', 'true', '""', '"\\ud800"', '"\\u0000"', '{"":{}}'],
  ),
  fc.integer({ min: 10, max: 20_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  fc.integer({ min: 10, max: 5000 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  fc.integer({ min: 100, max: 30_000 }).map((length) => `[${'0,'.repeat(length)}0]`),
  fc.integer({ min: 100, max: 5000 }).map((length) => `{${Array.from({ length }, (_, i) => `"k${i}":0`).join(',')}}`),
)

/** The text of any JSON. */
export const anyJson = fc.oneof(
  oddJson,
  fc.json({ maxDepth: 3 }),
  anyText.map((text) => JSON.stringify(text)),
)

/** Stands for a piece of text that no value gives; put in where the whole is text. */
const HOLE = '\u0001hole'
type Edit = {
  do: 'replace' | 'drop' | 'repeat' | 'wrap' | 'rename' | 'add'
  at: number
  times: number
  name: string
  with: string
}

const edit: fc.Arbitrary<Edit> = fc.record({
  do: fc.constantFrom('replace', 'replace', 'drop', 'repeat', 'wrap', 'rename', 'add'),
  at: fc.nat({ max: 10_000 }),
  times: fc.oneof({ weight: 60, arbitrary: fc.integer({ min: 1, max: 5 }) }, fc.integer({ min: 100, max: 3000 })),
  name: anyText,
  with: anyJson,
})

type Place = { parent: Json[] | { [key: string]: Json }; key: string | number }

/** Every place of a value that holds another. */
const placesOf = (value: Json): Place[] => {
  if (value === null || typeof value !== 'object') return []
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  return keys.flatMap((key) => [{ parent: value, key }, ...placesOf(value[key as never])])
}

const insert = (parent: Place['parent'], key: string | number, values: Json[], name: string): void => {
  if (Array.isArray(parent)) parent.splice(Number(key), 0, ...values)
  else for (const [i, value] of values.entries()) parent[`${name}${i}`] = value
}

const applyEdit = (root: { value: Json }, { do: what, at, times, name, with: other }: Edit, holes: string[]): void => {
  const places = placesOf(root as unknown as Json)
  const { parent, key } = places[at % places.length] as Place
  const here = parent[key as never] as Json
  const hole = (): Json => `${HOLE}${holes.push(other) - 1}`
  if (what === 'replace') Object.assign(parent, { [key]: hole() })
  else if (what === 'wrap') Object.assign(parent, { [key]: [here] })
  else if (what === 'repeat') insert(parent, key, new Array(times).fill(here), name)
  else if (what === 'add') insert(parent, key, [hole()], name)
  else if (parent !== (root as unknown)) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1)
    else delete parent[key]
    if (what === 'rename') insert(parent, key, [here], name)
  }
}

/** JSON text close to that of right values. */
export const editedJson = (base: fc.Arbitrary<Json>, maxEdits = 3): fc.Arbitrary<string> =>
  fc.tuple(base, fc.array(edit, { maxLength: maxEdits })).map(([value, edits]) => {
    const root = { value: structuredClone(value) }
    const holes: string[] = []
    for (const each of edits) applyEdit(root, each, holes)
    return JSON.stringify(root.value).replaceAll(/"\\u0001hole(\d+)"/g, (_, i) => holes[Number(i)] ?? 'null')
  })
