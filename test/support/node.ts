import { type Ending, startProgram } from '../../start/child.ts'
import { freePort } from '../../start/port.ts'
import { inherited, ROOT, TEST_SECRET } from './environment.ts'
import { eventually } from './eventually.ts'
import { ONE_ADDRESS } from './one-address.ts'

export type TestNode = {
  url: string
  port: number
  pid: number
  /** All that it has written to standard error and standard output so far. */
  output: () => string
  ended: Promise<Ending>
  /** SIGTERM: it drains and ends. */
  stop: () => Promise<Ending>
  /** SIGKILL: as a crash. */
  kill: () => Promise<Ending>
}

type Options = {
  redisUrl: string
  env?: Record<string, string>
  port?: number
  /** Path that must answer 200 before this resolves; `/healthz` for a node that is to start without its Redis. */
  until?: '/readyz' | '/healthz'
}

/** A node that has not ended by then hangs; one that empties itself on a busy machine may need most of it. */
const STOPPED_MS = 60_000

const launch = async ({ redisUrl, env, port, until = '/readyz' }: Options, at: number) => {
  const child = startProgram('node', ['server/main.ts'], {
    cwd: ROOT,
    env: {
      ...inherited(),
      PORT: String(at),
      REDIS_URL: redisUrl,
      SECRET_FILE: TEST_SECRET,
      ARCHIVE_URL: 'none',
      LOG_LEVEL: 'warn',
      DRAIN_MS: '0',
      ...ONE_ADDRESS,
      ...env,
    },
    output: 'pipe',
  })
  let text = ''
  const keep = (data: Buffer): void => {
    text += data
  }
  child.process.stdout?.on('data', keep)
  child.process.stderr?.on('data', keep)
  // All that it said has come, which may be later than its end.
  const closed = new Promise((resolve) => child.process.once('close', resolve))
  let gone = false
  void child.ended.then(() => {
    gone = true
  })
  const url = `http://127.0.0.1:${at}`
  const ready = async (): Promise<boolean> => gone || (await fetch(url + until)).ok
  await eventually(`a node answers at ${until}`, ready).catch(async (error) => {
    await child.kill()
    throw new Error(`${error.message}\n${text}`)
  })
  if (gone) await closed
  const retry = gone && port === undefined && /EADDRINUSE|is in use/.test(text)
  if (gone && !retry) throw new Error(`the node ended before it was ready:\n${text}`)
  const { ended, kill } = child
  const stop = (): Promise<Ending> => child.stop(STOPPED_MS)
  const node: TestNode = { url, port: at, pid: child.process.pid ?? 0, output: () => text, ended, stop, kill }
  return retry ? null : node
}

/** Starts one server node as a process of its own, on a free port unless told one, and waits until it is ready. */
export const startNode = async (options: Options): Promise<TestNode> => {
  for (;;) {
    const node = await launch(options, options.port ?? (await freePort()))
    if (node) return node
  }
}
