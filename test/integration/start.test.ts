import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import { ping } from '../../start/ping.ts'
import { freePort } from '../../start/port.ts'
import { eventually } from '../support/eventually.ts'
import { dataFolder, startFloor, type TestFloor } from '../support/floor.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const folder = async (): Promise<string> => {
  const { path, remove } = await dataFolder()
  undo.push(remove)
  return path
}

/** A floor on a small market and fleet, closed when the test is over. */
const open = (
  env: Record<string, string>,
  args = ['--symbols', '3', '--devices', '3', '--history', '0'],
): TestFloor => {
  const floor = startFloor({ PORT: '0', ...env }, args)
  undo.push(async () => {
    floor.signal('SIGTERM')
    await floor.ended
  })
  return floor
}

const redisOf = async (data: string): Promise<{ port: number; password: string; client: Redis }> => {
  const [port = '', password = ''] = (await readFile(join(data, 'redis.address'), 'utf8')).trim().split(' ')
  const client = new Redis(Number(port), '127.0.0.1', { password, retryStrategy: () => null })
  client.on('error', () => {}) // the floor takes its Redis down with it
  undo.push(() => client.disconnect())
  return { port: Number(port), password, client }
}

/** What a floor that cannot start says: one line, and then it ends with an error. */
const refusal = async (floor: TestFloor): Promise<string> => {
  expect(await floor.ended).toEqual({ code: 1, signal: null })
  const [line = '', ...others] = floor.output().trim().split('\n')
  expect(others).toEqual([])
  return line
}

const occupy = (talk?: (socket: Socket) => void): Promise<number> =>
  new Promise((resolve) => {
    const server: Server = createServer(talk)
    undo.push(() => new Promise((done) => server.close(done)))
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })

/** A server that speaks just enough of Redis to say that it is of this version. */
const pretendServer = (version: string): Promise<number> =>
  occupy((socket) => {
    socket.on('data', (data) => {
      const info = `redis_version:${version}\r\n`
      for (const _ of data.toString().matchAll(/^\*\d/gm)) socket.write(`$${info.length}\r\n${info}\r\n`)
    })
  })

/** A folder whose `redis-server` says that it is of this version and does nothing else. */
const pretendRedis = async (version: string): Promise<string> => {
  const path = join(await folder(), 'bin')
  await mkdir(path)
  await writeFile(join(path, 'redis-server'), `#!/bin/sh\necho 'Redis server v=${version} sha=0 bits=64'\n`)
  await chmod(join(path, 'redis-server'), 0o755)
  return path
}

