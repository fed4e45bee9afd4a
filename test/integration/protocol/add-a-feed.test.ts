import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createReader } from '../../../server/redis/read.ts'
import { startProgram } from '../../../start/child.ts'
import { connectClient, type TestClient } from '../../support/client.ts'
import { inherited, ROOT } from '../../support/environment.ts'
import { eventually } from '../../support/eventually.ts'
import { startNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'
import { installEverywhere } from '../../support/redis-everywhere.ts'

const run = promisify(execFile)
const page = readFileSync(`${ROOT}/docs/add-a-feed.md`, 'utf8')
const hasCli = await run('redis-cli', ['--version']).then(
  () => true,
  () => false,
)

/** The page's examples: what is typed, and what comes back. */
const examples = [...page.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [typed = '', ...answered] = text.trimEnd().split('\n')
      return { typed, answered: answered.join('\n') }
    }),
)
/** Epochs differ from run to run. */
const anyEpoch = (text: string): string => text.replace(/"[0-9a-f]{13}"(?=\n|$)/, '"EPOCH"')

let redis: TestRedis
beforeAll(async () => {
  redis = await startRedis()
  await installEverywhere(redis.client())
})
afterAll(() => redis.stop())

it.skipIf(!hasCli)('every example of the page answers what the page says (needs redis-cli)', async () => {
  expect(examples.length).toBeGreaterThan(8)
  const { host, port, password } = await redis.server()
  const env = { ...inherited(), REDISCLI_AUTH: password }
  for (const { typed, answered } of examples) {
    const command = typed.replace(/^redis-cli/, `redis-cli --no-raw -c -h ${host} -p ${port}`)
    const { stdout } = await run('sh', ['-c', command], { env })
    expect(anyEpoch(stdout.trim()), typed).toBe(anyEpoch(answered))
  }
  const read = createReader(redis.client())
  expect(await read('c:vans/0231301203133', null)).toMatchObject({ snapshot: expect.stringContaining('VAN-7') })
  for (const left of ['c:other/0231301203311', 'c:other/0231301203133'] as const)
    expect(await read(left, null)).toMatchObject({ snapshot: '{"fixes":[]}' })
  expect(await read('s:ACME', null)).toMatchObject({ cursor: { seq: 5 }, snapshot: expect.stringContaining('101.75') })
})

/** Runs the page's feed in TypeScript. */
const startFeed = () => {
  const env = { ...inherited(), REDIS_URL: redis.url }
  const feed = startProgram('feed', ['docs/feed/main.ts'], { cwd: ROOT, env, output: 'pipe' })
  let output = ''
  for (const stream of [feed.process.stdout, feed.process.stderr])
    stream?.on('data', (text: Buffer) => {
      output += text
    })
  const closed = new Promise((resolve) => feed.process.once('close', resolve))
  return {
    kill: feed.kill,
    /** As Ctrl-C does. Returns how it ended, and all that it said. */
    interrupt: async () => {
      feed.process.kill('SIGINT')
      await closed
      return { ...(await feed.ended), output }
    },
  }
}

/** Watches topics once the node knows them, until so many updates of each have come. */
const seeUpdates = async (client: TestClient, topics: readonly string[], count: number): Promise<void> => {
  await eventually('the topics are there', async () => {
    const reply = await client.watchTopics(...topics)
    return 'results' in reply && reply.results.every(({ kind }) => kind !== 'error')
  })
  for (const topic of topics)
    await eventually(`updates of ${topic}`, () => client.segments(topic).filter(({ seq }) => seq > 0).length >= count)
}

it("clients see what the page's feed in TypeScript publishes, and it ends with all of it answered", async () => {
  expect([...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code)).toEqual([
    readFileSync(`${ROOT}/docs/feed/main.ts`, 'utf8'),
  ])
  const node = await startNode({ redisUrl: redis.url })
  const client = await connectClient(node.url)
  const feed = startFeed()
  try {
    await seeUpdates(client, ['s:DEMO', 'd:VAN-8'], 3)
    const sent = client.segments('s:DEMO').flatMap((update) => ('trades' in update ? (update.trades ?? []) : []))
    expect(sent[0]).toMatchObject({ size: 10 })
    const { code, output } = await feed.interrupt()
    expect(output).toMatch(/^\d+ accepted, 0 left\n$/)
    expect(code).toBe(0)
  } finally {
    client.close()
    await feed.kill()
    await node.kill()
  }
})
