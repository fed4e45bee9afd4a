import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readKinds } from '../../../server/devices/kinds.ts'
import { WORKED_ON_MS } from '../../../wire/command-calls.ts'
import { COMMAND_KINDS } from '../../../wire/command-kinds.ts'
import {
  COMMAND_STATES,
  type CommandArg,
  isOpen,
  MOST_KEPT,
  MOST_OPEN,
  MOST_ORDERED,
  type Precondition,
} from '../../../wire/commands.ts'
import { grouped, inCode, text } from '../../support/figures.ts'

const page = text('docs/commands.md')
/** The rows of the table that begins with this heading, each as its cells. */
const rowsOf = (heading: string): string[][] => {
  const [, table = ''] = new RegExp(`\\| ${heading} \\|[^\\n]*\\n\\|[-|]+\\n([\\s\\S]*?)\\n\\n`).exec(page) ?? []
  return table.split('\n').map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}
const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')

test('the page lists every state, and which of them are final', () => {
  const rows = rowsOf('state')
  expect(rows.map(([state = '']) => state)).toEqual(COMMAND_STATES.map((state) => `\`${state}\``))
  const finals = rows.filter(([, , next]) => next === '').map(([state = '']) => state)
  expect(finals).toEqual(COMMAND_STATES.filter((state) => !isOpen(state)).map((state) => `\`${state}\``))
})

const inWords = (value: number, said: number, words: string): string => (value === said ? words : `not ${words}`)

const HOUR_S = 3600
const long = (seconds: number): string => (seconds < HOUR_S ? `${seconds / 60} min` : `${seconds / HOUR_S} h`)
const asked = ({ name, optional }: CommandArg): string => `\`${name}\`${optional ? '?' : ''}`
const must = ({ slowerThan, fresherThan }: Precondition): string =>
  `slower than ${slowerThan} m/s, fix at most ${fresherThan} s old`

test('the page lists the built-in kinds as they are', () => {
  expect(rowsOf('kind')).toEqual(
    COMMAND_KINDS.map(({ name, dangerous, args, within, most, supersedes = [], if: own }) => [
      `\`${name}\`${dangerous ? ' (dangerous)' : ''}`,
      args.map(asked).join(', '),
      long(within),
      long(most),
      code(supersedes),
      own ? must(own) : '',
    ]),
  )
})

test('the file that the page shows is one', () => {
  const [, example = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? []
  const folder = mkdtempSync(join(tmpdir(), 'watchfloor-page-'))
  try {
    writeFileSync(join(folder, 'commands.json'), example)
    expect(readKinds(join(folder, 'commands.json'))).toHaveLength(COMMAND_KINDS.length + 1)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the page gives the figures that the code has', () => {
  const flowing = page.replace(/\s+/g, ' ')
  expect(WORKED_ON_MS).toBe(3_600_000)
  for (const sentence of [
    `sent again every ${inCode('server/devices/sending.ts', 'RETRY_MS') / 1000} seconds`,
    'may work on it for an hour after the deadline',
    `At most ${MOST_OPEN} commands may be under way`,
    `the last ${MOST_KEPT} commands are kept`,
    `at most ${grouped(MOST_ORDERED)} devices`,
    `for ${grouped(inCode('server/devices/commands.ts', 'burst'))} devices at once`,
    inWords(inCode('server/devices/commands.ts', 'share'), 100, 'and for 100 more a second'),
    `at most ${inCode('server/devices/kinds.ts', 'MOST_ARGS')}. \`type\``,
    `(${inCode('server/devices/args.ts', 'MOST_LETTERS')} letters if it does not say)`,
    `2 to ${inCode('server/devices/args.ts', 'MOST_PLACES')} of them`,
    `Both have at most ${inCode('server/devices/answering.ts', 'MOST_LETTERS')} letters`,
  ])
    expect(flowing).toContain(sentence)
})

const SIZE = (name: string): string => grouped(inCode('test/faults/command.ts', name))
test.each([`has ${SIZE('devices')} devices on`, `asked for ${SIZE('commands')} things`])(
  'the page says of its test "%s"',
  (sentence) => {
    expect(page.replace(/\s+/g, ' ')).toContain(sentence)
  },
)
