import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../../server/config.ts'
import { ROOT } from '../../support/environment.ts'

type Service = {
  image: string
  build?: string
  command?: string[]
  environment?: Record<string, string>
  ports?: string[]
  volumes?: string[]
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test?: string[]; disable?: boolean }
}
type Compose = { services: Record<string, Service>; volumes: Record<string, unknown> }

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const { services, volumes } = parse(text('docker-compose.yml'), { merge: true }) as Compose
const own = Object.entries(services).filter(([, { build }]) => build !== undefined)
const nodes = own.filter(([, { command }]) => command === undefined)
const dockerfile = text('Dockerfile')
const instructions = (name: string): string[] =>
  dockerfile
    .split('\n')
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => line.slice(name.length + 1))

describe('docker-compose.yml', () => {
  it('runs Redis, three nodes, a balancer and simulators', () => {
    expect(Object.keys(services).sort()).toEqual(['balancer', 'node-1', 'node-2', 'node-3', 'redis', 'simulators'])
    expect(nodes.map(([name]) => name)).toEqual(['node-1', 'node-2', 'node-3'])
  })

  it('gives every node settings that a node takes, and a name of its own', () => {
    const configs = nodes.map(([, { environment = {} }]) => ({ given: environment, read: readConfig(environment) }))
    for (const { given, read } of configs) expect(read).toMatchObject(given)
    expect(new Set(configs.map(({ read }) => read.NODE_NAME)).size).toBe(3)
  })

  it('points everything at the Redis service, which keeps its data', () => {
    for (const [, { environment }] of own) expect(environment?.REDIS_URL).toBe('redis://redis:6379')
    expect(services.redis?.command?.join(' ')).toContain('--appendonly yes')
    expect(services.redis?.volumes).toEqual(['redis:/data'])
    expect(volumes).toHaveProperty('redis')
    expect(Number(services.redis?.image.match(/^redis:(\d+)/)?.[1])).toBeGreaterThanOrEqual(7)
  })

  it('starts each only when what it needs is healthy', () => {
    for (const [, { depends_on }] of nodes) expect(depends_on).toEqual({ redis: { condition: 'service_healthy' } })
    for (const name of ['balancer', 'simulators'])
      expect(Object.keys(services[name]?.depends_on ?? {})).toEqual(['node-1', 'node-2', 'node-3'])
    expect(services.redis?.healthcheck?.test).toEqual(['CMD', 'redis-cli', 'ping'])
    expect(services.simulators?.healthcheck?.disable).toBe(true)
  })

  it('opens one port, to this machine only', () => {
    const open = Object.values(services).flatMap(({ ports = [] }) => ports)
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose fills it in
    expect(open).toEqual(['127.0.0.1:${PORT:-3000}:3000'])
  })

  it('names files that exist', () => {
    const mounted = Object.values(services).flatMap(({ volumes: mounts = [] }) => mounts)
    const files = mounted.map((mount) => mount.split(':')[0] ?? '').filter((path) => path.startsWith('.'))
    const programs = own.flatMap(([, { command = [] }]) => command.slice(1))
    expect([...files, ...programs].filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
    expect(programs).toEqual(['simulators/main.ts'])
  })
})

describe('Dockerfile', () => {
  it('copies files that exist and that .dockerignore lets through', () => {
    const ignored = text('.dockerignore').split('\n')
    const copied = instructions('COPY')
      .filter((line) => !line.startsWith('--from'))
      .flatMap((line) => line.split(' ').slice(0, -1))
    expect(copied.filter((path) => !existsSync(join(ROOT, path)) || ignored.includes(path))).toEqual([])
    expect(copied).toEqual(expect.arrayContaining(['server', 'simulators', 'wire', 'web', 'data']))
  })

  it('runs on exactly the Node that the project is tested with', () => {
    const { devDependencies } = JSON.parse(text('package.json'))
    const images = instructions('FROM').filter((line) => line.startsWith('node:'))
    expect(images.length).toBeGreaterThan(0)
    for (const image of images) expect(image).toMatch(new RegExp(`^node:${devDependencies.node}-`))
  })

  it('runs as nobody special, and its check asks what a node answers', () => {
    expect(instructions('USER')).toEqual(['node'])
    expect(instructions('CMD').at(-1)).toBe('["node", "--max-semi-space-size=8", "server/main.ts"]')
    expect(dockerfile).toContain('/healthz')
    expect(dockerfile).toMatch(/HOST=0\.0\.0\.0 PORT=3000/)
  })
})

describe('deploy/haproxy.cfg', () => {
  it('names every node of the compose file, at the port of the image, and asks whether it is ready', () => {
    const config = text('deploy/haproxy.cfg')
    const servers = [...config.matchAll(/^\s+server (\S+) (\S+)$/gm)].map(([, name, address]) => `${name} ${address}`)
    expect(servers).toEqual(nodes.map(([name]) => `${name} ${name}:3000`))
    expect(config).toContain('option httpchk GET /readyz')
  })
})
