import { parseArgs } from 'node:util'
import { ALL_GRANTS, type Grants, parseGrants } from '../../../wire/grants.ts'
import { nameOf } from '../names.ts'

/** What `npm run invite` is asked for. `forMs`: how long it is good for. `at`: where browsers find the floor. */
export type Order =
  | { kind: 'invite'; name: string; grants: Grants; forMs: number; as: 'link' | 'token'; at: string | null }
  | { kind: 'renew'; id: string; forMs: number; at: string | null }
  | { kind: 'revoke'; id: string }
  | { kind: 'list' }
  | { kind: 'help' }
  | { kind: 'mistake'; message: string }

const FLAGS = {
  name: { type: 'string' },
  grants: { type: 'string' },
  for: { type: 'string', default: '30d' },
  at: { type: 'string' },
  bearer: { type: 'boolean' },
  list: { type: 'boolean' },
  renew: { type: 'string' },
  revoke: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

export const HELP = `npm run invite -- --name NAME --grants GRANTS [--for 30d] [--at ADDRESS]

  --name NAME         whom you invite, as others will read it
  --grants GRANTS     what they may do, such as 'watch:s:* say:m:*' (docs/grants.md); 'all' for everything
  --for TIME          how long: 45m, 12h, 30d (the default); at most 366d
  --at ADDRESS        where browsers find the floor; PUBLIC_URL by default
  --bearer            for a program: prints a token instead of a link
  --list              who is invited
  --renew ID          a new link, for --for from now
  --revoke ID         takes it back, at once

Run it with the settings of your nodes: REDIS_URL (beside "npm start": DATA_DIR), SECRET_FILE, PUBLIC_URL, ACCESS.`

const UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }
/** Nothing lets anybody in for longer: a revocation may be forgotten by then. */
const LONGEST_MS = 366 * 86_400_000

/** `30d` in milliseconds; null where it is no time, or too long. */
const spanOf = (text: string): number | null => {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  const ms = Number(count) * (UNITS[unit] ?? 0)
  return ms > 0 && ms <= LONGEST_MS ? ms : null
}

/** `https://floor.example/` without what a link brings itself; null where it is no such address. */
const addressOf = (text: string): string | null => {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' ? url.origin : null
}

const mistake = (message: string): Order => ({ kind: 'mistake', message: `${message} (npm run invite -- --help)` })

/** What the arguments ask for. */
export const readOrder = (args: readonly string[]): Order => {
  try {
    return orderOf(parseArgs({ args: [...args], options: FLAGS }).values)
  } catch (error) {
    return mistake((error as Error).message)
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof FLAGS }>>['values']

const orderOf = ({ name, grants, for: span, at, bearer, list, renew, revoke, help }: Values): Order => {
  if (help) return { kind: 'help' }
  if (list) return { kind: 'list' }
  if (revoke !== undefined) return { kind: 'revoke', id: revoke }
  const forMs = spanOf(span)
  if (forMs === null) return mistake(`--for takes a time up to 366d, such as 45m, 12h or 30d: not "${span}"`)
  const floor = at === undefined ? null : addressOf(at)
  if (at !== undefined && floor === null)
    return mistake(`--at takes an address like https://floor.example: not "${at}"`)
  if (renew !== undefined) return { kind: 'renew', id: renew, forMs, at: floor }
  const read = nameOf(1).safeParse(name ?? '').data
  if (read === undefined) return mistake('--name takes the name of whom you invite, 1 to 60 letters')
  const given = grants === 'all' ? ALL_GRANTS : parseGrants(grants ?? '')
  if (given === null || given.length === 0)
    return mistake("--grants takes what they may do, such as 'watch:s:* say:m:*', or all")
  return { kind: 'invite', name: read, grants: given, forMs, as: bearer ? 'token' : 'link', at: floor }
}
