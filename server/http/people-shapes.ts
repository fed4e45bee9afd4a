import { z } from 'zod'
import { parseGrants } from '../../wire/grants.ts'
import { MAX_VIEW_GROUPS } from '../../wire/groups.ts'
import { HANDLE } from '../../wire/people.ts'
import { isName } from '../../wire/topics.ts'
import { listOf } from '../live/first-fault.ts'
import { bounds, group } from '../live/requests.ts'
import { nameOf } from '../people/names.ts'

/** Symbols of one shared layout. */
const MOST_SYMBOLS = 20

const name = z.string().refine(isName, { error: 'no symbol and no device is called that' })
const id = z.string().regex(/^[\w-]{1,64}$/, 'must be an id')
const until = z.int().min(0)
const grants = z.string().transform((text, context) => {
  const read = parseGrants(text)
  if (read !== null) return read
  context.addIssue({ code: 'custom', message: 'are written like "watch:s:* say:m:desk"' })
  return z.NEVER
})

const view = z.strictObject({ bounds, groups: listOf(group, MAX_VIEW_GROUPS).nullable() })
const shown = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('symbol'), symbol: name }),
  z.strictObject({ kind: z.literal('device'), device: name }),
  view.extend({ kind: z.literal('view') }),
  z
    .strictObject({
      kind: z.literal('layout'),
      symbols: listOf(name, MOST_SYMBOLS),
      device: name.nullable(),
      view: view.nullable(),
    })
    .refine(({ symbols, device, view }) => symbols.length > 0 || device !== null || view !== null, {
      error: 'shows nothing',
    }),
])

/** What people post about people; everything else is `bad_request`. */
export const invitationRequest = z.strictObject({ name: nameOf(1), grants, until })
export const renewInvitationRequest = z.strictObject({ until })
export const shareRequest = z.strictObject({
  show: shown,
  until,
  ends: bounds.optional(),
  name: nameOf(0).default(''),
})
export const revokeRequest = z.union(
  [
    z.strictObject({ invitation: id }),
    z.strictObject({ share: id }),
    z.strictObject({ person: z.string().regex(HANDLE) }),
  ],
  { error: 'takes one of invitation, share and person' },
)
