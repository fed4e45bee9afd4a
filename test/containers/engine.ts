import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type Child, startChild } from '../../start/child.ts'
import { eventually } from '../support/eventually.ts'
import { createRun, type Environment, type Run } from './run.ts'

export type Engine = { host: string; run: Run; stop: () => Promise<unknown> }

/** A Docker engine of our own, whose data is all in this folder: no image or volume of the machine is touched. */
export const startEngine = async (folder: string, env: Environment): Promise<Engine> => {
  await mkdir(folder, { recursive: true })
  const log = await open(join(folder, 'dockerd.log'), 'w')
  const host = `unix://${join(folder, 'docker.sock')}`
  const args = ['--data-root', join(folder, 'docker'), '--exec-root', join(folder, 'docker-exec')]
  const own = ['--pidfile', join(folder, 'dockerd.pid'), '-H', host, '--log-level', 'error']
  const child: Child = startChild('dockerd', 'dockerd', [...args, ...own], {
    env: { ...env, PATH: `${env.PATH}:/usr/sbin:/sbin` },
    stdio: ['ignore', log.fd, log.fd],
  })
  const run = createRun({ ...env, DOCKER_HOST: host })
  const ended = child.ended.then(() => Promise.reject(new Error('dockerd ended: it needs root, cgroups and iptables')))
  await Promise.race([eventually('the engine answers', () => run('docker', ['info'])), ended])
  ended.catch(() => {})
  return { host, run, stop: () => child.stop(30_000).finally(() => log.close()) }
}
