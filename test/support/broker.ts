import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { type Child, startChild } from '../../start/child.ts'
import { freePort } from '../../start/port.ts'
import { eventually } from './eventually.ts'
import { findTool } from './tools.ts'

const [server, publisher, subscriber] = ['mosquitto', 'mosquitto_pub', 'mosquitto_sub'].map(findTool)

/** Whether this machine has mosquitto, the broker and its tools. */
export const hasBroker = Boolean(server && publisher && subscriber)
export const NO_BROKER = 'no mosquitto here: install it to test what devices publish to a broker'

export type Broker = {
  port: number
  /** Publishes with QoS 1, and resolves once the broker has it. */
  publish: (topic: string, message: object | string, ...options: string[]) => Promise<void>
  /** All that is published at a topic from now on. */
  listen: (topic: string) => Promise<{ messages: () => string[] }>
  /** Ends it as a crash would. */
  kill: () => Promise<void>
  /** Starts it again; it knows what had reached its disk. */
  start: () => Promise<void>
  stop: () => Promise<void>
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

const run = (file: string, args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, [...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (data) => {
      said += data
    })
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${file}: ${said || code}`))))
  })

/** A broker of its own for one test file. */
export const startBroker = async (): Promise<Broker> => {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'watchfloor-broker-'))
  const config = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    `user ${userInfo().username}`,
    'persistence true',
    `persistence_location ${folder}/`,
  ]
  await writeFile(join(folder, 'mosquitto.conf'), `${config.join('\n')}\n`)
  const address = ['-h', '127.0.0.1', '-p', String(port)]
  const children: Child[] = []
  let own: Child | null = null
  const start = async (): Promise<void> => {
    own = startChild('mosquitto', server ?? '', ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' })
    await eventually('the broker listens', () => isOpen(port))
  }
  const publish: Broker['publish'] = (topic, message, ...options) => {
    const text = typeof message === 'string' ? message : JSON.stringify(message)
    return run(publisher ?? '', [...address, '-q', '1', '-t', topic, '-m', text, ...options])
  }
  const listen: Broker['listen'] = async (topic) => {
    let text = ''
    const child = startChild('mosquitto_sub', subscriber ?? '', [...address, '-q', '1', '-t', topic, '-F', '%p'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    children.push(child)
    child.process.stdout?.on('data', (data) => {
      text += data
    })
    await eventually('it listens', async () => {
      await publish(topic, 'probe')
      return text.includes('probe')
    })
    return { messages: () => text.split('\n').filter((line) => line !== '' && line !== 'probe') }
  }
  await start()
  return {
    port,
    publish,
    listen,
    kill: async () => {
      await own?.kill()
    },
    start,
    stop: async () => {
      for (const child of [...children, own]) await child?.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
