import type { Person } from '../../server/people/person.ts'
import { parseGrants } from '../../wire/grants.ts'
import { connectClient, type TestClient } from './client.ts'
import { createFeed, type Feed } from './feed.ts'
import { startNode, type TestNode } from './node.ts'
import { somebody, testTokens } from './people.ts'
import { type SingleRedis, startSingleRedis } from './redis.ts'

/** Two nodes on one Redis: one where people sign in (`closed`), and one that is open. */
export type FloorWithPeople = {
  redis: SingleRedis
  feed: Feed
  closed: TestNode
  open: TestNode
  /** A program's token of somebody with these grants. */
  bearer: (grants: string, more?: Partial<Person>) => Promise<string>
  connect: (node: TestNode, token?: string) => Promise<TestClient>
  stop: () => Promise<void>
}

/** No test here is about what requests cost. */
const FREE = { HTTP_SHARE: '1', HTTP_SHARE_PER_ADDRESS: '1', CLIENT_SHARE: '1', MAX_REQUESTS: '100000' }

export const startFloorWithPeople = async (env: Record<string, string> = {}): Promise<FloorWithPeople> => {
  const redis = await startSingleRedis()
  const start = (ACCESS: string): Promise<TestNode> =>
    startNode({ redisUrl: redis.url, env: { ...FREE, ACCESS, NODE_NAME: ACCESS, ...env } })
  const [closed, open, tokens] = await Promise.all([start('invitations'), start('open'), testTokens()])
  const clients: TestClient[] = []
  return {
    redis,
    feed: createFeed(redis.client()),
    closed,
    open,
    bearer: (grants, more) => tokens.sign('bearer', somebody({ grants: parseGrants(grants) ?? [], ...more })),
    connect: async (node, token) => {
      const auth = token === undefined ? {} : { auth: { token } }
      const client = await connectClient(node.url, { reconnection: false, ...auth })
      clients.push(client)
      return client
    },
    stop: async () => {
      for (const client of clients) client.close()
      await Promise.all([closed, open].map((node) => node.stop()))
      await redis.stop()
    },
  }
}
