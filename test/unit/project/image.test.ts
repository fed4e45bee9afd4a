import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  dockerfile,
  inProfile,
  instructions,
  nodesOf,
  PROFILES,
  type Profile,
  services,
  text,
} from '../../support/compose.ts'
import { ROOT } from '../../support/environment.ts'

describe('Dockerfile', () => {
  it('copies files that exist and that .dockerignore lets through', () => {
    const ignored = text('.dockerignore').split('\n')
    const copied = instructions('COPY')
      .filter((line) => !line.startsWith('--from'))
      .flatMap((line) => line.split(' ').slice(0, -1))
    expect(copied.filter((path) => !existsSync(join(ROOT, path)) || ignored.includes(path))).toEqual([])
    expect(copied).toEqual(
      expect.arrayContaining(['server', 'simulators', 'wire', 'formats', 'redis', 'feed', 'web', 'data']),
    )
  })

  it('runs on exactly the Node that the project is tested with', () => {
    const { devDependencies } = JSON.parse(text('package.json'))
    expect(instructions('ARG')).toEqual([
      expect.stringMatching(new RegExp(`^NODE_IMAGE=node:${devDependencies.node}-[a-z-]+@sha256:[\\da-f]{64}$`)),
    ])
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Docker fills it in
    const known = ['${NODE_IMAGE}', 'base', 'scratch']
    expect(instructions('FROM').filter((line) => !known.includes(line.split(' ')[0] ?? ''))).toEqual([])
  })

  it('is built once in each profile', () => {
    for (const profile of Object.keys(PROFILES) as Profile[]) {
      const built = inProfile(profile).filter(([, { build }]) => build !== undefined)
      expect(built.map(([, { build }]) => build)).toEqual([{ context: '.', args: ['NODE_IMAGE'] }])
    }
  })

  it('runs as nobody special, and its check asks what a node answers', () => {
    expect(instructions('USER')).toEqual(['node'])
    expect(instructions('CMD').at(-1)).toBe('["node", "--max-semi-space-size=8", "server/main.ts"]')
    for (const [, { healthcheck }] of nodesOf(Object.entries(services)))
      expect(healthcheck?.test?.join(' ')).toContain('127.0.0.1:3000/healthz')
    expect(dockerfile).toMatch(/HOST=0\.0\.0\.0 PORT=3000/)
  })
})

describe('deploy/haproxy.cfg', () => {
  it('asks whether a node is ready', () => {
    expect(text('deploy/haproxy.cfg')).toContain('option httpchk GET /readyz')
  })

  it('says who asks, whatever the client says of itself', () => {
    expect(text('deploy/haproxy.cfg')).toMatch(/^ {4}http-request set-header X-Forwarded-For %\[src\]$/m)
    expect(text('deploy/haproxy.cfg')).not.toContain('option forwardfor')
  })
})
