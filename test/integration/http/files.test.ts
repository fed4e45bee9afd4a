import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../../support/environment.ts'
import { startNode, type TestNode } from '../../support/node.ts'
import { startRedis, type TestRedis } from '../../support/redis.ts'

const BUILT = join(ROOT, 'dist/web')
const assets = (() => {
  try {
    return readdirSync(join(BUILT, 'assets'))
  } catch {
    return []
  }
})()

describe.skipIf(assets.length === 0)('the built dashboard', () => {
  let redis: TestRedis
  let node: TestNode
  beforeAll(async () => {
    redis = await startRedis()
    node = await startNode({ redisUrl: redis.url, env: { HTTP_SHARE_PER_ADDRESS: '1' } })
  })
  afterAll(async () => {
    await node?.stop()
    await redis.stop()
  })
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${node.url}${path}`, { headers })

  it('is served as it was built, each file with its type', async () => {
    for (const name of assets) {
      const response = await get(`/assets/${name}`)
      expect(Buffer.from(await response.arrayBuffer()).equals(readFileSync(join(BUILT, 'assets', name))), name).toBe(
        true,
      )
      expect(response.headers.get('cache-control')).toContain('immutable')
      expect(response.headers.get('content-type')).not.toBe('application/octet-stream')
    }
    const index = await get('/')
    expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(index.headers.get('cache-control')).toBe('public, max-age=0')
  })

  it('is given in parts, and a part that there is not is told as JSON', async () => {
    const path = `/assets/${assets[0]}`
    const whole = Buffer.from(await (await get(path)).arrayBuffer())
    const last = whole.length - 1
    for (const [range, from, to] of [
      ['bytes=0-0', 0, 0],
      ['bytes=5-', 5, last],
      ['bytes=-7', last - 6, last],
      [`bytes=3-${last + 100}`, 3, last],
    ] as const) {
      const part = await get(path, { Range: range })
      expect([part.status, part.headers.get('content-range')], range).toEqual([
        206,
        `bytes ${from}-${to}/${whole.length}`,
      ])
      expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(from, to + 1)), range).toBe(true)
    }
    for (const range of [`bytes=${last + 1}-`, 'bytes=99999999999-', 'bytes=5-2']) {
      const none = await get(path, { Range: range })
      expect([none.status, none.headers.get('content-range')], range).toEqual([416, `bytes */${whole.length}`])
      expect(await none.json()).toMatchObject({ error: { code: 'bad_request' } })
    }
    for (const range of ['bytes=a-b', 'lines=1-2', 'bytes=0-1,3-4', 'x'])
      expect((await get(path, { Range: range })).status, range).toBe(200)
    expect((await get(path, { Range: 'bytes=0-0', 'If-Range': '"other"' })).status).toBe(200)
  })
})
