import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import express from 'express'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { MOST_BODY_BYTES, readBody } from '../../../../server/http/body.ts'
import { errorHandler } from '../../../../server/http/errors.ts'
import { noFaults } from '../../../support/faults.ts'

const shape = z.strictObject({ name: z.string().max(MOST_BODY_BYTES), n: z.int().optional() })

let server: Server
let port: number
beforeAll(async () => {
  const app = express()
  app.use((_request, response, next) => {
    Object.assign(response, { locals: { work: async <T>(piece: () => T) => piece() } })
    next()
  })
  app.post('/', async (request, response) => {
    response.json({ got: await readBody(request, shape) })
  })
  app.use(errorHandler(pino({ level: 'silent' }), noFaults, () => {}))
  server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const post = async (body: string | Uint8Array<ArrayBuffer>, type = 'application/json') => {
  const reply = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers: { 'content-type': type } })
  return { status: reply.status, reply: (await reply.json()) as { got?: unknown; error?: { message: string } } }
}

/** What comes back for bytes on a connection, until `until` is there or the connection ends. */
const raw = (text: string, until: RegExp): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    let got = ''
    const done = (): void => {
      socket.destroy()
      resolve(got)
    }
    socket.on('data', (data) => {
      got += data
      if (until.test(got)) done()
    })
    socket.on('error', () => {}).on('close', done)
    socket.write(text)
  })

test('a body of the right shape is read', async () => {
  expect(await post('{"name":"Ann Müller","n":3}')).toEqual({
    status: 200,
    reply: { got: { name: 'Ann Müller', n: 3 } },
  })
  expect((await post('{"name":"x"}', 'application/json; charset=UTF-8')).status).toBe(200)
})

test.each([
  ['of another shape', '{"name":3}', 'name: '],
  ['with more than is known', '{"name":"x","admin":true}', 'admin'],
  ['that is no JSON', '{"name":', 'not JSON'],
  ['of nothing', '', 'not JSON'],
  ['that is not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'not UTF-8'],
])('a body %s is a bad request, and says why', async (_what, body, why) => {
  const { status, reply } = await post(body)
  expect(status).toBe(400)
  expect(reply.error?.message).toContain(why)
})

test('a form, a text and a longer type are refused: pages of other sites could send them', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/json+x'])
    expect((await post('{"name":"x"}', type)).status, type).toBe(415)
})

test('a body may have as many bytes as there are, and not one more', async () => {
  const sized = (bytes: number): string => `{"name":"${'x'.repeat(bytes - 11)}"}`
  expect((await post(sized(MOST_BODY_BYTES))).status).toBe(200)
  expect((await post(sized(MOST_BODY_BYTES + 1))).status).toBe(413)
})

test('one that does not say how long it is is read as far as it may be', async () => {
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
  expect(await raw(`${head}c\r\n{"name":"xy"}\r\n0\r\n\r\n`.replace('c\r\n', 'd\r\n'), /got/)).toContain('"name":"xy"')
  const piece = `1000\r\n${'x'.repeat(0x1000)}\r\n`
  expect(await raw(`${head}${piece}${piece}${piece}`, /413/)).toContain('413')
})

test('whoever asks whether to go on is told to', async () => {
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 12\r\n'
  expect(await raw(`${head}Expect: 100-continue\r\n\r\n`, /100 Continue/)).toContain('100 Continue')
})

test('one that does not come whole is given up, and whoever sends it is told', async () => {
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n'
  const reply = await raw(`${head}{"na`, /slowly/)
  expect(reply).toContain('HTTP/1.1 408')
  expect(reply).toContain('Connection: close')
})
