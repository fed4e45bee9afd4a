import { expect, test } from 'vitest'
import { checkArgs } from '../../../../server/devices/args.ts'
import { strictest } from '../../../../server/devices/precondition.ts'
import { COMMAND_KINDS } from '../../../../wire/command-kinds.ts'
import type { CommandArg, CommandArgs } from '../../../../wire/commands.ts'

const check = (arg: Omit<CommandArg, 'name' | 'title'>, x: unknown) =>
  checkArgs({ name: 'test', args: [{ name: 'x', title: 'X', ...arg }] }, { x } as CommandArgs)

test.each([
  [{ type: 'number', least: 1, most: 10 }, 1, 1],
  [{ type: 'number' }, -0.5, -0.5],
  [{ type: 'text' }, ' Turn\r\nleft ', 'Turn\nleft'],
  [{ type: 'text' }, '', ''],
  [{ type: 'choice', choices: ['a', 'b'] }, 'b', 'b'],
  [{ type: 'yes' }, false, false],
  [{ type: 'place' }, ' 30.2672 , -97.7431 ', '30.2672,-97.7431'],
  [{ type: 'place' }, '0,180', '0,180'],
  [{ type: 'route' }, '30.1,-97.1  30.2,-97.2', '30.1,-97.1 30.2,-97.2'],
] as const)('%j takes %j as %j', (arg, given, value) => {
  const read = check({ ...arg, ...('choices' in arg && { choices: [...arg.choices] }) } as CommandArg, given)
  expect(read).toEqual({ args: { x: value } })
})

test.each([
  [{ type: 'number', least: 1, most: 10 }, 0, 'x must be 1 to 10.'],
  [{ type: 'number', most: 10 }, 11, 'x must be 10 at the most.'],
  [{ type: 'number', least: 1 }, 0, 'x must be 1 or more.'],
  [{ type: 'number' }, '1', 'x must be a number.'],
  [{ type: 'number' }, Number.NaN, 'x must be a number.'],
  [{ type: 'text', most: 3 }, 'four', 'x takes at most 3 letters.'],
  [{ type: 'text', least: 1 }, ' \u200b ', 'x takes at least 1 letters.'],
  [{ type: 'text' }, 'x'.repeat(501), 'x takes at most 500 letters.'],
  [{ type: 'choice', choices: ['a', 'b'] }, 'c', 'x must be one of a, b.'],
  [{ type: 'yes' }, 'yes', 'x must be yes or no.'],
  [{ type: 'place' }, '91,0', 'x must be a place, as in 30.2672,-97.7431.'],
  [{ type: 'place' }, '1,2,3', 'x must be a place, as in 30.2672,-97.7431.'],
  [{ type: 'place' }, '1,181', 'x must be a place, as in 30.2672,-97.7431.'],
  [{ type: 'route' }, '1,2', 'x must be 2 to 100 places, one blank between two.'],
  [{ type: 'route' }, '1,2 here', 'x must be places, as in 30.26,-97.74 30.27,-97.75.'],
  [{ type: 'text' }, undefined, 'x is missing.'],
] as const)('%j refuses %j: %s', (arg, given, wrong) => {
  const read = check({ ...arg, ...('choices' in arg && { choices: [...arg.choices] }) } as CommandArg, given)
  expect(read).toEqual({ wrong })
})

test('what a kind does not know is refused, and what it may do without is left out', () => {
  const kind = COMMAND_KINDS.find(({ name }) => name === 'message')
  if (kind === undefined) throw new Error('no message')
  expect(checkArgs(kind, { text: 'Hi' })).toEqual({ args: { text: 'Hi' } })
  expect(checkArgs(kind, { text: 'Hi', loud: true })).toEqual({ wrong: 'message takes no argument called loud.' })
  const polluted = JSON.parse('{"text":"Hi","__proto__":1}') as CommandArgs
  expect(checkArgs(kind, polluted)).toEqual({ wrong: 'message takes no argument called __proto__.' })
})

test('of what is asked for and what a kind wants, the stricter must hold', () => {
  const inside = { west: 0, south: 0, east: 1, north: 1 }
  expect(strictest()).toBeUndefined()
  expect(strictest({ inside })).toEqual({ inside })
  expect(strictest({ slowerThan: 9, fresherThan: 5 }, { slowerThan: 3, fresherThan: 60 })).toEqual({
    slowerThan: 3,
    fresherThan: 5,
  })
  expect(strictest({ slowerThan: 1 }, { fresherThan: 60 })).toEqual({ slowerThan: 1, fresherThan: 60 })
})
