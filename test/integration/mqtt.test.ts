import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DevicesReply } from '../../wire/api.ts'
import type { CommandsReply } from '../../wire/commands.ts'
import type { Fix } from '../../wire/fleet.ts'
import { type Broker, hasBroker, NO_BROKER, startBroker } from '../support/broker.ts'
import { connectClient } from '../support/client.ts'
import { addDevices, askPage } from '../support/device-floor.ts'
import { eventually } from '../support/eventually.ts'
import { scrape } from '../support/metrics.ts'
import { startNode, type TestNode } from '../support/node.ts'
import { type SingleRedis, startSingleRedis } from '../support/redis.ts'
import { signIn } from '../support/talkers/sign-in.ts'

const T = Date.now() - 60_000

describe.skipIf(!hasBroker)(hasBroker ? 'devices behind an MQTT broker' : NO_BROKER, () => {
  let redis: SingleRedis
  let broker: Broker
  let node: TestNode
  const undo: (() => unknown)[] = []

  const start = (name: string): Promise<TestNode> =>
    startNode({
      redisUrl: redis.url,
      env: {
        MQTT_URL: `mqtt://floor:hidden-word@127.0.0.1:${broker.port}`,
        NODE_NAME: name,
        LOG_LEVEL: 'debug',
        HTTP_SHARE: '1',
        HTTP_SHARE_PER_ADDRESS: '1',
      },
    })
  const times = async (id: string): Promise<number[]> => {
    const response = await fetch(`${node.url}/api/devices/${encodeURIComponent(id)}/track?limit=2000`)
    if (!response.ok) return []
    const { fixes } = (await response.json()) as { fixes: Fix[] }
    return fixes.map(({ t }) => t)
  }
  const fixAt = (t: number) => ({ fixes: [{ t, lat: 30.27, lon: -97.74 }] })
  const isConnected = (from: TestNode) => () => from.output().includes('The MQTT broker is connected')

  beforeAll(async () => {
    redis = await startSingleRedis()
    undo.push(redis.stop)
    broker = await startBroker()
    undo.push(broker.stop)
    node = await start('first')
    undo.push(() => node.kill())
    await addDevices(node, [{ id: 'ann/phone' }, { id: 'VAN-7' }, { id: 'VAN-8' }])
    await eventually('the node is connected', isConnected(node))
  })
  afterAll(async () => {
    for (const step of undo.reverse()) await step()
  })

  it('takes what OwnTracks publishes, once', async () => {
    const tst = Math.floor(T / 1000)
    const message = { _type: 'location', lat: 48.2, lon: 16.4, tst, vel: 36, batt: 80, acc: 5 }
    for (let i = 0; i < 3; i++) await broker.publish('owntracks/ann/phone', message, '-r')
    await broker.publish('owntracks/ann/phone', { _type: 'lwt', tst: 1 })
    await eventually('it is there', async () => (await times('ann/phone')).length > 0)
    expect(await times('ann/phone')).toEqual([tst * 1000])
    const { devices } = (await askPage<DevicesReply>(node, 'GET', '/devices?q=ann')).reply
    expect(devices).toMatchObject([{ id: 'ann/phone', last: { speed: 10, battery: 0.8 }, life: { door: 'mqtt' } }])
  })

  it('drops what unknown devices and strangers publish, and counts it', async () => {
    const dropped = async (reason: string): Promise<number> =>
      (await scrape(node.url)).value('watchfloor_lines_dropped_total', { reason })
    const before = [await dropped('mqtt_unknown'), await dropped('mqtt_malformed')]
    await broker.publish('watchfloor/GHOST', fixAt(T))
    await broker.publish('watchfloor/VAN-7', 'nonsense')
    await eventually('both are counted', async () => {
      const now = [await dropped('mqtt_unknown'), await dropped('mqtt_malformed')]
      return now.every((count, i) => count > (before[i] ?? 0))
    })
    expect(await times('GHOST')).toEqual([])
  })

  it('gives a device its commands when it is heard, and takes its answer', async () => {
    const { messages } = await broker.listen('watchfloor/VAN-7/commands')
    const client = await connectClient(node.url, { extraHeaders: { Cookie: await signIn(node.url, 'ann') } })
    undo.push(client.close)
    const request = { id: 'm1', to: { devices: ['VAN-7'] }, kind: 'message', args: { text: 'Hello' } }
    expect(await client.socket.timeout(60_000).emitWithAck('command', request)).toMatchObject({ device: 'VAN-7' })
    await broker.publish('watchfloor/VAN-7', { takes: ['message'] })
    const [text] = await eventually('the command came', () => (messages().length > 0 ? messages() : null))
    expect(JSON.parse(text ?? '')).toMatchObject({ commands: [{ id: 'm1', kind: 'message', args: { text: 'Hello' } }] })
    await broker.publish('watchfloor/VAN-7', { answers: [{ id: 'm1', state: 'done', answer: 'Read' }] })
    await eventually('it is done', async () => {
      const { commands } = (await askPage<CommandsReply>(node, 'GET', '/devices/VAN-7/commands')).reply
      return commands[0]?.state === 'done' && commands[0].answer === 'Read'
    })
  })

  it('loses nothing while Redis is away', async () => {
    await redis.halt()
    const sent = Array.from({ length: 40 }, (_, i) => T + i * 1000)
    for (const t of sent) await broker.publish('watchfloor/VAN-7', fixAt(t))
    await redis.restart()
    await eventually('all is there', async () => (await times('VAN-7')).length === sent.length)
    expect(await times('VAN-7')).toEqual(sent)
  })

  it('says once that the broker is away, stays ready, and goes on when it is back', async () => {
    await broker.kill()
    await eventually('it notices', () => node.output().includes('The MQTT broker is away'))
    expect((await fetch(`${node.url}/readyz`)).status).toBe(200)
    await broker.start()
    await eventually('a message comes through', async () => {
      await broker.publish('watchfloor/VAN-8', fixAt(T))
      return (await times('VAN-8')).length === 1
    })
    expect(node.output().split('The MQTT broker is away')).toHaveLength(2)
  })

  it('another node takes over where one dies, and nothing that came meanwhile is lost', async () => {
    const other = await start('second')
    undo.push(other.kill)
    expect(other.output()).not.toContain('The MQTT broker is connected')
    const sent = Array.from({ length: 20 }, (_, i) => T + (i + 1) * 1000)
    for (const [i, t] of sent.entries()) {
      if (i === 10) await node.kill()
      await broker.publish('watchfloor/VAN-8', fixAt(t))
    }
    const dead = node
    node = other
    await eventually('all is there', async () => (await times('VAN-8')).length === sent.length + 1)
    expect(await times('VAN-8')).toEqual([T, ...sent])
    for (const { output } of [dead, other]) expect(output()).not.toContain('hidden-word')
  })
})
