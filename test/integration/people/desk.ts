import { newId } from '../../../server/people/ids.ts'
import type { Person } from '../../../server/people/person.ts'
import { createPeopleStore, type PeopleStore } from '../../../server/people/store.ts'
import type { Tokens } from '../../../server/people/tokens.ts'
import { parseGrants } from '../../../wire/grants.ts'
import type { SessionReply } from '../../../wire/people.ts'
import { connectClient, type TestClient } from '../../support/client.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { fromOwnPage, testTokens } from '../../support/people.ts'
import type { TestRedis } from '../../support/redis.ts'

const HOUR_MS = 3_600_000

/** What a program asks with, and what a page does. */
export const withToken = (token: string) => ({ Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' })

/** A floor that people are invited to, and those who are. */
export type Desk = {
  store: PeopleStore
  /** Invites somebody; returns the text that they, or a program of theirs, ask with. */
  invite: (name: string, grants: string) => Promise<{ token: string; id: string; person: string }>
  start: (redisUrl?: string) => Promise<TestNode>
  join: (node: TestNode, token: string) => Promise<TestClient>
  /** Asks a node; resolves with the status and what it says. */
  ask: <T>(node: TestNode, path: string, token: string, body?: object) => Promise<{ status: number; reply: T }>
  /** Opens a share's link, as its page does; resolves with what the page asks with. */
  open: (node: TestNode, link: string) => Promise<{ status: number; reply: SessionReply }>
  stop: () => Promise<void>
}

export const openDesk = async (redis: TestRedis): Promise<Desk> => {
  const tokens: Tokens = await testTokens()
  const nodes: TestNode[] = []
  const clients: TestClient[] = []
  const store = createPeopleStore(redis.client(), { now: Date.now, id: newId, unreadable: () => {} })
  const reply = async <T>(response: Response) => ({ status: response.status, reply: (await response.json()) as T })
  return {
    store,
    invite: async (name, grants) => {
      const until = Date.now() + HOUR_MS
      const { id, person } = await store.invite({ name, grants, until, by: 'test' })
      const given = { grants: parseGrants(grants) ?? [], via: 'token', credential: id, by: null } as const
      const who: Person = { id: person, name, ...given, since: Date.now(), until }
      return { token: await tokens.sign('bearer', who), id, person }
    },
    start: async (redisUrl = redis.url) => {
      const env = { ACCESS: 'invitations', LOG_LEVEL: 'info', HTTP_SHARE_PER_ADDRESS: '1', HTTP_SHARE: '1' }
      const node = await startNode({ redisUrl, env })
      nodes.push(node)
      return node
    },
    join: async ({ url }, token) => {
      const client = await connectClient(url, { auth: { token }, reconnection: false })
      clients.push(client)
      return client
    },
    ask: async (node, path, token, body) => {
      const more = body && { method: 'POST', body: JSON.stringify(body) }
      return reply(await fetch(`${node.url}/api${path}`, { headers: withToken(token), ...more }))
    },
    open: async ({ url }, link) => {
      const body = JSON.stringify({ token: link.slice(link.indexOf('=') + 1) })
      return reply(await fetch(`${url}/api/session`, { method: 'POST', headers: fromOwnPage, body }))
    },
    stop: async () => {
      for (const client of clients) client.close()
      await Promise.all(nodes.map((node) => node.kill()))
    },
  }
}
