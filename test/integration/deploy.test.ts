import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Cluster, Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { startChild } from '../../start/child.ts'
import { freePort } from '../../start/port.ts'
import { inherited, ROOT, searchPath } from '../support/environment.ts'
import { eventually } from '../support/eventually.ts'
import { holdLeash, type Leash } from '../support/leash.ts'

type Services = Record<string, { command?: string[] }>

const env = { ...inherited(), PATH: searchPath() }
const hasClient = spawnSync('redis-cli', ['--version'], { env }).status === 0
const NO_CLIENT = 'no redis-cli here, which the containers form their Cluster with'

const undo: (() => unknown)[] = []
/** By folder: who ends a process where this one dies before it could. */
const held = new Map<string, Leash['hold']>()
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const readServices = async (): Promise<Services> =>
  (
    parse(await readFile(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true, maxAliasCount: -1 }) as {
      services: Services
    }
  ).services

/** A folder in place of the containers' network: deploy/redis as `conf`, and a folder for each container. */
const openFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'watchfloor-deploy-'))
  const leash = holdLeash(folder)
  held.set(folder, leash.hold)
  undo.push(async () => {
    held.delete(folder)
    await leash.release()
    await rm(folder, { recursive: true, force: true })
  })
  await cp(join(ROOT, 'deploy/redis'), join(folder, 'conf'), { recursive: true })
  return folder
}

/** Runs a container's command as a process of its own, in its folder; ended with the test. */
const runCommand = async (folder: string, name: string, command: readonly string[]) => {
  const dir = join(folder, name)
  await mkdir(dir, { recursive: true })
  const [file = '', ...args] = command.map((word) => word.replace('/conf/', `${folder}/conf/`))
  const child = startChild(name, file, args, { cwd: dir, env, stdio: ['ignore', 'ignore', 'ignore'] })
  held.get(folder)?.(child.process.pid ?? 0, child.ended)
  undo.push(() => child.kill())
  return child
}

const connect = (port: number): Redis => {
  const redis = new Redis(port, '127.0.0.1')
  redis.on('error', () => {}) // it may still start
  undo.push(() => redis.disconnect())
  return redis
}
const answering = (redis: Redis) => eventually('it answers', () => redis.ping().catch(() => null))
const settingsOf = async (redis: Redis, ...names: string[]): Promise<string[]> =>
  Promise.all(names.map(async (name) => ((await redis.config('GET', name)) as string[])[1] ?? ''))

/** As in a container, but for the address: all are at localhost here, each at a port of its own. */
const rewrite = async (path: string, change: (text: string) => string) =>
  writeFile(path, change(await readFile(path, 'utf8')))

