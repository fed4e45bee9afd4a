import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { freePort } from '../../start/port.ts'
import { dockerHost, redisImage } from './environment.ts'
import type { Backend } from './redis.ts'

const IMAGE = 'redis:7.4.11-alpine@sha256:858f009f9709ce576febc734aa78b8f6d624b82571f9ddb6bda4377c833b3499'

/** Whether a Docker engine answers, found out within 300 ms. */
export const engineAnswers = (): Promise<boolean> =>
  new Promise((resolve) => {
    const host = dockerHost()
    const target = host.startsWith('unix://')
      ? { socketPath: host.slice('unix://'.length) }
      : { host: new URL(host).hostname, port: new URL(host).port }
    const ping = request({ ...target, path: '/_ping', timeout: 300 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    ping.on('timeout', () => ping.destroy())
    ping.on('error', () => resolve(false))
    ping.end()
  })

/** Redis in a container of its own, on one host port all its life, so that clients find it again after a restart. */
export const redisInContainer = async (settings: readonly string[]): Promise<Backend> => {
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers')
  const [port, password] = [await freePort(), randomBytes(18).toString('hex')]
  const options = settings.flatMap((line) => `--${line}`.split(' '))
  const started = await new GenericContainer(redisImage() ?? IMAGE)
    .withExposedPorts({ container: 6379, host: port })
    .withCommand(['redis-server', '--requirepass', password, '--appendonly', 'yes', '--save', '', ...options])
    .start()
  const container = (await getContainerRuntimeClient()).container.getById(started.getId())
  return {
    url: `redis://:${password}@${started.getHost()}:${port}`,
    start: () => container.start(),
    halt: () => container.stop(),
    kill: () => container.kill(),
    pause: () => container.pause(),
    resume: () => container.unpause(),
    remove: async () => {
      await started.stop()
    },
  }
}
