import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type Grants, parseGrants } from '../../../wire/grants.ts'

/** What the identity provider says of a person. */
export type Claims = Readonly<Record<string, unknown>>

const grants = z.string().transform((text, context) => {
  const read = parseGrants(text)
  if (read !== null) return read
  context.addIssue({ code: 'custom', message: `"${text}" are no grants; docs/grants.md says how they are written` })
  return z.NEVER
})
/** A rule gives its grants where the claim is this value, or a list that holds it; or to everybody. */
const rule = z
  .strictObject({
    everybody: z.literal(true).optional(),
    claim: z.string().min(1).optional(),
    value: z.union([z.string(), z.boolean(), z.number()]).optional(),
    grants,
  })
  .refine(
    ({ everybody, claim, value }) =>
      everybody ? claim === undefined && value === undefined : claim !== undefined && value !== undefined,
    'needs either a claim and its value, or "everybody": true',
  )
const file = z.array(rule).min(1).max(1000)
export type GrantRules = z.infer<typeof file>

/** Reads GRANTS_FILE; throws one line that says what is wrong with it, and what would be right. */
export const readGrantsFile = (path: string): GrantRules => {
  const remedy = 'docs/openid.md shows what it must hold.'
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Error(`GRANTS_FILE ${path} cannot be read: ${(error as Error).message}. ${remedy}`)
  }
  const read = file.safeParse(json)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new Error(`GRANTS_FILE ${path}: ${issue?.path.join('.') || 'it'}: ${issue?.message}. ${remedy}`)
}

const holds = (claim: unknown, value: unknown): boolean =>
  Array.isArray(claim) ? claim.includes(value) : claim === value

/** The value of a claim; a dot in its name leads into an object (`realm_access.roles`), unless a claim has that name. */
const claimAt = (claims: Claims, name: string): unknown => {
  if (Object.hasOwn(claims, name)) return claims[name]
  let at: unknown = claims
  for (const part of name.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    at = (at as Claims)[part]
  }
  return at
}

/** What these claims give. None: the person is known, and may do nothing. */
export const grantsOf = (rules: GrantRules, claims: Claims): Grants =>
  rules.flatMap(({ claim, value, grants }) =>
    claim === undefined || holds(claimAt(claims, claim), value) ? grants : [],
  )