describe('a floor', () => {
  it('serves its dashboard and live data, and closes in order on Ctrl-C', async () => {
    const data = await folder()
    const floor = open({ DATA_DIR: data })
    const address = await floor.opened()
    expect(await (await fetch(address)).text()).toContain('<html')
    await eventually('symbols trade', async () => {
      const { symbols } = await (await fetch(`${address}/api/symbols`)).json()
      return symbols.some(({ last }: { last: unknown }) => last !== null)
    })
    const { port, password } = await redisOf(data)
    const archived = async () =>
      (await (await fetch(`${address}/metrics`)).text()).match(/archive_rows_total\{kind="minutes"\} [1-9]/)
    await eventually('its archive has candles', archived)
    expect((await stat(join(data, 'archive.db'))).size).toBeGreaterThan(0)
    floor.signal('SIGINT')
    floor.signal('SIGINT') // npm passes on what the terminal has sent already
    expect(await floor.ended).toEqual({ code: 0, signal: null })
    expect(await ping(port, password)).toBe(false)
    await expect(fetch(address)).rejects.toThrow()
    expect(floor.output()).not.toMatch(/error|unexpected/i)
  })

  it('finds its data again', async () => {
    const data = await folder()
    const first = open({ DATA_DIR: data })
    await first.opened()
    await (await redisOf(data)).client.set('kept', 'yes')
    first.signal('SIGTERM')
    await first.ended
    await open({ DATA_DIR: data }).opened()
    expect(await (await redisOf(data)).client.get('kept')).toBe('yes')
  })

  it('recovers from being killed: its server and simulators end, the next start takes over the data', async () => {
    const data = await folder()
    const first = open({ DATA_DIR: data })
    const address = await first.opened()
    const before = await redisOf(data)
    await before.client.set('kept', 'yes')
    first.signal('SIGKILL')
    await eventually('the server ends', () =>
      fetch(address).then(
        () => false,
        () => true,
      ),
    )
    const second = open({ DATA_DIR: data })
    await second.opened()
    expect(await ping(before.port, before.password)).toBe(false)
    expect(await (await redisOf(data)).client.get('kept')).toBe('yes')
  })

  it('stops everything when a part of it breaks', async () => {
    const data = await folder()
    const floor = open({ DATA_DIR: data })
    const address = await floor.opened()
    await (await redisOf(data)).client.shutdown('NOSAVE').catch(() => {})
    expect((await floor.ended).code).toBe(1)
    expect(floor.output()).toContain('Redis ended unexpectedly (exit code 0); everything else is stopped.')
    await expect(fetch(address)).rejects.toThrow()
  })

  it('stops when it is asked to while it still starts', async () => {
    const floor = open({ DATA_DIR: await folder() })
    await eventually('it has begun', () => floor.output().includes('keeps its data'))
    floor.signal('SIGINT')
    expect(await floor.ended).toEqual({ code: 0, signal: null })
    expect(floor.output()).not.toContain('open at')
  })

  it('uses the Redis of REDIS_URL and starts none', async () => {
    const data = await folder()
    const first = open({ DATA_DIR: data })
    await first.opened()
    const { port, password } = await redisOf(data)
    const unused = await folder()
    const second = open({ DATA_DIR: unused, REDIS_URL: `redis://:${password}@127.0.0.1:${port}` })
    await second.opened()
    expect(second.output()).not.toContain('keeps its data')
    await expect(readFile(join(unused, 'redis.address'))).rejects.toThrow()
  })
})

describe('a floor that cannot start says why and what helps, in one line', () => {
  it('a port in use', async () => {
    const port = await occupy()
    const line = await refusal(open({ DATA_DIR: await folder(), PORT: String(port) }))
    expect(line).toMatch(new RegExp(`Port ${port} is in use .*"PORT=${port + 1} npm start"`))
  })

  it('a second start on the same data', async () => {
    const data = await folder()
    await open({ DATA_DIR: data }).opened()
    expect(await refusal(open({ DATA_DIR: data }))).toMatch(/already runs here.*stop it first/)
  })

  it('no Redis to be had', async () => {
    const line = await refusal(open({ DATA_DIR: await folder(), PATH: await folder() }))
    expect(line).toMatch(/No redis-server .*"sh setup.sh"/)
  })

  it('a Redis too old', async () => {
    const line = await refusal(open({ DATA_DIR: await folder(), PATH: await pretendRedis('6.2.14') }))
    expect(line).toMatch(/redis-server is version 6\.2\.14, .*7\.0 or later/)
  })

  it('a Redis too old at REDIS_URL', async () => {
    const port = await pretendServer('6.2.14')
    const line = await refusal(open({ REDIS_URL: `redis://127.0.0.1:${port}` }))
    expect(line).toContain(`The Redis at redis://127.0.0.1:${port} is version 6.2.14`)
  })

  it('a Redis that ends at once', async () => {
    const data = await folder()
    await mkdir(join(data, 'redis', 'appendonlydir'), { recursive: true })
    await writeFile(join(data, 'redis', 'appendonlydir', 'appendonly.aof.manifest'), 'not a manifest\n')
    expect(await refusal(open({ DATA_DIR: data }))).toMatch(/redis-server did not start \(exit code 1\): .*manifest/i)
  })

  it('nobody at REDIS_URL, whose password it does not show', async () => {
    const port = await freePort()
    const line = await refusal(open({ REDIS_URL: `redis://me:secret@127.0.0.1:${port}` }))
    expect(line).toMatch(new RegExp(`No Redis can be used at redis://127\\.0\\.0\\.1:${port} \\(ECONNREFUSED\\)`))
    expect(line).not.toContain('secret')
  })

  it('a bad setting', async () => {
    expect(await refusal(open({ DATA_DIR: await folder(), PORT: 'many' }))).toMatch(/Bad setting: PORT=many/)
  })
})
