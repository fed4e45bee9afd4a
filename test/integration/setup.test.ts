import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ROOT, searchPath } from '../support/environment.ts'

/** A copy of the project's frame on a machine that has only what a test puts into `bin`. */
let folder = ''
let bin = ''

/** A program that writes down how it was called. `then`: what else it does, in sh. */
const program = async (name: string, then = ''): Promise<void> => {
  await writeFile(join(bin, name), `#!/bin/sh\necho "${name} $*" >> "${folder}/calls"\n${then}\n`)
  await chmod(join(bin, name), 0o755)
}
const redis = (version: string): string => `echo "Redis server v=${version} sha=0"`
/** What a package manager does to make a program appear. */
const bringing = (name: string, body: string, file = name): string =>
  `case "$*" in *install*${name}*) printf '#!/bin/sh\\n%s\\n' '${body}' > ${bin}/${file}; chmod +x ${bin}/${file};; esac`

type Outcome = { code: number; said: string; calls: string[] }

const setup = (args: string[] = [], env: Record<string, string> = {}): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = execFile(
      '/bin/sh',
      ['setup.sh', ...args],
      { cwd: folder, env: { PATH: bin, SBIN: bin, ...env } },
      async (error, stdout, stderr) => {
        const calls = await readFile(join(folder, 'calls'), 'utf8').catch(() => '')
        resolve({
          code: typeof error?.code === 'number' ? error.code : 0,
          said: stdout + stderr,
          calls: calls.trim().split('\n').filter(Boolean),
        })
      },
    )
    child.stdin?.end()
  })

const find = async (name: string): Promise<string> => {
  for (const place of searchPath().split(':')) {
    const path = join(place, name)
    if (
      await readFile(path).then(
        () => true,
        () => false,
      )
    )
      return path
  }
  throw new Error(`no ${name} here`)
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchfloor-setup-'))
  bin = join(folder, 'bin')
  await mkdir(bin)
  await mkdir(join(folder, 'node_modules/.bin'), { recursive: true })
  for (const name of ['sh', 'sed', 'find', 'dirname', 'env', 'touch', 'chmod'])
    await symlink(await find(name), join(bin, name))
  await program('id', 'echo 0')
  await copyFile(join(ROOT, 'setup.sh'), join(folder, 'setup.sh'))
  await writeFile(join(folder, 'package-lock.json'), '{}')
  await writeFile(join(folder, 'node_modules/.bin/node'), '')
  await chmod(join(folder, 'node_modules/.bin/node'), 0o755)
  await writeFile(join(folder, 'node_modules/.package-lock.json'), '{}')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

const real = ({ calls }: Outcome): string[] => calls.filter((call) => !/^(id |.*--version)/.test(call))

describe('setup.sh', () => {
  it('does and says nothing where nothing is missing', async () => {
    await program('redis-server', redis('7.0.15'))
    await program('chromium')
    await program('haproxy')
    const outcome = await setup(['test'])
    expect(outcome).toMatchObject({ code: 0, said: '' })
    expect(real(outcome)).toEqual([])
  })

  it('takes Valkey for a Redis', async () => {
    await program('valkey-server', 'echo "Valkey server v=8.1.1 sha=0"')
    expect(await setup()).toMatchObject({ code: 0, said: '' })
  })

  it('installs the packages where they are missing or older than the lock file', async () => {
    await program('redis-server', redis('7.2.4'))
    await program('npm')
    await utimes(join(folder, 'node_modules/.package-lock.json'), 0, 0)
    expect(real(await setup())).toEqual([expect.stringMatching(/^npm ci --include=dev/)])
    expect((await setup()).said).toBe('')
    await rm(join(folder, 'node_modules/.bin/node'))
    expect(real(await setup())).toHaveLength(2)
  })

  it('installs Redis by apt, asking nothing', async () => {
    await program(
      'apt-get',
      `echo "$DEBIAN_FRONTEND" > ${folder}/frontend\n${bringing('redis-server', redis('7.0.15'))}`,
    )
    const outcome = await setup()
    expect(outcome.code).toBe(0)
    expect(outcome.said).toContain('setup: installing redis-server (apt-get)')
    expect(real(outcome)).toEqual([
      expect.stringMatching(/^apt-get .*update$/),
      expect.stringMatching(/^apt-get .*-y .*install --no-install-recommends redis-server$/),
    ])
    expect((await readFile(join(folder, 'frontend'), 'utf8')).trim()).toBe('noninteractive')
  })

  it('goes on to Valkey where the Redis to be had is too old', async () => {
    const both = `${bringing('redis-server', redis('6.0.16'))}\n${bringing('valkey-server', 'echo "Valkey server v=7.2.8 sha=0"')}`
    await program('apt-get', both)
    const outcome = await setup()
    expect(outcome.code).toBe(0)
    expect(outcome.said).toContain('installing valkey-server')
  })

  it('installs Chromium for the tests only', async () => {
    await program('redis-server', redis('7.0.15'))
    await program('apk', `case "$*" in *chromium*) : > ${bin}/chromium; chmod +x ${bin}/chromium;; esac`)
    expect(real(await setup())).toEqual([])
    await program('haproxy')
    expect(real(await setup(['test']))).toEqual(['apk add --no-cache chromium ttf-liberation ttf-dejavu'])
  })

  it('installs HAProxy for the tests only, and goes on where there is none to be had', async () => {
    await program('redis-server', redis('7.0.15'))
    await program('chromium')
    await program('apk')
    expect(real(await setup())).toEqual([])
    const outcome = await setup(['test'])
    expect(real(outcome)).toEqual(['apk add --no-cache haproxy'])
    expect(outcome).toMatchObject({ code: 0, said: expect.stringContaining('tests of the load balancer are skipped') })
    await program('apk', `: > ${bin}/haproxy; chmod +x ${bin}/haproxy`)
    expect((await setup(['test'])).said).not.toContain('skipped')
  })

  it('asks sudo where it is not root, and never waits for a password without a terminal', async () => {
    await program('id', 'echo 1000')
    await program('sudo', 'shift; exec "$@"')
    await program('dnf', bringing('valkey', 'echo "Valkey server v=8.0.1 sha=0"', 'valkey-server'))
    const outcome = await setup()
    expect(outcome.code).toBe(0)
    expect(real(outcome)).toEqual(['sudo -n dnf -q -y install valkey', 'dnf -q -y install valkey'])
  })

  it('installs no Redis where REDIS_URL names one', async () => {
    expect(await setup([], { REDIS_URL: 'redis://db:6379' })).toMatchObject({ code: 0, said: '' })
  })

  it('says what to run where it knows no package manager', async () => {
    const outcome = await setup()
    expect(outcome.code).toBe(1)
    expect(outcome.said).toContain('REDIS_URL=redis://127.0.0.1:6379 npm start')
  })

  it('says what to run where there is no Chromium to be had', async () => {
    await program('redis-server', redis('8.0.0'))
    const outcome = await setup(['test'])
    expect(outcome.code).toBe(1)
    expect(outcome.said).toContain('CHROMIUM_PATH=/path/to/chromium npm test')
  })
})
