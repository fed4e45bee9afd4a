import { freePort } from '../../start/port.ts'
import type { TestPostgres } from './postgres.ts'

const IMAGE = 'postgres:17-alpine'

/** PostgreSQL in a container of its own, on one host port all its life. */
export const postgresInContainer = async (): Promise<TestPostgres> => {
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers')
  const port = await freePort()
  const started = await new GenericContainer(IMAGE)
    .withExposedPorts({ container: 5432, host: port })
    .withEnvironment({ POSTGRES_USER: 'watchfloor', POSTGRES_PASSWORD: 'watchfloor', POSTGRES_DB: 'watchfloor' })
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start()
  const container = (await getContainerRuntimeClient()).container.getById(started.getId())
  return {
    url: `postgres://watchfloor:watchfloor@${started.getHost()}:${port}/watchfloor`,
    kill: () => container.kill(),
    start: () => container.start(),
    stop: async () => {
      await started.stop()
    },
  }
}
