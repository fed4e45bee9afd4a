import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { topicKey } from '../../../wire/topics.ts'
import { corpus } from '../corpus/redis.ts'
import { type Command, clean, runCommand } from '../shapes/commands.ts'
import { ANY_LIFE, redisCommand } from '../shapes/redis-commands.ts'
import { WATCHED } from '../shapes/requests.ts'
import { defineSurface, type Outcome, type Target } from '../surface.ts'
import { converse } from '../wire/connection.ts'
import { readResponses } from '../wire/responses.ts'
import { watchAfterwards, watchWhile } from '../wire/watching.ts'

/** Commands that no feed should send, while clients watch what they are about. `mode`, `rate`: how these watch. */
export type RedisCase = { commands: Command[]; mode: 'every' | 'latest'; rate: number | null }

const shapes: fc.Arbitrary<RedisCase> = fc.record({
  commands: fc.array(redisCommand, { minLength: 1, maxLength: 8 }),
  mode: fc.constantFrom('every', 'latest', 'latest'),
  rate: fc.constantFrom(null, null, 20, 60),
})

/** Right calls first, so that there is something to read, to merge and to follow. */
const PREPARED: Command[] = [
  ['FCALL', 'wf1_list', '1', 'wf:{symbols}', 'FUZZ-1', 'Fuzz'],
  ...['FUZZ-1', 'FUZZ-2'].map((id) => {
    const key = topicKey(`s:${id}`)
    return [
      'FCALL',
      'wf1_market',
      '4',
      key,
      `${key}:log`,
      `${key}:1m`,
      `${key}:seen`,
      'T',
      '1',
      '1767225600000',
      '1',
      '2',
      '',
    ]
  }),
  ...['fuzz-1'].map((id) => {
    const key = topicKey(`d:${id}`)
    const fix = ['1', '1767225600000', '0.01', '-179.99', '', '', '', '']
    return ['FCALL', 'wf1_device', '4', key, `${key}:track`, `${key}:past`, `${key}:seen`, ...fix]
  }),
]

const READS = [
  '/api/devices',
  '/api/symbols/FUZZ-1/candles',
  '/api/devices/fuzz-1/track',
  `/api/symbols/${WATCHED}/candles`,
]

const read = async ({ port, from }: Target, path: string): Promise<string> => {
  const steps = [{ send: `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n` }]
  return (await converse({ port, from, steps, done: () => false, quietMs: 20_000, limitMs: 20_000 })).text
}

/** The list of symbols is there, whatever one of them has become: at once, or when a busy machine comes to it. */
const isListed = async (target: Target): Promise<boolean> => {
  for (let i = 0; i < 20; i++) {
    if ((await read(target, '/api/symbols')).startsWith('HTTP/1.1 200')) return true
    await sleep(500)
  }
  return false
}

/** All that can be read over HTTP is an answer, or a typed error. */
const readAll = async (target: Target): Promise<Pick<Outcome, 'refusals' | 'faults'>> => {
  const all = { refusals: [] as string[], faults: [] as string[] }
  for (const path of READS) {
    const { refusals, faults } = readResponses(await read(target, path), ['GET'], false)
    all.faults.push(...faults.map((fault) => `${path}: ${fault}`))
    all.refusals.push(...refusals)
  }
  if (!(await isListed(target))) all.faults.push('/api/symbols lists no symbols any more')
  return all
}

/** An update as of the life that its topic has right now, so that a node takes it for one. */
const ofThisLife = async ({ redis }: Target, command: Command): Promise<Command> => {
  const [name, key = '', text = ''] = command
  if (name !== 'PUBLISH' || !text.includes(ANY_LIFE)) return command
  const epoch = await redis.call('HGET', Buffer.from(key, 'latin1'), 'epoch').catch(() => null)
  return [name, key, text.replace(ANY_LIFE, () => String(epoch ?? ANY_LIFE))]
}

export const redis = defineSurface('redis', {
  about: 'messages in channels, and odd values in keys',
  lanes: 1,
  shapes,
  corpus,
  run: async (target, value: RedisCase) => {
    await clean(target.redis)
    for (const command of PREPARED) await runCommand(target.redis, command)
    const tuning = { mode: value.mode, ...(value.rate !== null && { rate: value.rate }) }
    const cut = await watchWhile(target, tuning, async () => {
      for (const command of value.commands) await runCommand(target.redis, await ofThisLife(target, command))
    })
    const unanswered = await watchAfterwards(target)
    const { refusals, faults } = await readAll(target)
    await clean(target.redis)
    return { refusals, faults: [...unanswered, ...faults], cut, sent: null }
  },
})
