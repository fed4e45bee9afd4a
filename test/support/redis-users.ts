import { readFileSync } from 'node:fs'
import type { TestRedis } from './redis.ts'
import { askServer } from './redis-ask.ts'
import type { ClusterRedis } from './redis-cluster.ts'
import type { SentinelRedis } from './redis-sentinel.ts'

/** The users of docs/operations.md, as they stand there. */
const DOCUMENT = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')

/** The commands of one block of that page, with a password put in. */
const commandsOf = (block: 'redis-acl' | 'sentinel-acl', password: string): string[] => {
  const [, text = ''] = new RegExp(`^\`\`\`${block}\\n([^\`]*)\`\`\``, 'm').exec(DOCUMENT) ?? []
  const lines = text.split('\n').filter(Boolean)
  if (lines.length < 2 || lines.some((line) => !line.startsWith('ACL SETUSER ')))
    throw new Error(`docs/operations.md has no block ${block}`)
  return lines.map((line) => line.replace(/>\w+/, `>${password}`))
}

/** Every server with data: those, too, that may become primaries. */
const portsOf = async (redis: TestRedis): Promise<number[]> => {
  if (redis.mode === 'single') return [(await redis.server()).port]
  return (redis as SentinelRedis | ClusterRedis).members.map(({ port }) => port)
}

/** Gives orders to a server; throws where one is refused. */
const tell = async (port: number, password: string, commands: readonly string[]): Promise<void> => {
  const replies = await askServer(port, password, commands)
  for (const [i, reply] of replies.entries())
    if (reply !== '+OK\r\n') throw new Error(`${commands[i]}: ${reply || 'no answer'}`)
}

/** Sentinels, and replicas, come as users of their own from now on. */
const limitSentinels = async ({ sentinels, members }: SentinelRedis, password: string): Promise<void> => {
  // Written down, users too, for whoever is restarted.
  for (const { port } of members) await tell(port, password, ['CONFIG SET masteruser replica', 'CONFIG REWRITE'])
  for (const { port } of sentinels)
    await tell(port, password, [
      ...commandsOf('sentinel-acl', password).slice(0, 1),
      'SENTINEL CONFIG SET sentinel-user peer',
      `SENTINEL CONFIG SET sentinel-pass ${password}`,
      'SENTINEL SET floor auth-user sentinel',
    ])
  for (const { port } of sentinels) await tell(port, password, commandsOf('sentinel-acl', password).slice(1))
}

/**
 * Makes the users on every server; all get the password that the test's Redis has. Returns how REDIS_URL names one of
 * them.
 */
export const makeUsers = async (redis: TestRedis): Promise<(user: string) => string> => {
  const { password } = await redis.server()
  for (const port of await portsOf(redis)) await tell(port, password, commandsOf('redis-acl', password))
  if (redis.mode === 'sentinel') await limitSentinels(redis as SentinelRedis, password)
  return (user) => redis.url.replace(/\/\/[^@]*@/, `//${user}:${password}@`)
}

const DENIED =
  /\$6\r\nreason\r\n\$\d+\r\n(.*)\r\n[\s\S]*?\$6\r\nobject\r\n\$\d+\r\n(.*)\r\n\$8\r\nusername\r\n\$\d+\r\n(.*)\r\n/g

/** Whom servers refused what, by their own log (ACL LOG), since the last call. */
export const takeRefusals = async (redis: TestRedis): Promise<string[]> => {
  const { password } = await redis.server()
  const logs = (await portsOf(redis)).map((port) => askServer(port, password, ['ACL LOG 100', 'ACL LOG RESET']))
  return (await Promise.all(logs)).flatMap(([log = '']) =>
    [...log.matchAll(DENIED)].map(([, reason, object, user]) => `${user}: ${reason} ${object}`),
  )
}
