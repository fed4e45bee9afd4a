import { type ChildProcess, execFile, spawn } from 'node:child_process'
import {
  chmod,
  copyFile,
  lutimes,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ROOT, searchPath } from '../support/environment.ts'
import { eventually } from '../support/eventually.ts'

const WAITS = 'setup: another set-up is at work here: waiting until it has ended'

/** What every machine has. */
const TOOLS = 'sh sed grep find dirname env touch chmod uname ln readlink mv rm cksum sleep ps cat'.split(' ')

/** A copy of the project's frame on a machine that has only what a test puts into `bin`. */
let folder = ''
let bin = ''

/** A program that writes down how it was called. `then`: what else it does, in sh. */
const program = async (name: string, then = ''): Promise<void> => {
  await rm(join(bin, name), { force: true }) // it may be a link to the machine's own, which would be written to
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
  for (const name of TOOLS) await symlink(await find(name), join(bin, name))
  await program('id', 'echo 0')
  await copyFile(join(ROOT, 'setup.sh'), join(folder, 'setup.sh'))
  await writeFile(join(folder, 'package-lock.json'), '{}')
  await writeFile(join(folder, 'node_modules/.bin/node'), '')
  await chmod(join(folder, 'node_modules/.bin/node'), 0o755)
  await writeFile(join(folder, 'node_modules/.package-lock.json'), '{}')
})

// What a program that was killed had started may still write something.
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }))

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

