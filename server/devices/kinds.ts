import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { COMMAND_KINDS } from '../../wire/command-kinds.ts'
import type { CommandKind } from '../../wire/commands.ts'

/** Kinds that a file may describe, and arguments of one. */
const MOST_KINDS = 100
const MOST_ARGS = 16
const WEEK_S = 7 * 24 * 3600

const NAME = /^[a-z][a-z0-9_]{0,31}$/
const name = z.string().regex(NAME, 'takes up to 32 small letters, digits and _, with a letter first')
const title = z.string().trim().min(1).max(60)
const seconds = z.number().int().min(1).max(WEEK_S)
const number = z.number()

const arg = z
  .strictObject({
    name,
    title,
    type: z.enum(['number', 'text', 'choice', 'yes', 'place', 'route']),
    unit: z.string().max(16).optional(),
    least: number.optional(),
    most: number.optional(),
    choices: z.array(z.string().min(1).max(60)).min(1).max(50).optional(),
    initial: z.union([z.string(), number, z.boolean()]).optional(),
    optional: z.boolean().optional(),
  })
  .refine(({ type, choices }) => (type === 'choice') === (choices !== undefined), {
    error: 'has `choices` where its type is choice, and only there',
  })
const kind = z
  .strictObject({
    name,
    title,
    args: z.array(arg).max(MOST_ARGS).default([]),
    within: seconds,
    most: seconds,
    dangerous: z.boolean().optional(),
    supersedes: z.array(name).max(MOST_KINDS).optional(),
    if: z.strictObject({ slowerThan: number.min(0).optional(), fresherThan: number.min(1).optional() }).optional(),
  })
  .refine(({ within, most }) => within <= most, { error: 'has a `within` that is longer than its `most`' })
  .refine(({ args }) => new Set(args.map((each) => each.name)).size === args.length, {
    error: 'has two arguments of one name',
  })
  .refine((each) => !each.dangerous || (each.if?.slowerThan !== undefined && each.if.fresherThan !== undefined), {
    error: 'is dangerous, so its `if` must say `slowerThan` and `fresherThan`',
  })
const file = z.strictObject({ kinds: z.array(kind).max(MOST_KINDS) })

/**
 * The kinds of commands of this floor: those that there are everywhere, and those of COMMANDS_FILE. Throws one line
 * that says what is wrong with the file, and what would be right.
 */
export const readKinds = (path: string | undefined): readonly CommandKind[] => {
  if (path === undefined) return COMMAND_KINDS
  const fail = (why: string): Error => new Error(`COMMANDS_FILE ${path}: ${why}. docs/commands.md shows what it holds.`)
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw fail((error as Error).message)
  }
  const read = file.safeParse(json)
  if (!read.success) {
    const [issue] = read.error.issues
    throw fail(`${issue?.path.join('.') || 'it'}: ${issue?.message}`)
  }
  const all = [...COMMAND_KINDS, ...(read.data.kinds as CommandKind[])]
  const names = all.map((each) => each.name)
  const twice = names.find((each, i) => names.indexOf(each) !== i)
  if (twice !== undefined) throw fail(`there are two kinds called ${twice}`)
  for (const { name: of, supersedes = [] } of all)
    for (const other of supersedes)
      if (!names.includes(other)) throw fail(`${of} supersedes ${other}, which is no kind`)
  return all
}
