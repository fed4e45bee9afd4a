import { spawn } from 'node:child_process'
import { readFile, rm, symlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { bin, bringing, find, folder, type Outcome, onFreshMachines, program, redis, setup } from './setup-machine.ts'

onFreshMachines()

/** What only tests need, and a few of them. */
const FOR_TESTS = ['haproxy', 'gpsd', 'gpsfake', 'gpspipe', 'socat', 'mosquitto', 'mosquitto_pub', 'initdb', 'postgres']
const programsForTests = async (): Promise<void> => {
  for (const name of FOR_TESTS) await program(name)
}

const real = ({ calls }: Outcome): string[] => calls.filter((call) => !/^(id |.*--version)/.test(call))

describe('setup.sh', () => {
  it('does and says nothing where nothing is missing', async () => {
    await program('redis-server', redis('7.0.15'))
    await program('chromium')
    await programsForTests()
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
    await programsForTests()
    expect(real(await setup(['test']))).toEqual(['apk add --no-cache chromium ttf-liberation ttf-dejavu'])
  })

  it('installs HAProxy for the tests only, and goes on where there is none to be had', async () => {
    await program('redis-server', redis('7.0.15'))
    await program('chromium')
    await programsForTests()
    await rm(join(bin, 'haproxy'))
    await program('apk')
    expect(real(await setup())).toEqual([])
    const outcome = await setup(['test'])
    expect(real(outcome)).toEqual(['apk add --no-cache haproxy'])
    expect(outcome).toMatchObject({ code: 0, said: expect.stringContaining('tests of the load balancer are skipped') })
    await program('apk', `: > ${bin}/haproxy; chmod +x ${bin}/haproxy`)
    expect((await setup(['test'])).said).not.toContain('skipped')
  })

  it('installs a GPS daemon, a broker and PostgreSQL for the tests only, starts no service, and goes on without', async () => {
    await program('redis-server', redis('7.0.15'))
    await program('chromium')
    await program('haproxy')
    await program('apt-get', `echo "$SYSTEMD_OFFLINE $RUNLEVEL" >> ${folder}/services`)
    expect(real(await setup())).toEqual([])
    const outcome = await setup(['test'])
    expect(outcome).toMatchObject({ code: 0, said: expect.stringContaining('real GPS daemon is skipped') })
    expect(outcome.said).toContain('tests of the MQTT broker are skipped')
    expect(outcome.said).toContain('tests of the archive in PostgreSQL are skipped')
    expect(real(outcome)).toEqual([
      expect.stringMatching(/^apt-get .*update$/),
      expect.stringMatching(/install --no-install-recommends gpsd gpsd-clients gpsd-tools python3-gps socat$/),
      expect.stringMatching(/install --no-install-recommends gpsd gpsd-clients python3-gps socat$/),
      expect.stringMatching(/install --no-install-recommends mosquitto mosquitto-clients$/),
      expect.stringMatching(/install --no-install-recommends postgresql$/),
    ])
    expect(new Set((await readFile(join(folder, 'services'), 'utf8')).trim().split('\n').slice(1))).toEqual(
      new Set(['1 1']),
    )
    await programsForTests()
    expect((await setup(['test'])).said).toBe('')
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

describe('setup.sh', () => {
  beforeEach(() => program('redis-server', redis('7.0.15')))

  it('becomes the program, with its arguments as they are', async () => {
    await program('node', `printf '<%s>' "$@" >> ${folder}/given; echo $$ >> ${folder}/pid`)
    const child = spawn('/bin/sh', ['setup.sh', '--', 'node', 'a b', '*', '--', 'test'], {
      cwd: folder,
      env: { PATH: bin },
    })
    await new Promise((resolve) => child.once('exit', resolve))
    expect(await readFile(join(folder, 'given'), 'utf8')).toBe('<a b><*><--><test>')
    expect(await readFile(join(folder, 'pid'), 'utf8')).toBe(`${child.pid}\n`)
  })

  it('builds the dashboard where it is asked to and there is none', async () => {
    await program('npm', `mkdir -p ${folder}/dist/web; : > ${folder}/dist/web/index.html`)
    await symlink(await find('mkdir'), join(bin, 'mkdir'))
    expect(real(await setup())).toEqual([])
    expect(real(await setup(['dashboard']))).toEqual(['npm run -s build'])
    expect(real(await setup(['dashboard']))).toHaveLength(1)
  })

  it('refuses what it does not know', async () => {
    expect(await setup(['tests'])).toMatchObject({ code: 2, said: expect.stringContaining('unknown argument tests') })
  })
})
