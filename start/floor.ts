import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Child, describeEnding, type Ending, startProgram, startTool } from './child.ts'
import { buildDashboard, dashboardIsStale } from './dashboard.ts'
import { Failure } from './failure.ts'
import { checkGivenRedis } from './given-redis.ts'
import { takeLock } from './lock.ts'
import { openOwnRedis } from './own-redis.ts'
import { freePort, portTrouble } from './port.ts'
import { findRedisProgram } from './program.ts'
import { addressOf, untilReady } from './ready.ts'

/** What `npm start` runs with. */
export type Settings = {
  root: string
  host: string
  port: number
  /** A Redis to use; null: run a private one. */
  redisUrl: string | null
  /** Folder of the private Redis's data. */
  dataDir: string
  /** Watch the sources and serve the dashboard from them. */
  dev: boolean
  /** Arguments for the simulators. */
  args: readonly string[]
  env: NodeJS.ProcessEnv
}

/** What a step needs: a word for the person at the terminal, and a list of what to undo at the end, last first. */
export type Stage = {
  say: (line: string) => void
  signal: AbortSignal
  releases: (() => unknown)[]
  broken: (why: Failure) => void
}

const checkPort = async ({ host, port }: Settings): Promise<void> => {
  const trouble = await portTrouble(port, host)
  if (trouble === 'EADDRINUSE')
    throw new Failure(
      `Port ${port} is in use by another program: choose another one, as in "PORT=${port + 1} npm start".`,
    )
  if (trouble !== null)
    throw new Failure(`Nothing can listen on ${host} port ${port} (${trouble}): check HOST and PORT.`)
}

const lockFolder = (folder: string, { releases }: Stage): void => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const release = takeLock(join(folder, 'lock'))
    if (release === null)
      throw new Failure(
        `Watchfloor already runs here, on the data in ${folder}: stop it first, or set another DATA_DIR and PORT.`,
      )
    releases.push(release)
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(
      `The data folder ${folder} cannot be used (${(error as Error).message}): set DATA_DIR to another one.`,
    )
  }
}

/** The floor stands on each of these: when one goes by itself, everything is stopped, unless that `isNoFault`. */
const guard = (
  child: Pick<Child, 'ended' | 'stop'>,
  name: string,
  stage: Stage,
  isNoFault: (ending: Ending) => boolean = () => false,
): void => {
  stage.releases.push(() => child.stop())
  void child.ended.then((ending) => {
    if (stage.signal.aborted || isNoFault(ending)) return
    stage.broken(new Failure(`${name} ended unexpectedly (${describeEnding(ending)}); everything else is stopped.`))
  })
}

const openRedis = async ({ redisUrl, dataDir, env, root }: Settings, stage: Stage): Promise<string> => {
  if (redisUrl !== null) {
    await checkGivenRedis(redisUrl)
    return redisUrl
  }
  const folder = resolve(root, dataDir)
  lockFolder(folder, stage)
  const program = await findRedisProgram(env.PATH ?? '')
  const redis = await openOwnRedis(folder, program, stage.signal)
  guard({ ended: redis.ended, stop: redis.stop }, 'Redis', stage)
  stage.say(`${program.file} ${program.version} keeps its data in ${join(dataDir, 'redis')}`)
  return redis.url
}

const buildWhereStale = async ({ root, env, dev }: Settings, { say, signal }: Stage): Promise<void> => {
  if (dev || !(await dashboardIsStale(root))) return
  say('building the dashboard')
  await buildDashboard(root, env, signal)
}

/** PORT=0 asks for any free one; it has to be known before the server starts. */
const choosePort = async (settings: Settings): Promise<Settings> => {
  if (settings.port === 0) return { ...settings, port: await freePort() }
  await checkPort(settings)
  return settings
}

/** A small young generation: what handshakes leave behind then costs half as much memory for each client. */
const SERVER_FLAGS = ['--max-semi-space-size=8']

/** Starts everything, in the order in which one needs the other. Resolves with the address to open. */
export const openFloor = async (given: Settings, stage: Stage): Promise<string> => {
  const settings = await choosePort(given)
  const { root, host, port, dev } = settings
  const redisUrl = await openRedis(settings, stage)
  stage.signal.throwIfAborted()
  await buildWhereStale(settings, stage)
  // A lone node has no other to hand its clients to.
  const quiet = { LOG_LEVEL: 'warn', DRAIN_MS: '0' }
  const options = { cwd: root, env: { ...quiet, ...settings.env, PORT: String(port), REDIS_URL: redisUrl } }
  const watching = dev ? ['--watch', '--watch-preserve-output'] : []
  const server = startProgram('server', [...SERVER_FLAGS, ...watching, 'server/main.ts'], options)
  guard(server, 'The server', stage)
  const address = addressOf(host, port)
  await untilReady(server, address, stage.signal)
  // What they tell every few seconds is for who chose what they do; failures they tell in any case.
  const output = settings.args.length > 0 ? 'inherit' : 'errors'
  const simulators = startProgram('simulators', ['simulators/main.ts', ...settings.args], { ...options, output })
  // A replay comes to its end. Its code is 1 where nothing of it was taken, all of it having been replayed before, say.
  const isReplay = settings.args.some((arg) => arg === '--replay' || arg.startsWith('--replay='))
  guard(simulators, 'The simulators', stage, ({ code }) => code === 0 || (isReplay && code === 1))
  if (!dev) return address
  guard(
    startTool('vite', [join(root, 'node_modules/vite/bin/vite.js'), '--strictPort', '--logLevel', 'warn'], options),
    'Vite',
    stage,
  )
  return 'http://localhost:5173'
}
