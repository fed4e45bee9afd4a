import { freePort } from '../../start/port.ts'
import { postgresImage } from './environment.ts'
import type { TestPostgres } from './postgres.ts'
import { untilReady } from './postgres-ready.ts'

const IMAGE = 'postgres:17.11-alpine@sha256:18cfe3ef5e6815560c98237d6216d1e5119702fb0f3894c8785dd58b8bbe5d73'
const PASSWORD = 'watchfloor'

/** PostgreSQL in a container of its own, on one host port all its life. */
export const postgresInContainer = async (): Promise<TestPostgres> => {
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers')
  const port = await freePort()
  const started = await new GenericContainer(postgresImage() ?? IMAGE)
    .withExposedPorts({ container: 5432, host: port })
    .withEnvironment({
      ...{ POSTGRES_USER: 'watchfloor', POSTGRES_PASSWORD: PASSWORD, POSTGRES_DB: 'watchfloor' },
      ...{ POSTGRES_INITDB_ARGS: '--encoding=UTF8', POSTGRES_HOST_AUTH_METHOD: 'trust' },
    })
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start()
  const container = (await getContainerRuntimeClient()).container.getById(started.getId())
  const url = `postgres://watchfloor:${PASSWORD}@${started.getHost()}:${port}/watchfloor`
  return {
    url,
    kill: () => container.kill(),
    start: async () => {
      await container.start()
      await untilReady(url)
    },
    stop: async () => {
      await started.stop()
    },
  }
}
