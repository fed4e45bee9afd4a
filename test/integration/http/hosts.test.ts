import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { startNode, type TestNode } from '../../support/node.ts'
import { askRaw, requestText } from '../../support/raw-http.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

let redis: TestRedis
let node: TestNode
let open: TestNode

beforeAll(async () => {
  redis = await startRedis()
  const env = {
    ORIGINS: 'https://desk.example:8443',
    HOSTS: 'floor.example, 10.1.2.3',
    ACCESS: 'open',
    HTTP_SHARE_PER_ADDRESS: '1',
  }
  node = await startNode({ redisUrl: redis.url, env })
  open = await startNode({ redisUrl: redis.url, env: { HOST: '0.0.0.0', ACCESS: 'open', HTTP_SHARE_PER_ADDRESS: '1' } })
})
afterAll(async () => {
  await node?.stop()
  await open?.stop()
  await redis.stop()
})

const OWN = [
  'localhost',
  'LOCALHOST:3000',
  'localhost.',
  '127.0.0.1',
  '127.0.0.1:1',
  '127.9.9.9',
  '[::1]',
  '[0:0:0:0:0:0:0:1]:80',
  'desk.example',
  'floor.example:3000',
  'FLOOR.example.:3000',
  '10.1.2.3',
]
const STRANGE = [
  'evil.example',
  'evil.example:3000',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evil.example@localhost',
  'localhost@evil.example',
  'localhost evil.example',
  'localhost, evil.example',
  'localhost/evil.example',
  'sub.floor.example',
  'floor.example..',
  '127.1',
  '2130706433',
  '[::ffff:8.8.8.8]',
  '8.8.8.8',
  '[::1',
  'xn--lcalhost-w9a',
  'l\u00f3calhost',
  '',
]
const PATHS = ['/', '/api/config', '/api/symbols', '/metrics', '/nothing', '/index.html']

const codeOf = (body: string): string => JSON.parse(body).error.code

it.each(OWN)('answers those that name %j', async (host) => {
  const reply = await askRaw(node.url, requestText('GET', '/api/config', host))
  expect(reply.status).toBe(200)
})

it.each(STRANGE)('refuses those that name %j, whatever they ask for', async (host) => {
  for (const path of PATHS) {
    const reply = await askRaw(node.url, requestText('GET', path, host))
    expect([reply.status, codeOf(reply.body)], path).toEqual([421, 'wrong_host'])
  }
})

it('answers balancers, whatever they call it', async () => {
  for (const path of ['/healthz', '/readyz'])
    for (const host of [...STRANGE, ...OWN])
      expect((await askRaw(node.url, requestText('GET', path, host))).status, `${host}${path}`).toBe(200)
  expect((await askRaw(node.url, 'GET /readyz HTTP/1.0\r\n\r\n')).status).toBe(200)
  expect((await askRaw(node.url, 'GET /api/config HTTP/1.0\r\n\r\n')).status).toBe(421)
})

it('takes one Host, and a whole address only of its own', async () => {
  expect((await askRaw(node.url, requestText('GET', '/api/config', null))).status).toBe(400)
  for (const second of ['localhost', 'evil.example'])
    expect((await askRaw(node.url, requestText('GET', '/api/config', 'localhost', [`Host: ${second}`]))).status).toBe(
      400,
    )
  const asked = async (target: string, host: string) =>
    (await askRaw(node.url, requestText('GET', target, host))).status
  expect(await asked('http://localhost/api/config', 'localhost')).toBe(200)
  expect(await asked('HTTP://floor.example:3000/api/config', 'localhost')).toBe(200)
  expect(await asked('http://evil.example/api/config', 'localhost')).toBe(421)
  expect(await asked('http://localhost/api/config', 'evil.example')).toBe(421)
  expect(await asked('http://localhost@evil.example/api/config', 'localhost')).toBe(421)
  expect(await asked('http://localhost\\@evil.example/api/config', 'localhost')).toBeGreaterThanOrEqual(400)
  expect(await asked('http:///api/config', 'localhost')).toBeGreaterThanOrEqual(400)
})

it('where it listens on all addresses takes any of them, and still no strange name', async () => {
  const asked = async (host: string) => (await askRaw(open.url, requestText('GET', '/api/config', host))).status
  for (const host of ['8.8.8.8', '192.168.1.7:3000', '[fe80::1]', 'localhost'])
    expect(await asked(host), host).toBe(200)
  for (const host of ['evil.example', '127.1', 'floor.example']) expect(await asked(host), host).toBe(421)
})

it('opens its socket under its own names only', async () => {
  const address = `${node.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
  for (const host of ['evil.example', `evil.example:${node.port}`, 'localhost@evil.example', 'sub.floor.example']) {
    const socket = new WebSocket(address, { headers: { host }, origin: `http://${host}` }).on('error', () => {})
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
    expect(response.statusCode, host).toBe(421)
    expect(codeOf(String(Buffer.concat(await response.toArray())))).toBe('wrong_host')
  }
  for (const host of ['localhost', 'floor.example']) {
    const socket = new WebSocket(address, { headers: { host }, origin: `http://${host}` })
    await once(socket, 'open')
    socket.close()
  }
})
