import { join } from 'node:path'
import { orAborted } from './aborted.ts'
import { addressOf } from './address.ts'
import { type Child, describeEnding, type Ending, startProgram, startTool } from './child.ts'
import { buildDashboard, dashboardIsStale } from './dashboard.ts'
import { takeDataFolder } from './data-folder.ts'
import { Failure } from './failure.ts'
import { checkGivenRedis } from './given-redis.ts'
import { openOwnRedis } from './own-redis.ts'
import { freePort, serverTrouble } from './port.ts'
import { findRedisProgram } from './program.ts'
import { untilReady } from './ready.ts'

/** What `npm start` runs with. */
export type Settings = {
  root: string
  host: string
  port: number
  /** A Redis to use; null: run a private one. */
  redisUrl: string | null
  /** Folder of the private Redis's data and of the floor's secret, an absolute path. */
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
  const trouble = await serverTrouble(port, host)
  if (trouble === 'EADDRINUSE')
    throw new Failure(
      `Port ${port} is in use by another program: choose another one, as in "PORT=${port + 1} npm start".`,
    )
  if (trouble === 'bad port')
    throw new Failure(`Browsers refuse to open port ${port}: choose another one, as in "PORT=3000 npm start".`)
  if (trouble !== null)
    throw new Failure(`Nothing can listen on ${host} port ${port} (${trouble}): check HOST and PORT.`)
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

const openRedis = async ({ redisUrl, dataDir, env }: Settings, stage: Stage): Promise<string> => {
  if (redisUrl !== null) {
    await orAborted(checkGivenRedis(redisUrl), stage.signal)
    return redisUrl
  }
  stage.releases.push(takeDataFolder(dataDir))
  const program = await findRedisProgram(env.PATH ?? '', stage.signal)
  const redis = await openOwnRedis(dataDir, program, stage.signal)
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
const choosePort = async (settings: Settings, { signal }: Stage): Promise<Settings> => {
  const chosen = settings.port === 0 ? { ...settings, port: await freePort() } : settings
  await orAborted(checkPort(chosen), signal)
  return chosen
}

/**
 * A small young generation: what handshakes, and the rows of a recording, leave behind then costs half as much memory.
 */
const FLAGS = ['--max-semi-space-size=8']

/** Starts everything, in the order in which one needs the other. Resolves with the address to open. */
export const openFloor = async (given: Settings, stage: Stage): Promise<string> => {
  const settings = await choosePort(given, stage)
  const { root, host, port, dev, dataDir } = settings
  const redisUrl = await openRedis(settings, stage)
  stage.signal.throwIfAborted()
  await buildWhereStale(settings, stage)
  // A lone node has no other to hand its clients to.
  const own = {
    LOG_LEVEL: 'warn',
    DRAIN_MS: '0',
    SECRET_FILE: join(dataDir, 'secret'),
    ARCHIVE_URL: `sqlite:${join(dataDir, 'archive.db')}`,
  }
  const chosen = { PORT: String(port), REDIS_URL: redisUrl, DATA_DIR: dataDir }
  const options = { cwd: root, env: { ...own, ...settings.env, ...chosen } }
  const watching = dev ? ['--watch', '--watch-preserve-output'] : []
  const server = startProgram('server', [...FLAGS, ...watching, 'server/main.ts'], options)
  guard(server, 'The server', stage)
  const address = addressOf(host, port)
  await untilReady(server, address, stage.signal)
  // What they tell every few seconds is for who chose what they do; failures they tell in any case.
  const output = settings.args.length > 0 ? 'inherit' : 'errors'
  const simulators = startProgram('simulators', [...FLAGS, 'simulators/main.ts', ...settings.args], {
    ...options,
    output,
  })
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
