import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inherited, ROOT } from '../support/environment.ts'
import { eventually } from '../support/eventually.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { installEverywhere } from '../support/redis-everywhere.ts'

const MIB = 2 ** 20
/** What a replay may take, with room for what the runtime has not given back yet. */
const MOST_RESIDENT = 320 * MIB
const T = 1_709_632_800_000

let server: TestRedis
const folder = mkdtempSync(join(tmpdir(), 'watchfloor-large-'))
const temporary = mkdtempSync(join(tmpdir(), 'watchfloor-temporary-'))
beforeAll(async () => {
  server = await startRedis()
  await installEverywhere(server.client())
})
afterAll(async () => {
  await server.stop()
  for (const each of [folder, temporary]) rmSync(each, { recursive: true })
})

/** The most memory that a process had, in bytes; 0 where the system does not tell. */
const peakOf = (pid: number): number => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** Replays a file as `npm run simulate` does, in a process of its own. `shell`: what is said to the shell first. */
const replay = (file: string, args: string[] = [], shell = '') => {
  const command = `${shell} exec "$0" --max-semi-space-size=8 simulators/main.ts --speed max --replay "$@"`
  const child = spawn('sh', ['-c', command, process.execPath, file, ...args], {
    cwd: ROOT,
    env: { ...inherited(), REDIS_URL: server.url, TMPDIR: temporary },
  })
  const run = { out: '', err: '', peak: 0 }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    run.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    run.err += text
  })
  const looking = setInterval(() => {
    run.peak = Math.max(run.peak, peakOf(child.pid ?? 0))
  }, 20)
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve)).finally(() =>
    clearInterval(looking),
  )
  return { run, ended, input: child.stdin, stop: (signal: NodeJS.Signals) => child.kill(signal) }
}

/** Expects that a replay of a file fails at once, in one line and with little memory. */
const expectFailure = async (file: string, message: string, args: string[] = [], shell = '') => {
  const { run, ended } = replay(file, args, shell)
  expect(await ended).toBe(1)
  expect(run.err).toContain(message)
  expect(run.err.trim().split('\n')).toHaveLength(1)
  expect(run.peak).toBeLessThan(MOST_RESIDENT)
}

/** A file of so many trades in the order of `place`. */
const tradesFile = (name: string, count: number, place: (i: number) => number): string => {
  const path = join(folder, name)
  const file = openSync(path, 'w')
  for (let from = 0; from < count; from += 10_000) {
    const rows = Array.from({ length: Math.min(10_000, count - from) }, (_, i) => {
      const at = place(from + i)
      return `[${T + at},"${at + 1}",null,"buy",${at % 1000}.25,1.5,0]`
    })
    writeSync(file, `${from === 0 ? '[' : ','}${rows.join(',')}`)
  }
  writeSync(file, ']')
  closeSync(file)
  return path
}

describe('a large file', () => {
  const COUNT = 700_000
  /** Every row has another place; the rows are in no order. */
  const mixed = (i: number) => (i * 387_911) % COUNT
  let path = ''
  beforeAll(() => {
    path = tradesFile('large.json', COUNT, mixed)
  })

  it('is read with little memory, put in order on disk, and played; at a signal it ends, and nothing stays', async () => {
    const { run, ended, stop } = replay(path)
    await eventually('it plays', () => /700,000 of 700,000 rows/.test(run.out), { limitMs: 300_000 })
    await eventually('trades arrive', async () => (await server.client().exists('wf:{s:LARGE}')) === 1)
    expect(readdirSync(temporary)).toEqual([])
    stop('SIGINT')
    expect(await ended).toBe(0)
    expect(run.out).toMatch(/Taken \d+, repeats 0, .*interrupted\.\n$/)
    expect(run.peak).toBeLessThan(MOST_RESIDENT)
    expect(readdirSync(temporary)).toEqual([])
  }, 400_000)

  it('ends at once at a signal while it is read', async () => {
    const { ended, stop, run } = replay(path)
    await eventually('it reads', () => run.peak > 90 * MIB || run.out !== '')
    stop('SIGTERM')
    await ended
    expect(run.out).not.toContain('Taken')
    expect(readdirSync(temporary)).toEqual([])
  })

  it('that finds no room for its temporary file says so', () =>
    expectFailure(
      path,
      `the temporary file in ${temporary} cannot be written: there is no room left`,
      [],
      "trap '' XFSZ; ulimit -f 4;",
    ))
})

