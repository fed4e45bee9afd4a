import { freePort } from '../../start/port.ts'
import { startNode, type TestNode } from '../support/node.ts'

const NODE_ENV = {
  HEARTBEAT_MS: '1000',
  LINGER_MS: '1000',
  // As `npm run server` starts it, and with a way to collect its garbage.
  NODE_OPTIONS: `--max-semi-space-size=8 --import=${new URL('../soak/collect/main.ts', import.meta.url).href}`,
}

/** A node under attack. */
export type Victim = {
  node: () => TestNode
  /** Where it takes NMEA 0183. */
  linesPort: number
  /** Whether the one that was started last still runs. */
  isAlive: () => boolean
  /** Starts another in its place. */
  restart: () => Promise<void>
  kill: () => Promise<unknown>
}

export const startVictim = async (redisUrl: string, ACCESS: 'open' | 'invitations'): Promise<Victim> => {
  const linesPort = await freePort()
  const own = { ACCESS, NODE_NAME: ACCESS, NMEA_PORT: String(linesPort) }
  const options = { redisUrl, env: { ...NODE_ENV, ...own } }
  let node = await startNode(options)
  let alive = true
  const follow = (): void => {
    const followed = node
    alive = true
    void node.ended.then(() => {
      if (followed === node) alive = false
    })
  }
  follow()
  return {
    node: () => node,
    linesPort,
    isAlive: () => alive,
    restart: async () => {
      const { port } = node
      await node.kill()
      node = await startNode({ ...options, port })
      follow()
    },
    kill: () => node.kill(),
  }
}