describe('the commands of docker-compose.yml, with the files of deploy/redis', () => {
  it('run one server that writes down what it is told, and refuses rather than forgets', async () => {
    const [folder, services, port] = [await openFolder(), await readServices(), await freePort()]
    await runCommand(folder, 'redis', [...(services.redis?.command ?? []), '--port', `${port}`, '--bind', '127.0.0.1'])
    const redis = connect(port)
    await answering(redis)
    expect(await settingsOf(redis, 'appendonly', 'appendfsync', 'save', 'maxmemory-policy')).toEqual([
      'yes',
      'everysec',
      '',
      'noeviction',
    ])
    expect(await settingsOf(redis, 'client-output-buffer-limit')).toEqual([
      expect.stringContaining('pubsub 67108864 33554432 10'),
    ])
  })

  it('run a primary that needs a replica, and Sentinels that replace it and remember by whom', async () => {
    const [folder, services] = [await openFolder(), await readServices()]
    const ports = new Map<string, number>()
    for (const name of ['redis-1', 'redis-2', 'redis-3', 'sentinel-1', 'sentinel-2', 'sentinel-3'])
      ports.set(name, await freePort())
    const portOf = (name: string): number => ports.get(name) ?? 0
    const first = portOf('redis-1')
    await rewrite(join(folder, 'conf/sentinel.conf'), (text) =>
      text.replace('172.30.77.21 6379', `127.0.0.1 ${first}`).replace('port 26379\n', ''),
    )
    const run = (name: string) => {
      const command = (services[name]?.command ?? []).map((word) =>
        word
          .replace('replicaof 172.30.77.21 6379', `replicaof 127.0.0.1 ${first}`)
          .replace(/(announce-ip) .*/, '$1 127.0.0.1'),
      )
      return runCommand(folder, name, [...command, `port ${portOf(name)}`])
    }
    const primary = await run('redis-1')
    const redis = connect(first)
    await answering(redis)
    await expect(redis.set('a', '1')).rejects.toThrow('NOREPLICAS')
    await Promise.all(['redis-2', 'redis-3'].map(run))
    await eventually('it takes writes', () => redis.set('a', '1').catch(() => null))
    await Promise.all(['sentinel-1', 'sentinel-2', 'sentinel-3'].map(run))
    const sentinel = connect(portOf('sentinel-2'))
    const quorum = () => sentinel.call('SENTINEL', 'CKQUORUM', 'floor').catch(() => null)
    await eventually('three Sentinels agree', async () => String(await quorum()).includes('OK 3'))
    await eventually(
      'they know both replicas',
      async () => ((await sentinel.call('SENTINEL', 'REPLICAS', 'floor')) as unknown[]).length === 2,
    )

    await primary.kill()
    const primaryNow = async () =>
      (await sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'floor')) as [string, string]
    const [host, port] = await eventually('another is the primary', async () => {
      const now = await primaryNow()
      return now[1] === `${first}` ? null : now
    })
    expect(host).toBe('127.0.0.1')
    await run('redis-1')
    await eventually('the old one follows the new', async () => (await redis.role().catch(() => []))[0] === 'slave')
    expect((await redis.role())[2]).toBe(Number(port))
    // What Sentinels made of it stands in its own configuration: it comes back as what it was.
    await eventually('it is written down', async () =>
      (await readFile(join(folder, 'redis-1/redis.conf'), 'utf8')).includes(`replicaof 127.0.0.1 ${port}`),
    )
  })

  it.skipIf(!hasClient)(`form a Cluster once, and find it again${hasClient ? '' : ` (${NO_CLIENT})`}`, async () => {
    const [folder, services] = [await openFolder(), await readServices()]
    const names = Object.keys(services).filter((name) => /^cluster-\d$/.test(name))
    const ports = await Promise.all(names.map(() => freePort()))
    for (const [i, name] of names.entries()) {
      const bus = await freePort()
      const own = ['--port', `${ports[i]}`, '--cluster-port', `${bus}`, '--bind', '127.0.0.1']
      const command = (services[name]?.command ?? []).map((word) => word.replace(/^cluster-\d$/, 'localhost'))
      await runCommand(folder, name, [...command, ...own])
      await answering(connect(ports[i] ?? 0))
    }
    const [shell = '', script = ''] = services['cluster-formed']?.command ?? []
    const form = async () => {
      const child = await runCommand(folder, 'form', [shell, script, ...ports.map((port) => `127.0.0.1:${port}`)])
      expect(await child.ended).toEqual({ code: 0, signal: null })
    }
    await form()
    const cluster = new Cluster([{ host: '127.0.0.1', port: ports[0] ?? 0 }])
    undo.push(() => cluster.disconnect())
    expect(await cluster.set('a', '1')).toBe('OK')
    const replicas = async (): Promise<number> =>
      String(await cluster.cluster('NODES')).match(/ (?:myself,)?slave /g)?.length ?? 0
    await eventually('each primary has a replica', async () => (await replicas()) === 3)
    expect(cluster.nodes('master').map(({ options }) => options.host)).toEqual(Array(3).fill('localhost'))
    await form()
    expect(await cluster.get('a')).toBe('1')
  })
})