describe('what is no recording', () => {
  it.each([
    ['/dev/zero', 'it is a device, not a file'],
    ['/dev/urandom', 'it is a device, not a file'],
    [folder, 'it is a folder'],
  ])('is told: %s', (file, message) => expectFailure(file, message, ['--format', 'trades']))

  it.each(['trades', 'coinbase', 'capmetro', 'gpx', 'nmea'])('is told where it is a gzip bomb: %s', async (format) => {
    const start = { gpx: '<gpx>', capmetro: 'vehicle_id,timestamp,latitude,longitude\n' }[format] ?? '{}\n'
    const path = join(folder, 'bomb.gz')
    writeFileSync(path, Buffer.concat([gzipSync(start), ...Array.from({ length: 16 }, () => BOMB)]))
    await expectFailure(path, 'is longer than 1,048,576 letters', ['--format', format])
  })
  const BOMB = gzipSync(Buffer.alloc(64 * MIB))

  it('is told where it is a hole of 10 GB', async () => {
    const path = join(folder, 'hole')
    writeFileSync(path, '[')
    truncateSync(path, 10 * 1024 * MIB)
    await expectFailure(path, 'row 1 is longer than 1,048,576 letters', ['--format', 'trades'])
    await expectFailure(path, 'it begins like no format that is known')
  })

  it('is told where it is nothing but empty lines', async () => {
    const path = join(folder, 'empty.gz')
    writeFileSync(path, gzipSync(Buffer.alloc(64 * MIB, '\n')))
    await expectFailure(path, 'it is empty')
  })
})

describe('a file that another program writes', () => {
  const row = (i: number) => `[${T + i},"${i + 1}",null,"buy",1,1,1]\n`

  it('may come by a pipe', async () => {
    const path = join(folder, 'PIPE.json')
    execFileSync('mkfifo', [path])
    const { run, ended } = replay(path)
    await eventually('it says that it waits', () => run.out.includes('Reading: 0 rows'))
    appendFileSync(path, Array.from({ length: 500 }, (_, i) => row(i)).join(''))
    expect(await ended).toBe(0)
    expect(run.out).toContain('Taken 500, repeats 0, old 0, refused 0, left out 0.')
    const stdin = replay('/dev/stdin', ['--symbol', 'STDIN'], 'cat |')
    stdin.input.end(row(1))
    expect(await stdin.ended).toBe(0)
  })

  it('is read as it was, and its last row may not be whole', async () => {
    const path = join(folder, 'GROWING.csv')
    writeFileSync(path, 'vehicle_id,timestamp,latitude,longitude\n')
    const line = (i: number) => `GROWING,${T + i},30.${1000 + (i % 1000)},-97.7\n`
    const begin = () => appendFileSync(path, Array.from({ length: 30_000 }, (_, i) => line(i)).join(''))
    begin()
    const size = statSync(path).size
    const writing = setInterval(() => appendFileSync(path, 'GROWING,1709632800000,3'), 1)
    const { run, ended } = replay(path)
    await eventually('it plays', () => /of [\d,]+ rows, as fast/.test(run.out))
    clearInterval(writing)
    expect(await ended).toBe(0)
    expect(statSync(path).size).toBeGreaterThan(size)
    expect(run.out).toContain('the file was being written to: it is cut off here, and read as far as it goes')
  })
})
