import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { createFeedSource, MOST_FEED_BYTES } from '../../../../../server/devices/doors/gtfs-fetch.ts'

let server: Server
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const serve = async (answer: RequestListener) => {
  server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return createFeedSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}/feed?key=secret`, fetch)
}

test('a feed that has not changed is not sent again, unless it was not taken', async () => {
  const asked: (string | undefined)[] = []
  const source = await serve((request, response) => {
    asked.push(request.headers['if-none-match'])
    if (request.headers['if-none-match'] === '"one"') return void response.writeHead(304).end()
    response.writeHead(200, { ETag: '"one"', 'Last-Modified': 'Mon, 30 Nov 2026 12:00:00 GMT' }).end('feed')
  })
  expect(await source.fetch()).toEqual({ kind: 'new', bytes: Buffer.from('feed') })
  expect(await source.fetch()).toEqual({ kind: 'same' })
  source.forget()
  expect(await source.fetch()).toMatchObject({ kind: 'new' })
  expect(asked).toEqual([undefined, '"one"', undefined])
})

test('one that is too large is not read to its end, packed or not', async () => {
  const packed = gzipSync(Buffer.alloc(MOST_FEED_BYTES + 1))
  const source = await serve((_request, response) => {
    response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(packed)
  })
  expect(await source.fetch()).toEqual({ kind: 'failed', why: 'it has more than 16 MiB' })
})

test('what went wrong is told without the address, which may hold a key', async () => {
  const source = await serve((_request, response) => response.writeHead(503).end('busy'))
  expect(await source.fetch()).toEqual({ kind: 'failed', why: 'the server answered 503' })
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  const failed = await source.fetch()
  expect(failed).toMatchObject({ kind: 'failed', why: expect.stringContaining('ECONNREFUSED') })
  expect(JSON.stringify(failed)).not.toContain('secret')
})
