import type { Person } from '../../server/people/person.ts'
import type { FloorWithPeople } from './floor-with-people.ts'

/** Those of whom it is known what they may do. */
export const CAST = ['nobody', 'guest', 'share', 'trader', 'dispatcher', 'manager', 'expired', 'revoked'] as const
export type Name = (typeof CAST)[number]

export const GRANTS: Partial<Record<Name, string>> = {
  guest: 'watch:* say:* announce:* share:* command:* danger:* manage:*',
  share: 'watch:s:AAPL',
  trader: 'watch:s:* watch:m:desk say:m:desk watch:m:s:* say:m:s:* watch:p:floor watch:v:* share:s:*',
  dispatcher: 'watch:c:buses/* watch:d:BUS-* watch:m:d:BUS-* say:m:d:BUS-* share:d:BUS-*',
  manager: 'manage:*',
  expired: 'watch:* say:* manage:*',
  revoked: 'watch:* say:* manage:*',
}
/** Those who are let in. */
export const INSIDE = ['guest', 'share', 'trader', 'dispatcher', 'manager'] as const satisfies Name[]
export type Inside = (typeof INSIDE)[number]
export const isInside = (name: Name): name is Inside => (INSIDE as readonly Name[]).includes(name)

const MORE: Partial<Record<Name, Partial<Person>>> = {
  guest: { via: 'open', credential: null },
  share: { id: null, via: 'share', by: 'trader' },
  expired: { until: Date.now() - 1000 },
}

/** How each of them asks a node: which one, and by what token. */
export const castOf = async (floor: FloorWithPeople) => {
  const tokens = new Map<Name, string>()
  for (const name of CAST) {
    const grants = GRANTS[name]
    if (grants === undefined) continue
    const more = { id: name as string | null, name, credential: `of-${name}`, ...MORE[name] }
    tokens.set(name, await floor.bearer(grants, more))
  }
  /** The guest is on the floor that is open. */
  const nodeOf = (name: Name) => (name === 'guest' ? floor.open : floor.closed)
  const ask = async (name: Name, method: string, path: string, body?: unknown) => {
    const token = tokens.get(name)
    const node = nodeOf(name)
    const headers = {
      Origin: node.url,
      'X-Forwarded-For': `10.0.0.${CAST.indexOf(name) + 1}`,
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    }
    const reply = await fetch(node.url + path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    })
    const text = await reply.text()
    return { status: reply.status, text }
  }
  return { tokens, nodeOf, ask, connect: (name: Name) => floor.connect(nodeOf(name), tokens.get(name)) }
}
export type Cast = Awaited<ReturnType<typeof castOf>>
