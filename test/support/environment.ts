import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RedisMode } from '../../redis/address.ts'

/** The project's folder, without a slash at its end. The tests' own reading of the environment is all in this file. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** The environment that programs started by tests inherit, less the settings that would lead them elsewhere. */
export const inherited = (): NodeJS.ProcessEnv => {
  const {
    REDIS_URL,
    PORT,
    HOST,
    ORIGINS,
    HOSTS,
    PROXIES,
    METRICS_ADDRESS,
    ACCESS,
    SECRET_FILE,
    PUBLIC_URL,
    OPENID_ISSUER,
    OPENID_CLIENT_ID,
    OPENID_CLIENT_SECRET_FILE,
    OPENID_SCOPE,
    OPENID_AUDIENCE,
    OPENID_SESSION_S,
    GRANTS_FILE,
    COMMANDS_FILE,
    NODE_NAME,
    LOG_LEVEL,
    TILES_URL,
    TILES_ATTRIBUTION,
    DRAIN_MS,
    NMEA_PORT,
    MQTT_URL,
    GTFS_URL,
    GTFS_EVERY_S,
    GTFS_GROUP,
    DATA_DIR,
    ARCHIVE_URL,
    ARCHIVE_PASSWORD_FILE,
    ARCHIVE_TRADES,
    ...rest
  } = process.env
  return rest
}

/** The secret of all nodes that tests start, so that none is made in the folder of a floor that people use. */
export const TEST_SECRET = join(tmpdir(), `watchfloor-tests-${userInfo().uid}`, 'secret')

/** Where programs are looked for. */
export const searchPath = (): string => process.env.PATH ?? ''

/** The Chromium to use where it is not among the usual names. */
export const chromiumPath = (): string | undefined => process.env.CHROMIUM_PATH

/** The address of a Docker engine's socket; an engine over TCP is asked for by DOCKER_HOST. */
export const dockerHost = (): string => process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock'

/** The image of Redis where the usual one cannot be had. */
export const redisImage = (): string | undefined => process.env.REDIS_IMAGE
/** The same of PostgreSQL. */
export const postgresImage = (): string | undefined => process.env.POSTGRES_IMAGE

const MODES: readonly RedisMode[] = ['single', 'sentinel', 'cluster']

/** The kind of Redis that tests run against: WATCHFLOOR_TEST_REDIS, else a single server. */
export const testRedis = (): RedisMode => {
  const named = process.env.WATCHFLOOR_TEST_REDIS || 'single'
  const mode = MODES.find((each) => each === named)
  if (!mode) throw new Error(`WATCHFLOOR_TEST_REDIS is "${named}": it must be one of ${MODES.join(', ')}`)
  return mode
}

/**
 * The runs of the model of the live core: always the same few hundred, or, to search, WATCHFLOOR_MODEL_RUNS others each
 * time.
 */
export const modelRuns = (): { numRuns: number; seed?: number } => {
  const wanted = Number(process.env.WATCHFLOOR_MODEL_RUNS)
  return wanted > 0 ? { numRuns: wanted } : { numRuns: 300, seed: 2026 }
}

/** How many people write in the test of rooms: a few for ten seconds, or WATCHFLOOR_TALKERS of them for a minute. */
export const talkers = (): number | null => Number(process.env.WATCHFLOOR_TALKERS) || null

/** How many devices are commanded in the test of commands: some hundred, or WATCHFLOOR_COMMANDED of them for minutes. */
export const commanded = (): number | null => Number(process.env.WATCHFLOOR_COMMANDED) || null
