import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { startNode } from '../../support/node.ts'
import { startProxy } from '../../support/proxy.ts'
import { startSingleRedis } from '../../support/redis.ts'
import { startClusterRedis } from '../../support/redis-cluster.ts'
import { forThisFile } from './floor.ts'

const single = forThisFile(startSingleRedis)
const cluster = forThisFile(startClusterRedis)

/** What a node says that does not start with this REDIS_URL. */
const refusal = async (redisUrl: string): Promise<string> => {
  const node = await startNode({ redisUrl, until: '/healthz' }).catch((error: Error) => error.message)
  if (typeof node === 'string') return node
  await node.stop()
  throw new Error('the node started')
}

/** A user that may do all but subscribe, which is what a new one may in Redis 7. */
const DEAF = 'ACL SETUSER deaf on >secret ~* +@all resetchannels'

it('refuses to start where its own message does not come back, and says what to do', async () => {
  const proxy = await startProxy(single.redis.url)
  proxy.garble(() => 0)
  try {
    expect(await refusal(proxy.url)).toMatch(/published did not come back.*PUBLISH.*REDIS_URL/)
  } finally {
    await proxy.close()
  }
  const node = await startNode({ redisUrl: single.redis.url })
  await node.stop()
})

it('refuses to start where its user may not subscribe: on a single server', async () => {
  const admin = new Redis(single.redis.url)
  await admin.call('ACL', ...DEAF.split(' ').slice(1))
  admin.disconnect()
  const { host } = new URL(single.redis.url)
  expect(await refusal(`redis://deaf:secret@${host}`)).toMatch(/NOPERM.*ACL SETUSER <user> &wf:\*/)
})

it('refuses to start where its user may not subscribe: on a Cluster', async () => {
  for (const member of cluster.redis.members) expect(await member.ask(DEAF)).toBe('+OK\r\n')
  const hosts = cluster.redis.members.map(({ port }) => `127.0.0.1:${port}`).join(',')
  expect(await refusal(`redis+cluster://deaf:secret@${hosts}`)).toMatch(/NOPERM.*ACL SETUSER <user> &wf:\*/)
})

it('says which kind of Redis it met instead', async () => {
  const { port } = cluster.redis.members[0] ?? { port: 0 }
  const { password } = await cluster.redis.server()
  expect(await refusal(`redis://:${password}@127.0.0.1:${port}`)).toMatch(/part of a Cluster.*redis\+cluster:/)
  const { password: other, port: alone } = await single.redis.server()
  expect(await refusal(`redis+cluster://:${other}@127.0.0.1:${alone}`)).toMatch(/cluster support disabled/)
  expect(await refusal(`redis+sentinel://:${other}@127.0.0.1:${alone}/floor?sentinelPassword=${other}`)).toMatch(
    /No Redis answers.*sentinel/,
  )
})
