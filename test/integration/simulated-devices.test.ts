import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CommandReply } from '../../wire/commands.ts'
import type { DeviceSnapshot } from '../../wire/fleet.ts'
import type { WatchReply } from '../../wire/protocol.ts'
import { inherited, ROOT } from '../support/environment.ts'
import { eventually } from '../support/eventually.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { somebody, testTokens } from '../support/people.ts'
import { connectRaw, type RawClient } from '../support/raw-client.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'

const folder = mkdtempSync(join(tmpdir(), 'watchfloor-devices-'))
let redis: TestRedis
let node: TestNode
let token: string
let ann: RawClient

beforeAll(async () => {
  redis = await startRedis()
  node = await startNode({ redisUrl: redis.url, env: { ACCESS: 'invitations' } })
  token = await (await testTokens()).sign('bearer', somebody())
  ann = await connectRaw(node.url, undefined, { token })
})
afterAll(async () => {
  ann?.close()
  await node?.stop()
  await redis.stop()
  rmSync(folder, { recursive: true })
})

const simulate = (more: Record<string, string>) => {
  const args = ['--fleet', '--fleet-via', 'socket', '--floor', node.url, '--devices', '3', '--interval', '0.5']
  const child = spawn(process.execPath, ['simulators/main.ts', ...args], {
    cwd: ROOT,
    env: { ...inherited(), DATA_DIR: folder, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
    })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return {
    text: () => text,
    ended,
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}
/** A device as it is now. */
const look = async (id: string): Promise<DeviceSnapshot | null> => {
  const fresh = await connectRaw(node.url, undefined, { token })
  const reply = await fresh.ask<WatchReply>('watch', { topics: [{ topic: `d:${id}` }] })
  fresh.close()
  const [result] = 'results' in reply ? reply.results : []
  return result?.kind === 'snapshot' ? (result.snapshot as DeviceSnapshot) : null
}

it('simulated devices connect, report, obey, and are known again at the next start', async () => {
  const first = simulate({ FLOOR_TOKEN: token })
  const bus = await eventually('a bus', async () => {
    const device = await look('BUS-0001')
    return device?.last?.readings && device.life?.takes ? device : null
  })
  expect(bus.life?.takes).toContain('report_every')
  expect(bus.life?.door).toBe('socket')
  expect(bus.description?.group).toBe('buses')

  const done = await eventually(
    'a command is done',
    async () => {
      const id = `c${Date.now()}`
      // Its driver may refuse: then another is asked for.
      const to = { devices: ['BUS-0001'] }
      await ann.ask<CommandReply>('command', { id, to, kind: 'report_every', args: { seconds: 1 } })
      const commands = await eventually('an end', async () => {
        const { commands = [] } = (await look('BUS-0001')) ?? {}
        return commands.find((each) => each.id === id && !['queued', 'sent', 'acknowledged'].includes(each.state))
      })
      return commands.state === 'done'
    },
    { everyMs: 300 },
  )
  expect(done).toBe(true)
  await eventually('its own interval', async () => (await look('BUS-0001'))?.life?.every === 1)
  expect(await first.stop()).toBe(0)
  expect(first.text()).toMatch(/3 of 3 devices connected/)

  const keys = readFileSync(join(folder, 'simulated-devices.json'), 'utf8')
  const before = (await look('BUS-0002'))?.last?.n ?? 0
  const second = simulate({})
  await eventually('the bus again, by its key of before', async () => ((await look('BUS-0002'))?.last?.n ?? 0) > before)
  expect(await second.stop()).toBe(0)
  expect(readFileSync(join(folder, 'simulated-devices.json'), 'utf8')).toBe(keys)
})

it('a floor that does not take devices from just anybody says how it would', async () => {
  const stranger = simulate({ DATA_DIR: join(folder, 'another') })
  expect(await stranger.ended).toBe(1)
  expect(stranger.text()).toContain('FLOOR_TOKEN')
})
