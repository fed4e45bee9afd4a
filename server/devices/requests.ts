import { createHash } from 'node:crypto'
import { z } from 'zod'
import { MOST_ORDERED } from '../../wire/commands.ts'
import { isGroup } from '../../wire/groups.ts'
import { isName } from '../../wire/topics.ts'
import { listOf, tableOf } from '../live/first-fault.ts'
import { bounds } from '../live/requests.ts'

/** Arguments of a command; far longer texts are not even looked at. */
const MOST_ARGS = 16
const MOST_ARG_LETTERS = 4000

const id = z.string().regex(/^[\w.:-]{1,64}$/, { error: 'must be 1 to 64 letters, digits and _ . : -' })
const device = z.string().refine(isName, { error: 'must be the name of a device' })
const to = z.union([
  z.strictObject({
    devices: listOf(device, MOST_ORDERED).refine((all) => all.length > 0, { error: 'names no device' }),
  }),
  z.strictObject({ group: z.string().refine(isGroup, { error: 'must be the name of a group' }) }),
])
const value = z.union([z.string().max(MOST_ARG_LETTERS), z.number(), z.boolean()], {
  error: `must be a number, true or false, or a text of at most ${MOST_ARG_LETTERS} letters`,
})

export const commandRequest = z.object({
  id,
  to,
  kind: z.string().max(64),
  args: tableOf(value, MOST_ARGS).optional(),
  within: z.number().positive().optional(),
  if: z
    .strictObject({
      slowerThan: z.number().positive().optional(),
      fresherThan: z.number().positive().optional(),
      inside: bounds.optional(),
    })
    .optional(),
})
export type CommandAsked = z.infer<typeof commandRequest>

export const cancelRequest = z.union([z.object({ device, id }), z.object({ order: id })], {
  error: 'names a device and the id of a command, or an order',
})

/** Letters of an order's id that are made of its command's. */
const ORDER_LETTERS = 16

/** The id of the order that a person's command for several devices makes: the same one whenever it is asked again. */
export const orderIdOf = (person: string, command: string): string =>
  `${person}.${createHash('sha256').update(command).digest('base64url').slice(0, ORDER_LETTERS)}`
