import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createReader } from '../../../server/redis/read.ts'
import { inherited, ROOT } from '../../support/environment.ts'
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
