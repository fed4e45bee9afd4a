import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '../../start/child.ts'
import { freePort } from '../../start/port.ts'
import { parseGrants } from '../../wire/grants.ts'
import { TEST_SECRET } from '../support/environment.ts'
import { ONE_ADDRESS } from '../support/one-address.ts'
import { somebody, testTokens } from '../support/people.ts'
import type { FeedOptions } from './feed/feed.ts'
import type { Dialect } from './load/client.ts'
import { type Machine, SERVER_CORE } from './machine.ts'

/** A server to measure: how it is started, and how it is talked to and fed. */
export type Contender = {
  name: string
  dialect: Dialect
  style: FeedOptions['style']
  args: (redisUrl: string, port: number) => string[]
  env: (redisUrl: string, port: number) => Record<string, string>
  /** What its clients show to be let in. */
  token?: () => Promise<string>
}

/** A node with settings of its own. */
export const watchfloor = (name: string, settings: Record<string, string>): Contender => ({
  name,
  dialect: 'watchfloor',
  style: 'watchfloor',
  // As `npm run server` starts it.
  args: () => ['--max-semi-space-size=8', 'server/main.ts'],
  env: (redisUrl, port) => ({
    REDIS_URL: redisUrl,
    PORT: String(port),
    LOG_LEVEL: 'error',
    TILES_URL: 'none',
    ARCHIVE_URL: 'none',
    ...ONE_ADDRESS,
    ...settings,
  }),
})

/** A server of `baselines/`. */
export const baseline = (name: string, dialect: Dialect): Contender => ({
  name,
  dialect,
  style: 'plain',
  args: (redisUrl, port) => ['test/bench/baselines/main.ts', name, redisUrl, String(port)],
  env: () => ({ NODE_ENV: 'production' }),
})

export const CONTENDERS = {
  /** As it comes, with the pacing that it has by default. */
  watchfloor: watchfloor('watchfloor', { NODE_ENV: 'production' }),
  /** A frame every 50 ms, to compare with batches of the same width. */
  fixed: watchfloor('watchfloor, 50 ms', { NODE_ENV: 'production', FLUSH_SHARE: '0', FLUSH_MIN_MS: '50' }),
  /** The first, where people sign in and may watch symbols only. */
  signedIn: {
    ...watchfloor('watchfloor, signed in', {
      NODE_ENV: 'production',
      ACCESS: 'invitations',
      SECRET_FILE: TEST_SECRET,
    }),
    token: async () => (await testTokens()).sign('bearer', somebody({ grants: parseGrants('watch:s:*') ?? [] })),
  },
  adapter: baseline('adapter', 'socket.io'),
  ws: baseline('ws', 'ws'),
  wsBatch: baseline('ws-batch', 'ws'),
} as const satisfies Record<string, Contender>
export type ContenderKey = keyof typeof CONTENDERS

export type RunningServer = { port: number; pid: number; child: Child; gone: () => boolean }

const START_LIMIT_MS = 20_000

/** Whether it takes connections: by its own page where it has one, by its word otherwise. */
const ready = async ({ dialect }: Contender, port: number, said: () => boolean): Promise<boolean> => {
  if (dialect !== 'watchfloor') return said()
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
}

/** Starts a server and waits until it is ready. */
export const startServer = async (
  machine: Machine,
  contender: Contender,
  redisUrl: string,
  wantedPort?: number,
): Promise<RunningServer> => {
  const port = wantedPort ?? (await freePort())
  const child = machine.start(
    contender.name,
    SERVER_CORE,
    contender.args(redisUrl, port),
    contender.env(redisUrl, port),
  )
  let said = false
  let ended = false
  child.process.once('message', () => {
    said = true
  })
  void child.ended.then(() => {
    ended = true
  })
  const end = performance.now() + START_LIMIT_MS
  while (!(await ready(contender, port, () => said))) {
    if (ended || performance.now() > end) {
      await child.kill()
      throw new Error(`${contender.name} did not start`)
    }
    await sleep(20)
  }
  return { port, pid: child.process.pid ?? 0, child, gone: () => ended }
}
