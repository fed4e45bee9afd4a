import { type ChildProcess, spawn } from 'node:child_process'
import { lutimes, mkdir, readdir, readFile, readlink, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { bin, folder, onFreshMachines, program, redis } from './setup-machine.ts'

const WAITS = 'setup: another set-up is at work here: waiting until it has ended'

onFreshMachines()

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
