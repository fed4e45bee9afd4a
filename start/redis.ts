import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, describeEnding, type Ending, startChild } from './child.ts'
import { Failure } from './failure.ts'
import { makeFolder } from './folder.ts'
import { ping } from './ping.ts'
import { freePort } from './port.ts'
import type { RedisProgram } from './program.ts'

export type PrivateRedis = {
  url: string
  port: number
  password: string
  pid: number
  ended: Promise<Ending>
  /** Ends it in order: everything that was written is on disk when this resolves. */
  stop: () => Promise<Ending>
  /** Ends it at once, as a crash would: up to a second of writes may be lost. */
  kill: () => Promise<Ending>
}

type Options = {
  program: RedisProgram
  /** Folder for its data; made where missing. A server started on it later finds the data again. */
  dir: string
  /** Default: a free one. */
  port?: number
  password?: string
  /** Further lines of its configuration. */
  settings?: readonly string[]
  signal?: AbortSignal
}

const configuration = (port: number, password: string, settings: readonly string[]): string =>
  [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    ...settings,
    '',
  ].join('\n')

/** Waits until the server answers; null where it ended before that. */
const answering = async (
  child: Child,
  port: number,
  password: string,
  signal?: AbortSignal,
): Promise<Ending | null> => {
  let ending: Ending | null = null
  void child.ended.then((end) => {
    ending = end
  })
  while (ending === null) {
    if (await ping(port, password)) return null
    await sleep(15, undefined, signal ? { signal } : {})
  }
  return ending
}

/** The last line of a Redis log without its process id, time and level. */
const lastWords = (log: readonly string[]): string => {
  const line = log.join('').trim().split('\n').at(-1) ?? ''
  return line.replace(/^\d+:\w .*? [*#.-] /, '')
}

/**
 * Starts a Redis that nobody else uses: on the loopback address, behind a password, with everything written to `dir`.
 * Its configuration goes in by standard input, so that the password is in no list of processes. Resolves when it
 * answers.
 */
export const launchRedis = async (options: Options): Promise<PrivateRedis> => {
  const { program, dir, settings = [], password = randomBytes(18).toString('hex') } = options
  makeFolder(dir)
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    const child = startChild('Redis', program.file, ['-'], { cwd: dir, stdio: ['pipe', 'pipe', 'pipe'] })
    const closed = new Promise((resolve) => child.process.once('close', resolve))
    const log: string[] = []
    child.process.stdout?.on('data', (text: Buffer) => log.push(text.toString()) > 20 && log.shift())
    child.process.stdin?.on('error', () => {}) // it ended before it read: `ended` tells
    child.process.stdin?.end(configuration(port, password, settings))
    const ending = await answering(child, port, password, options.signal).catch(async (aborted) => {
      await child.stop()
      throw aborted
    })
    if (ending === null) {
      const { ended, stop, kill } = child
      const url = `redis://:${password}@127.0.0.1:${port}`
      return { url, port, password, pid: child.process.pid ?? 0, ended, stop: () => stop(), kill }
    }
    await closed // its log has then been read to the end
    // Between finding a free port and taking it, another program may have been faster.
    const taken = log.join('').includes('Address already in use')
    if (!taken || options.port !== undefined || attempt === 5)
      throw new Failure(
        `${program.file} did not start (${describeEnding(ending)}): ${lastWords(log)}. Fix that in ${dir}, or set another DATA_DIR.`,
      )
  }
}
