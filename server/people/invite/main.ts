import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectFeed } from '../../../feed/connect.ts'
import { type Config, readConfig } from '../../config.ts'
import { newId } from '../ids.ts'
import { readSecret } from '../secret.ts'
import { createPeopleStore } from '../store.ts'
import { createTakingBack } from '../taking-back.ts'
import { createTokens } from '../tokens.ts'
import { carryOut } from './carry-out.ts'
import { HELP, type Order, readOrder } from './order.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const complain = (line: string): void => {
  process.stderr.write(`watchfloor: ${line}\n`)
  process.exitCode = 1
}

/** Where `npm start` keeps its data. npm runs this in the project's folder, and tells where it was called. */
const root = fileURLToPath(new URL('../../..', import.meta.url))
const { DATA_DIR } = process.env
const dataDir = DATA_DIR ? resolve(process.env.INIT_CWD || process.cwd(), DATA_DIR) : resolve(root, '.data')

/** The Redis that `npm start` runs, if it does. */
const ownRedis = (): string | undefined => {
  try {
    const [port, password] = readFileSync(join(dataDir, 'redis.address'), 'utf8').trim().split(' ')
    return `redis://:${password}@127.0.0.1:${port}`
  } catch {
    return undefined
  }
}

const floorOf = ({ PUBLIC_URL, PORT }: Config): string => PUBLIC_URL ?? `http://127.0.0.1:${PORT}`

const run = async (order: Order): Promise<void> => {
  const config = readConfig({
    SECRET_FILE: join(dataDir, 'secret'),
    ...process.env,
    REDIS_URL: process.env.REDIS_URL || ownRedis(),
    // It is the nodes' to say who is let in.
    ACCESS: 'invitations',
  })
  const tokens = createTokens(readSecret(config.SECRET_FILE), Date.now)
  const redis = await connectFeed(config.REDIS_URL, Math.random)
  try {
    const unreadable = (key: string): void => complain(`${key} holds what nobody here has written: it is left out`)
    const store = createPeopleStore(redis, { now: Date.now, id: newId, unreadable })
    const { invitation: takeBack } = createTakingBack(store, Date.now)
    await carryOut(order, { store, takeBack, tokens, floor: floorOf(config), say, now: Date.now })
  } finally {
    redis.disconnect()
  }
}

const explain = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error)
  if (/function not found/i.test(text)) return 'This Redis does not know people yet: start a node first.'
  return /stream isn't writeable|connection is closed/i.test(text)
    ? 'Redis cannot be reached: start the floor, or set REDIS_URL to that of your nodes.'
    : text
}

const order = readOrder(process.argv.slice(2))
if (order.kind === 'help') say(HELP)
else if (order.kind === 'mistake') complain(order.message)
else await run(order).catch((error) => complain(explain(error)))
