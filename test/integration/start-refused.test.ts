import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ROOT } from '../support/environment.ts'
import { eventually } from '../support/eventually.ts'
import { startFloor, type TestFloor } from '../support/floor.ts'

/** A folder of this test's own. */
let folder = ''
const undo: (() => unknown)[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchfloor-start-'))
})
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
  await rm(folder, { recursive: true, force: true })
})

const open = (env: Record<string, string>): TestFloor => {
  const floor = startFloor({ PORT: '0', DATA_DIR: join(folder, 'data'), ...env }, ['--history', '0'])
  undo.push(async () => {
    floor.signal('SIGTERM')
    await floor.ended
  })
  return floor
}

/** What a floor that cannot start says: one line, and then it ends with an error. */
const refusal = async (env: Record<string, string>): Promise<string> => {
  const floor = open(env)
  expect(await floor.ended, floor.output()).toEqual({ code: 1, signal: null })
  const [line = '', ...others] = floor.output().trim().split('\n')
  expect(others).toEqual([])
  return line
}

const REMEDY = /^watchfloor: The data folder .* cannot be used \(.+\): set DATA_DIR to a folder that you may write\.$/
const onLinux = process.platform === 'linux'
const asRoot = process.getuid?.() === 0

/** Makes the folder a bad one for data, and returns its path. */
type Badly = () => Promise<string>
const inside = (name: string): string => join(folder, name)
const BAD: Record<string, Badly> = {
  'a file': async () => {
    await writeFile(inside('file'), '')
    return inside('file')
  },
  'under a file': async () => {
    await writeFile(inside('file'), '')
    return inside('file/data')
  },
  'a link to nothing': async () => {
    await symlink(inside('nothing/here'), inside('link'))
    return inside('link')
  },
  'a link to itself': async () => {
    await symlink('link', inside('link'))
    return inside('link')
  },
  'a name too long': async () => inside('a'.repeat(300)),
  'a path far too long': async () => inside('folder/'.repeat(1000)),
  'a lock that is a folder': async () => {
    await mkdir(inside('data/lock'), { recursive: true })
    return inside('data')
  },
  'a lock that is something else': async () => {
    await writeFile(inside('lock'), 'x'.repeat(5000))
    return folder
  },
  'a file in the place of the data': async () => {
    await writeFile(inside('redis'), '')
    return folder
  },
}

describe('a data folder that cannot be one is refused in one line that says what helps', () => {
  it.each(Object.entries(BAD))('%s', async (_, make) => {
    expect(await refusal({ DATA_DIR: await make() })).toMatch(REMEDY)
  })

  it.runIf(onLinux).each(['/proc/x', '/proc', '/proc/self/fd/x', '/sys/x', '/dev/null', '/dev/null/x', '/dev/full'])(
    '%s',
    async (path) => {
      expect(await refusal({ DATA_DIR: path })).toMatch(REMEDY)
    },
  )

  it.skipIf(asRoot)('one that this user may not write, or enter', async () => {
    await mkdir(inside('closed'))
    for (const mode of [0o555, 0o600, 0o300]) {
      await chmod(inside('closed'), mode)
      expect(await refusal({ DATA_DIR: inside('closed') })).toMatch(/EACCES: permission denied/)
      expect(await refusal({ DATA_DIR: inside('closed/data') })).toMatch(/EACCES: permission denied|redis/)
    }
  })

  it('a line break in its name makes no second line', async () => {
    await writeFile(inside('two\nlines'), '')
    expect(await refusal({ DATA_DIR: inside('two\nlines') })).toMatch(/two lines is no folder/)
  })

  it('one in which the address of Redis cannot be written; Redis is stopped', async () => {
    await mkdir(inside('data/redis.address'), { recursive: true })
    expect(await refusal({})).toMatch(/Nothing can be written in .*make room there/)
    // The floor ended by itself, which it cannot while a Redis hangs on it; and what that wrote is whole.
    expect(await readdir(inside('data/redis'))).toContain('appendonlydir')
  })
})

it('begins a relative data folder where npm was called', async () => {
  const floor = open({ DATA_DIR: 'mine', INIT_CWD: folder })
  await eventually('it has begun', () => floor.output().includes('keeps its data'))
  expect(floor.output()).toContain(`keeps its data in ${inside('mine/redis')}`)
  expect(await readFile(inside('mine/redis.address'), 'utf8')).toMatch(/^\d+ \w+\n$/)
  expect(await readdir(ROOT)).not.toContain('mine')
})

