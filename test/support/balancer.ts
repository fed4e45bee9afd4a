import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from '../../start/child.ts'
import { freePort } from '../../start/port.ts'
import { ROOT } from './environment.ts'
import { eventually } from './eventually.ts'

/** On the PATH, or where Debian keeps it and only root's PATH leads. */
const findHaproxy = (): string | undefined =>
  ['haproxy', '/usr/sbin/haproxy'].find((program) => spawnSync(program, ['-v']).status === 0)

const program = findHaproxy()

/** Whether this machine can run the balancer of the compose file. */
export const balancer = program !== undefined
export const NO_BALANCER = 'no haproxy here: install it to test the configuration of the balancer'

export type Balancer = {
  url: string
  /**
   * A command of HAProxy's runtime API, as an operator gives it (`set server nodes/node-1 state maint`). Returns what
   * it says.
   */
  command: (text: string) => Promise<string>
  stop: () => Promise<void>
}

const ask = async (socket: string, text: string): Promise<string> => {
  const connection = connect(socket)
  connection.end(`${text}\n`)
  let said = ''
  for await (const data of connection) said += data
  return said.trim()
}

/**
 * HAProxy with the configuration of the compose file, in which only addresses differ: the nodes are at these ports of
 * the loopback address, and so is its own. To it comes a socket for commands.
 */
export const startBalancer = async (ports: readonly number[]): Promise<Balancer> => {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'watchfloor-balancer-'))
  const given = await readFile(join(ROOT, 'deploy/haproxy.cfg'), 'utf8')
  const config = ports
    .reduce((text, at, index) => text.replace(`node-${index + 1}:3000`, `127.0.0.1:${at}`), given)
    .replace('bind :3000', `bind 127.0.0.1:${port}`)
    .replace('global\n', `global\n    stats socket ${join(folder, 'commands')} level admin\n`)
  await writeFile(join(folder, 'haproxy.cfg'), config)
  const child = startChild('haproxy', program ?? 'haproxy', ['-db', '-f', 'haproxy.cfg'], {
    cwd: folder,
    stdio: 'ignore',
  })
  const url = `http://127.0.0.1:${port}`
  await eventually('the balancer reaches a node', async () => (await fetch(`${url}/readyz`)).ok)
  const stop = async (): Promise<void> => {
    await child.kill()
    await rm(folder, { recursive: true, force: true })
  }
  return { url, command: (text) => ask(join(folder, 'commands'), text), stop }
}
