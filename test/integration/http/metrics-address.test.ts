import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../../start/port.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { askRaw, requestText } from '../../support/raw-http.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

let redis: TestRedis
let node: TestNode
let metrics = ''
let address = ''

beforeAll(async () => {
  redis = await startRedis()
  address = `127.0.0.1:${await freePort()}`
  metrics = `http://${address}`
  node = await startNode({ redisUrl: redis.url, env: { METRICS_ADDRESS: address } })
})
afterAll(async () => {
  await node?.stop()
  await redis.stop()
})

it('tells the metrics there, and nothing else', async () => {
  const response = await fetch(`${metrics}/metrics`)
  expect(response.status).toBe(200)
  expect(await response.text()).toContain('watchfloor_info')
  for (const path of ['/', '/api/symbols', '/healthz', '/METRICS', '/socket.io/'])
    expect((await fetch(metrics + path)).status, path).toBe(404)
  expect((await askRaw(metrics, requestText('GET', '/metrics', 'evil.example'))).status).toBe(421)
})

it('tells them nowhere else, in no spelling', async () => {
  for (const path of ['/metrics', '/metrics/', '//metrics', '/METRICS', '/%6detrics', `${node.url}/metrics`])
    expect((await askRaw(node.url, requestText('GET', path, 'localhost'))).status, path).toBe(404)
})

it('says what is wrong where that address cannot be had', async () => {
  await expect(
    startNode({ redisUrl: redis.url, port: await freePort(), env: { METRICS_ADDRESS: address } }),
  ).rejects.toThrow(`METRICS_ADDRESS=${address}`)
  await expect(startNode({ redisUrl: redis.url, env: { METRICS_ADDRESS: '9100' } })).rejects.toThrow('takes host:port')
})