describe('an address at which nobody could open the floor is refused before anything starts', () => {
  it.each([
    [
      'no name of a host',
      { HOST: 'nowhere.invalid', ACCESS: 'open' },
      /Nothing can listen on nowhere\.invalid port \d+ \(ENOTFOUND\)/,
    ],
    ['a line break', { HOST: 'two\nlines', ACCESS: 'open' }, /Nothing can listen on two lines port/],
    [
      'an address of another machine',
      { HOST: '192.0.2.1', ACCESS: 'open' },
      /Nothing can listen on 192\.0\.2\.1 .*check HOST and PORT/,
    ],
    ['a multicast', { HOST: '224.0.0.1', ACCESS: 'open' }, /Nothing can listen on 224\.0\.0\.1 .*check HOST and PORT/],
    [
      'one that lets others in, and nobody said whom',
      { HOST: '0.0.0.0' },
      /Bad setting: ACCESS=: HOST=0\.0\.0\.0 .*ACCESS=invitations, ACCESS=openid, or ACCESS=open /,
    ],
    ['a port that browsers refuse', { PORT: '6000' }, /Browsers refuse to open port 6000: choose another one/],
    ['no port', { PORT: 'tcp://10.0.0.1:3000' }, /Bad setting: PORT=tcp:.* See the configuration table/],
  ])('%s', async (_, env, line) => {
    expect(await refusal(env)).toMatch(line)
  })
})

/** A server that does `talk` with whoever connects; its port. */
const serve = (talk: (socket: Socket) => void): Promise<number> =>
  new Promise((resolve) => {
    const sockets = new Set<Socket>()
    const server: Server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      talk(socket)
    })
    undo.push(() => {
      for (const socket of sockets) socket.destroy()
      return new Promise((done) => server.close(done))
    })
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })

describe('a REDIS_URL where no Redis is', () => {
  it('a web server', async () => {
    const port = await serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    expect(await refusal({ REDIS_URL: `redis://127.0.0.1:${port}` })).toMatch(/what answers there is no Redis/)
  })

  it('one that says nothing', async () => {
    const port = await serve(() => {})
    expect(await refusal({ REDIS_URL: `redis://127.0.0.1:${port}` })).toMatch(/No Redis can be used at .*timed out/)
  })

  it('a line break', async () => {
    expect(await refusal({ REDIS_URL: 'redis://one\ntwo' })).toMatch(/Bad setting: REDIS_URL=redis:\/\/one two/)
  })
})

/** A floor that is asked to stop ends in order, whatever it waits for just then. */
const stopsIn = async (floor: TestFloor, phase: () => unknown, signal: NodeJS.Signals): Promise<void> => {
  await eventually('it has come so far', phase)
  floor.signal(signal)
  expect(await floor.ended).toEqual({ code: 0, signal: null })
}

/** A `redis-server` of this version that does `then`, and never ends. */
const slowRedis = async (version: string, then: string): Promise<string> => {
  const script = `#!/bin/sh\necho begun >> '${inside('calls')}'\n[ "$1" = --version ] && ${version}\n${then}\n`
  await mkdir(inside('bin'))
  await writeFile(inside('bin/redis-server'), script, { mode: 0o755 })
  return inside('bin')
}
const calls = async (least: number): Promise<boolean> =>
  (await readFile(inside('calls'), 'utf8').catch(() => '')).split('\n').length > least

describe.each(['SIGTERM', 'SIGINT'] as const)('%s is heeded', (signal) => {
  it('while a Redis elsewhere does not answer', async () => {
    let asked = false
    const port = await serve(() => {
      asked = true
    })
    await stopsIn(open({ REDIS_URL: `redis://127.0.0.1:${port}` }), () => asked, signal)
  })

  it('while redis-server does not say its version', async () => {
    const path = await slowRedis('exec /bin/sleep 600', '')
    await stopsIn(open({ PATH: path }), () => calls(1), signal)
  })

  it('while redis-server loads for long', async () => {
    const path = await slowRedis("{ echo 'Redis server v=7.2.0 sha=0'; exit; }", 'exec /bin/sleep 600')
    await stopsIn(open({ PATH: path }), () => calls(2), signal)
  })

  it('while an earlier Redis does not end', async () => {
    let asked = 0
    const port = await serve((socket) => {
      asked++
      socket.on('data', () => socket.write('+PONG\r\n'))
      socket.on('end', () => socket.end())
      setTimeout(() => socket.end(), 50)
    })
    await mkdir(inside('data'))
    await writeFile(inside('data/redis.address'), `${port} secret\n`)
    await stopsIn(open({}), () => asked > 2, signal)
  })
})
