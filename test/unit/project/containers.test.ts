import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseRedisAddress } from '../../../redis/address.ts'
import { readConfig } from '../../../server/config.ts'
import {
  dockerfile,
  inProfile,
  namesOf,
  networks,
  nodesOf,
  ownOf,
  PROFILES,
  type Profile,
  type Service,
  services,
  text,
  volumes,
} from '../../support/compose.ts'
import { ROOT } from '../../support/environment.ts'

describe('docker-compose.yml', () => {
  it('runs one server unless told otherwise', () => {
    expect(text('.env')).toMatch(/^COMPOSE_PROFILES=single$/m)
    const told = Object.values(services).flatMap(({ profiles = [] }) => profiles)
    expect([...new Set(told)].sort()).toEqual([...Object.keys(PROFILES), 'archive'].sort())
  })

  it('opens one port, to this machine only, whatever the profile', () => {
    const open = Object.values(services).flatMap(({ ports = [] }) => ports)
    expect(open).toEqual(['127.0.0.1:3000:3000'])
  })

  it('names files and volumes that there are', () => {
    const mounts = Object.values(services).flatMap(({ volumes: all = [] }) =>
      all.map((mount) => mount.split(':')[0] ?? ''),
    )
    const [files, kept] = [
      mounts.filter((path) => path.startsWith('.')),
      mounts.filter((path) => !path.startsWith('.')),
    ]
    const programs = ownOf(Object.entries(services)).flatMap(([, { command = [] }]) => command.slice(1))
    expect([...files, ...programs].filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
    expect(new Set(programs)).toEqual(new Set(['simulators/main.ts']))
    expect([...new Set(kept)].sort()).toEqual(Object.keys(volumes).sort())
    const shared = kept.filter((path, at) => kept.indexOf(path) !== at)
    expect([...new Set(shared)].sort()).toEqual(['archive-password', 'secret'])
    const read = Object.values(services).flatMap(({ command = [] }) =>
      command.filter((word) => word.startsWith('/conf/')),
    )
    expect(read.filter((path) => !existsSync(join(ROOT, path.replace('/conf/', 'deploy/redis/'))))).toEqual([])
  })

  describe.each(Object.keys(PROFILES) as Profile[])('with the profile %s', (profile) => {
    const all = inProfile(profile)
    const names = new Set(all.flatMap(namesOf))
    const nodes = nodesOf(all)
    const redis = all.filter(([name]) => (PROFILES[profile] as readonly string[]).includes(name))

    it('runs Redis, three nodes, a balancer and simulators', () => {
      expect(redis).toHaveLength(PROFILES[profile].length)
      expect(nodes).toHaveLength(3)
      expect(ownOf(all)).toHaveLength(4)
      expect(names).toContain('balancer')
    })

    it('gives every node settings that a node takes, and a name of its own that the balancer knows', () => {
      // Where the image listens, nothing starts that does not say who is let in.
      const configs = nodes.map(([, { environment = {} }]) => ({
        given: environment,
        read: readConfig({ HOST: '0.0.0.0', ...environment }),
      }))
      for (const { given, read } of configs)
        expect({ ...read, PROXIES: read.PROXIES.join(), ACCESS: read.ACCESS.join() }).toMatchObject({
          PROXIES: '172.30.77.0/24',
          ...given,
        })
      expect(configs.map(({ read }) => read.NODE_NAME)).toEqual(['node-1', 'node-2', 'node-3'])
      const config = text('deploy/haproxy.cfg')
      const servers = [...config.matchAll(/^\s+server (\S+) (\S+)$/gm)].map(([, name, address]) => `${name} ${address}`)
      expect(servers).toEqual(['node-1', 'node-2', 'node-3'].map((name) => `${name} ${name}:3000`))
      for (const [i, node] of nodes.entries()) expect(namesOf(node)).toContain(`node-${i + 1}`)
    })

    it('has all nodes sign with one secret, which they keep and nobody else has', () => {
      for (const [, { environment, volumes: mounts = [] }] of nodes) {
        expect(environment?.SECRET_FILE).toBe('/data/secret')
        expect(mounts).toContain('secret:/data')
      }
      for (const [name, { volumes: mounts = [] }] of all)
        if (!nodes.some(([node]) => node === name)) expect(mounts.join()).not.toContain('secret:')
      expect(dockerfile).toContain('install -d -o node -m 700 /data')
    })

    it('points everything at its own Redis, by names and ports that it has', () => {
      for (const [, { environment }] of ownOf(all)) {
        const { mode, hosts } = parseRedisAddress(environment?.REDIS_URL ?? '')
        expect(mode).toBe(profile)
        for (const { host, port } of hosts)
          expect(`${host}:${port}`).toMatch(/^(redis|cluster-\d):6379$|^sentinel-\d:26379$/)
        for (const { host } of hosts) expect(names).toContain(host)
      }
    })

    it('keeps what Redis writes, in a Redis that is recent enough', () => {
      for (const [name, { image, volumes: mounts = [] }] of redis) {
        expect(mounts).toContain(`${name}:/data`)
        expect(Number(image.match(/^redis:(\d+)/)?.[1])).toBeGreaterThanOrEqual(7)
      }
    })

    it('starts each only when what it needs is there, and needs only what the profile has', () => {
      for (const [, { depends_on = {} }] of all)
        for (const [needed, { condition, required = true }] of Object.entries(depends_on)) {
          if (required) expect(names).toContain(needed)
          const formed = needed === 'cluster-formed'
          expect(condition).toBe(formed ? 'service_completed_successfully' : 'service_healthy')
          if (!formed && names.has(needed) && services[needed]?.image.startsWith('redis:'))
            expect(services[needed]?.healthcheck?.test?.slice(0, 3)).toEqual(['CMD', 'redis-cli', '-e'])
        }
      for (const [, { depends_on }] of ownOf(all)) expect(Object.keys(depends_on ?? {})).not.toEqual([])
    })
  })

  describe.each(Object.entries(services))('denies %s what it does not need:', (name, service) => {
    const given = service as Service & Record<string, unknown>

    it('to write outside of its volumes', () => {
      expect(given.read_only).toBe(true)
      // PostgreSQL keeps its socket in a folder of its own.
      expect((given.tmpfs as string[]).map((each) => each.replace(/\d+m/, ''))).toEqual(
        ['/tmp', ...(name === 'postgres' ? ['/var/run/postgresql'] : [])].map(
          (path) => `${path}:size=,mode=1777,noexec,nosuid,nodev`,
        ),
      )
      const writes =
        name === 'archive-password' ? /^archive-password:\/secrets$/ : /^[\w-]+:(\/var\/lib\/postgresql)?\/data$/
      for (const mount of given.volumes ?? []) if (!mount.endsWith(':ro')) expect(mount).toMatch(writes)
    })

    it('rights of root', () => {
      expect(['node', 'redis', 'haproxy', 'postgres']).toContain(given.user)
      expect(given.cap_drop).toEqual(['ALL'])
      expect(given.security_opt).toEqual(['no-new-privileges:true'])
      const more = [
        'cap_add',
        'privileged',
        'devices',
        'network_mode',
        'pid',
        'ipc',
        'userns_mode',
        'group_add',
        'sysctls',
      ]
      expect(more.filter((key) => key in given)).toEqual([])
    })

    it('memory, processes and logs without end', () => {
      expect(given.mem_limit).toMatch(/^\d+[mg]$/)
      expect(given.pids_limit).toBeLessThanOrEqual(128)
      expect(given.logging).toEqual({ driver: 'local' })
    })

    it('to change unseen, or to hang unseen', () => {
      // The own image is built here, and pulled from nowhere.
      if (given.image === 'watchfloor') expect(given.pull_policy).toBe('never')
      else expect(given.image).toMatch(/^[a-z]+:\d+(\.\d+)+-alpine@sha256:[\da-f]{64}$/)
      const listens = !/simulators$|^cluster-formed$|^archive-password$/.test(name)
      expect((given.healthcheck?.test?.length ?? 0) > 0).toBe(listens)
      // "up --wait" takes a check that was switched off for one that failed.
      expect(given.healthcheck?.disable).toBeUndefined()
    })

    it('networks of others', () => {
      const joined = Object.keys(given.networks ?? { default: {} })
      const isNode = given.image === 'watchfloor' && given.command === undefined
      if (name === 'balancer') expect(joined).toEqual(['front'])
      else expect(joined).toEqual(isNode ? ['default', 'front'] : ['default'])
    })
  })

  it('lets nothing out of the network of Redis, and nodes believe whom the balancer is among', () => {
    expect(networks.default.internal).toBe(true)
    for (const [, { environment }] of nodesOf(Object.entries(services)))
      expect(environment?.PROXIES).toBe(networks.front.ipam.config[0]?.subnet)
  })

  it('runs the same Redis everywhere, in tests too', () => {
    const images = Object.values(services).flatMap(({ image }) => (image.startsWith('redis:') ? [image] : []))
    expect(new Set(images).size).toBe(1)
    expect(text('test/support/redis-container.ts')).toContain(`'${images[0]}'`)
  })

  it('has Sentinels know servers by the addresses that they have', () => {
    const addressOf = (name: string) => services[name]?.networks?.default?.ipv4_address
    expect(text('deploy/redis/sentinel.conf')).toContain(`sentinel monitor floor ${addressOf('redis-1')} 6379 2`)
    for (const name of PROFILES.sentinel)
      expect(services[name]?.command?.join(' ')).toMatch(new RegExp(`announce-ip ${addressOf(name)}( |$)`))
    for (const name of ['redis-2', 'redis-3'])
      expect(services[name]?.command).toContain(`replicaof ${addressOf('redis-1')} 6379`)
  })

  it('forms the Cluster by the addresses that its servers have', () => {
    const given = PROFILES.cluster.map((name) => services[name]?.networks?.default?.ipv4_address)
    expect(services['cluster-formed']?.command?.slice(2)).toEqual(given.map((address) => `${address}:6379`))
  })
})
