import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from '../../start/child.ts'
import { freePort } from '../../start/port.ts'
import { ROOT } from './environment.ts'
import { eventually } from './eventually.ts'

const hasHaproxy = (): boolean => {
  try {
    execFileSync('haproxy', ['-v'])
    return true
  } catch {
    return false
  }
}

/** Whether this machine can run the balancer of the compose file. */
export const balancer = hasHaproxy()
export const NO_BALANCER = 'no haproxy here: install it to test the configuration of the balancer'

/**
 * HAProxy with the configuration of the compose file, in which only addresses differ: the nodes are at these ports of the loopback
 * address, and so is its own.
 */
export const startBalancer = async (ports: readonly number[]): Promise<{ url: string; stop: () => Promise<void> }> => {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'watchfloor-balancer-'))
  const given = await readFile(join(ROOT, 'deploy/haproxy.cfg'), 'utf8')
  const config = ports
    .reduce((text, at, index) => text.replace(`node-${index + 1}:3000`, `127.0.0.1:${at}`), given)
    .replace('bind :3000', `bind 127.0.0.1:${port}`)
  await writeFile(join(folder, 'haproxy.cfg'), config)
  const child = startChild('haproxy', 'haproxy', ['-db', '-f', 'haproxy.cfg'], { cwd: folder, stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  await eventually('the balancer reaches a node', async () => (await fetch(`${url}/readyz`)).ok)
  const stop = async (): Promise<void> => {
    await child.kill()
    await rm(folder, { recursive: true, force: true })
  }
  return { url, stop }
}