describe('several set-ups at once', () => {
  const children: ChildProcess[] = []
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })

  type Started = { child: ChildProcess; said: () => string; ended: Promise<number | string | null> }
  const start = (args: string[] = []): Started => {
    const child = spawn('/bin/sh', ['setup.sh', ...args], { cwd: folder, env: { PATH: bin, SBIN: bin } })
    children.push(child)
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => {
        said += text
      })
    const ended = new Promise<number | string | null>((resolve) =>
      child.once('exit', (code, signal) => resolve(code ?? signal)),
    )
    return { child, said: () => said, ended }
  }
  const lines = async (name: string): Promise<string[]> =>
    (await readFile(join(folder, name), 'utf8').catch(() => '')).split('\n').filter(Boolean)
  const lock = (): Promise<string | null> => readlink(join(folder, '.setup.lock')).catch(() => null)
  const leaveLock = (target: string) => symlink(target, join(folder, '.setup.lock'))
  const processes = async (): Promise<number[]> => (await lines('npms')).map(Number)
  /** Lets the stand-in for npm come to its end. */
  const finish = () => writeFile(join(folder, 'finish'), '')
  const host = hostname().replace(/[^\w.-]|_/g, '_')

  // Packages are old, and npm takes until the test lets it go on; what it does meanwhile would break if it were done
  // twice at once.
  beforeEach(async () => {
    await program('redis-server', redis('7.2.4'))
    await utimes(join(folder, 'node_modules/.package-lock.json'), 0, 0)
    await program(
      'npm',
      `trap '' HUP INT TERM\necho $$ >> ${folder}/npms\nln -s busy ${folder}/alone || echo twice >> ${folder}/broken\n` +
        `until [ -e ${folder}/finish ]; do sleep 0.05; done\nrm ${folder}/alone`,
    )
  })

  it('the second waits, says so, and finds nothing left to do', async () => {
    const first = start()
    await eventually('npm is at work', async () => (await processes()).length === 1)
    const second = start(['--', 'cat', 'package-lock.json'])
    await eventually('it says so', () => second.said() === `${WAITS}\n`)
    await finish()
    expect([await first.ended, await second.ended]).toEqual([0, 0])
    expect(await processes()).toHaveLength(1)
    expect(second.said()).toBe(`${WAITS}\n{}`)
    expect(await lock()).toBe(null)
  })

  it('where the first is killed, the second waits for what that had started, and goes on', async () => {
    const first = start()
    await eventually('npm holds the lock', async () => (await lock())?.includes(`+${(await processes())[0]}-`) ?? false)
    first.child.kill('SIGKILL')
    await first.ended
    const second = start()
    await eventually('it says so', () => second.said().includes(WAITS))
    expect(await processes()).toHaveLength(1)
    const [npm = 0] = await processes()
    process.kill(npm, 'SIGKILL')
    await rm(join(folder, 'alone'))
    await eventually('it takes over', async () => (await processes()).length === 2)
    await finish()
    expect(await second.ended).toBe(0)
    expect(await lock()).toBe(null)
  })

  it('a lock whose process is gone, or whose number another one has now, is taken over at once', async () => {
    await finish()
    for (const gone of [`${host}+999999999-1`, `${host}+${process.pid}-1`, `${host}+${process.pid}-1+999999999-2`]) {
      await leaveLock(gone)
      await utimes(join(folder, 'node_modules/.package-lock.json'), 0, 0)
      const setting = start()
      expect([await setting.ended, setting.said()]).toEqual([0, expect.any(String)])
      expect(await lock()).toBe(null)
    }
    expect(await processes()).toHaveLength(3)
    expect((await readdir(folder)).filter((name) => name.startsWith('.setup'))).toEqual([])
  })

  it('many that find a lock left behind take turns; only one installs', async () => {
    await leaveLock(`${host}+999999999-1`)
    const all = Array.from({ length: 12 }, () => start())
    await eventually('one is at work', async () => (await processes()).length > 0)
    await eventually('the others wait', () => all.filter(({ said }) => said().includes(WAITS)).length === 11)
    await finish()
    expect(await Promise.all(all.map(({ ended }) => ended))).toEqual(Array(12).fill(0))
    expect(await processes()).toHaveLength(1)
    expect(await lines('broken')).toEqual([])
    expect((await readdir(folder)).filter((name) => name.startsWith('.setup'))).toEqual([])
  })

  it('many that install anew each time are never two at once', async () => {
    await finish()
    // Nothing is ever fresh: each has its own turn.
    await program('touch')
    await leaveLock(`${host}+999999999-1`)
    const all = Array.from({ length: 8 }, () => start())
    expect(await Promise.all(all.map(({ ended }) => ended))).toEqual(Array(8).fill(0))
    expect(await processes()).toHaveLength(8)
    expect(await lines('broken')).toEqual([])
  })

  it('a lock of another host counts, for a quarter of an hour', async () => {
    await finish()
    await leaveLock('elsewhere+1-1')
    const setting = start()
    await eventually('it waits', () => setting.said().includes(WAITS))
    expect(await processes()).toEqual([])
    const old = Date.now() / 1000 - 20 * 60
    await lutimes(join(folder, '.setup.lock'), old, old)
    expect([await setting.ended, setting.said()]).toEqual([0, expect.any(String)])
    expect(await processes()).toHaveLength(1)
  })

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('%s ends npm at once, whatever that makes of signals, and lets go of the lock', async (signal, code) => {
    const first = start(['--', 'cat'])
    await eventually('npm is at work', async () => (await processes()).length === 1)
    first.child.kill(signal)
    expect(await first.ended).toBe(code)
    const [npm = 0] = await processes()
    expect(() => process.kill(npm, 0)).toThrow('ESRCH')
    expect(await lock()).toBe(null)
  })

  it('a signal leaves a package manager to its end, which holds the lock until then', async () => {
    await rm(join(bin, 'redis-server'))
    await writeFile(join(folder, 'node_modules/.package-lock.json'), '{}')
    const server = join(bin, 'redis-server')
    const brought = `printf '#!/bin/sh\\n%s\\n' '${redis('7.0.15')}' > ${server}; chmod +x ${server}`
    await program('apk', `echo $$ >> ${folder}/apks\nuntil [ -e ${folder}/finish ]; do sleep 0.05; done\n${brought}`)
    const first = start()
    await eventually('apk is at work', async () => (await lines('apks')).length === 1)
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(143)
    expect(first.said()).toContain('setup: apk goes on to its end')
    const second = start()
    await eventually('it waits', () => second.said().includes(WAITS))
    await finish()
    expect(await second.ended).toBe(0)
    expect(await lines('apks')).toHaveLength(1)
    expect(await lock()).toBe(null)
  })

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s ends who waits, and leaves the lock to whose it is', async (signal, code) => {
    const first = start()
    await eventually('npm is at work', async () => (await processes()).length === 1)
    const second = start()
    await eventually('it waits', () => second.said().includes(WAITS))
    const held = await lock()
    second.child.kill(signal)
    expect(await second.ended).toBe(code)
    expect(await lock()).toBe(held)
    await finish()
    expect([await first.ended, first.said()]).toEqual([0, expect.any(String)])
  })

  it.each(['file', 'folder'])('goes on without a lock where a %s of that name is in its place', async (kind) => {
    const path = join(folder, '.setup.lock')
    await (kind === 'file' ? writeFile(path, '') : mkdir(path))
    await finish()
    const setting = start()
    expect(await setting.ended).toBe(0)
    expect(setting.said()).toContain('going on without')
    expect(await processes()).toHaveLength(1)
  })

  it('what could not be installed leaves no lock', async () => {
    await program('npm', 'exit 3')
    expect(await start().ended).toBe(3)
    expect(await lock()).toBe(null)
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
