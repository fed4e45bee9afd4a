import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, describeEnding, type Ending, startChild } from '../../start/child.ts'
import { askServer } from './redis-ask.ts'

/**
 * One server of a deployment: a process of its own, which can crash, hang and come back with its data. Its address
 * stays the same.
 */
export type Member = {
  /** What it began as: `primary-1`, `replica-2`, `sentinel-3`. A failover does not rename it. */
  name: string
  port: number
  pid: () => number
  isRunning: () => boolean
  /** SIGKILL: up to a second of writes may not have reached its disk. */
  kill: () => Promise<void>
  /** SIGTERM: everything that was written is on disk. */
  halt: () => Promise<void>
  /** SIGSTOP: connections stay open, nothing answers. */
  pause: () => void
  resume: () => void
  /** Starts it after `kill` or `halt`, with the data and the configuration that it had. Resolves when it answers. */
  restart: () => Promise<void>
  /** Sends one command (its words parted by spaces) and answers the raw reply; '' where it is gone or hangs. */
  ask: (command: string) => Promise<string>
}

export type MemberOptions = {
  name: string
  program: string
  /** Its own folder, for its data and the configuration that it may rewrite; made here. */
  dir: string
  port: number
  password: string
  sentinel?: boolean
  /** Told of every process that is started. */
  onStart: (pid: number, ended: Promise<Ending>) => void
  /** Lines of its configuration, besides address, password and folder. */
  settings: readonly string[]
}

const IN_USE_MS = 5000

/** Resolves when it answers; throws, with the end of its log, where it ended before that. */
const answering = async (child: Child, port: number, password: string): Promise<void> => {
  const log: string[] = []
  for (const stream of [child.process.stdout, child.process.stderr])
    stream?.on('data', (text: Buffer) => log.push(String(text)) > 20 && log.shift())
  let trouble: string | null = null
  const closed = new Promise((resolve) => child.process.once('close', resolve))
  void Promise.all([child.ended, closed]).then(([ending]) => {
    trouble = `${child.name} did not start (${describeEnding(ending)}): ${log.join('').trim().slice(-300)}`
  })
  while ((await askServer(port, password, ['PING']))[0] !== '+PONG\r\n') {
    if (trouble !== null) throw new Error(trouble)
    await sleep(15)
  }
}

export const startMember = async (options: MemberOptions): Promise<Member> => {
  const { name, program, dir, port, password, sentinel = false, settings, onStart } = options
  const file = join(dir, 'redis.conf')
  const lines = ['bind 127.0.0.1', `port ${port}`, `requirepass ${password}`, `dir ${JSON.stringify(dir)}`, ...settings]
  await mkdir(dir, { mode: 0o700 })
  await writeFile(file, `${lines.join('\n')}\n`)

  let child: Child
  let running = false
  const start = async (): Promise<void> => {
    const args = sentinel ? [file, '--sentinel'] : [file]
    const started = startChild(name, program, args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] })
    child = started
    running = true
    onStart(started.process.pid ?? 0, started.ended)
    void started.ended.then(() => {
      if (child === started) running = false
    })
    await answering(started, port, password).catch(async (error) => {
      await started.kill()
      throw error
    })
  }
  /** Comes back where it was. Whoever looks for a free port may be on its port for a moment. */
  const restart = async (): Promise<void> => {
    const until = performance.now() + IN_USE_MS
    for (;;)
      try {
        await start()
        return
      } catch (error) {
        if (!String(error).includes('Address already in use') || performance.now() > until) throw error
        await sleep(100)
      }
  }
  const signal = (signalName: NodeJS.Signals) => (): void => void child.process.kill(signalName)
  await start()
  return {
    name,
    port,
    pid: () => child.process.pid ?? 0,
    isRunning: () => running,
    kill: async () => {
      await child.kill()
    },
    halt: async () => {
      await child.stop()
    },
    pause: signal('SIGSTOP'),
    resume: signal('SIGCONT'),
    restart,
    ask: async (command) => (await askServer(port, password, [command]))[0] ?? '',
  }
}

/** Gives an order; throws where it is refused. */
export const order = async (member: Member, command: string): Promise<void> => {
  const reply = await member.ask(command)
  if (reply !== '+OK\r\n') throw new Error(`${member.name}: ${command}: ${reply || 'no answer'}`)
}
