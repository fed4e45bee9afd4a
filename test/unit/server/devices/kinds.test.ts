import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readKinds } from '../../../../server/devices/kinds.ts'
import { COMMAND_KINDS } from '../../../../wire/command-kinds.ts'

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-kinds-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'commands.json')
const read = (text: string) => {
  writeFileSync(path, text)
  return readKinds(path)
}
const HORN = { name: 'horn', title: 'Sound the horn', args: [], within: 30, most: 60 }
const readOne = (more: object) => read(JSON.stringify({ kinds: [{ ...HORN, ...more }] }))

test('without a file there are the built-in kinds, each of which would do in a file', () => {
  expect(readKinds(undefined)).toBe(COMMAND_KINDS)
  const renamed = JSON.stringify({ kinds: COMMAND_KINDS }).replaceAll(
    /"(name|supersedes)":("\w+"|\[[^\]]*\])/g,
    (text) => text.replaceAll(/:"|\["|,"/g, (start) => `${start}my_`),
  )
  expect(read(renamed)).toHaveLength(2 * COMMAND_KINDS.length)
})

test('those of a file come besides, with all that they say', () => {
  const door = { name: 'door', title: 'Which', type: 'choice', choices: ['front', 'back'] }
  const kinds = readOne({ args: [door], supersedes: ['lock'], dangerous: true, if: { slowerThan: 1, fresherThan: 9 } })
  expect(kinds.at(-1)).toMatchObject({ name: 'horn', args: [door], dangerous: true })
  expect(readOne({ args: undefined }).at(-1)).toMatchObject({ args: [] })
})

test.each([
  ['{', /commands\.json: .*JSON/],
  ['[]', /it: /],
  ['{"kinds":[{"name":"horn"}]}', /kinds\.0\.title/],
  [{ name: 'Horn' }, /kinds\.0\.name: takes up to 32 small letters/],
  [{ within: 61 }, /within.*longer than its .*most/],
  [{ most: 700_000 }, /kinds\.0\.most/],
  [{ loud: true }, /loud/],
  [{ dangerous: true }, /is dangerous, so its `if` must say/],
  [{ if: { inside: { west: 0, south: 0, east: 1, north: 1 } } }, /inside/],
  [{ args: [{ name: 'x', title: 'X', type: 'choice' }] }, /has `choices`/],
  [{ args: [1, 2].map(() => ({ name: 'x', title: 'X', type: 'text' })) }, /two arguments of one name/],
  [{ name: 'stop' }, /two kinds called stop/],
  [{ supersedes: ['whistle'] }, /horn supersedes whistle, which is no kind/],
])('%j is refused with what is wrong', (what, message) => {
  const wrong = () => (typeof what === 'string' ? read(what) : readOne(what))
  expect(wrong).toThrow(message)
  expect(wrong).toThrow(/docs\/commands\.md shows what it holds/)
})

test('a file that is not there is named', () => {
  expect(() => readKinds(join(folder, 'none.json'))).toThrow(/COMMANDS_FILE .*none\.json: /)
})
